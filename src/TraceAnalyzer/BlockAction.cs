namespace TraceAnalyzer;

/// <summary>
/// What happened to an I/O at a point of the block layer. The numbers are those of the kernel's
/// <c>include/uapi/linux/blktrace_api.h</c> (<c>__BLK_TA_*</c>); the letters are those blkparse prints.
/// </summary>
public enum BlockAction : byte
{
    /// <summary>Not an action this version knows.</summary>
    Unknown = 0,

    /// <summary><c>Q</c>: a bio was queued.</summary>
    Queue = 1,

    /// <summary><c>M</c>: a bio was merged behind a request.</summary>
    BackMerge = 2,

    /// <summary><c>F</c>: a bio was merged in front of a request.</summary>
    FrontMerge = 3,

    /// <summary><c>G</c>: a request was allocated.</summary>
    GetRequest = 4,

    /// <summary><c>S</c>: waited for a free request.</summary>
    SleepRequest = 5,

    /// <summary><c>R</c>: a request went back to the queue; it will be issued again.</summary>
    Requeue = 6,

    /// <summary><c>D</c>: a request was issued to the driver.</summary>
    Issue = 7,

    /// <summary><c>C</c>: a request (or bio, on bio-based devices) completed.</summary>
    Complete = 8,

    /// <summary><c>P</c>: the queue was plugged.</summary>
    Plug = 9,

    /// <summary><c>U</c>: the queue was unplugged.</summary>
    Unplug = 10,

    /// <summary><c>UT</c>: the queue was unplugged by its timer (blk-mq: by the scheduler's switch).</summary>
    UnplugTimer = 11,

    /// <summary><c>I</c>: a request was inserted into the scheduler.</summary>
    Insert = 12,

    /// <summary><c>X</c>: a bio was split; <see cref="BlockEvent.RelatedSector"/> is the second part's first sector.</summary>
    Split = 13,

    /// <summary><c>B</c>: a bio was copied into a bounce buffer.</summary>
    Bounce = 14,

    /// <summary><c>A</c>: a bio was remapped; <see cref="BlockEvent.RelatedDevice"/> and <see cref="BlockEvent.RelatedSector"/> say from where.</summary>
    Remap = 15,

    /// <summary>A request was aborted.</summary>
    Abort = 16,

    /// <summary>Data of a driver's own.</summary>
    DriverData = 17,

    /// <summary><c>m</c>: a text message, no I/O.</summary>
    Message = 18,
}
