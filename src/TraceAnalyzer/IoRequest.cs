namespace TraceAnalyzer;

/// <summary>
/// The life of one request, put together from its events: queued (Q), issued (D), completed (C). A time that the
/// trace does not have is <see cref="NoTime"/>.
/// </summary>
public struct IoRequest
{
    /// <summary>Value of a time that is not known.</summary>
    public const long NoTime = long.MinValue;

    /// <summary>Q: when the bio at the request's first sector was queued, in nanoseconds of the trace's clock.</summary>
    public long QueueTimeNs;

    /// <summary>D: when the request was issued to the driver; the last time, if it was issued again.</summary>
    public long IssueTimeNs;

    /// <summary>C: when the request completed.</summary>
    public long CompleteTimeNs;

    /// <summary>First sector.</summary>
    public ulong Sector;

    /// <summary>Letters of the operation, as issued.</summary>
    public Rwbs Rwbs;

    /// <summary>Length in bytes, as issued.</summary>
    public uint LengthBytes;

    /// <summary>Requests of the device in flight right after this one was issued, itself included; 0 for requests never seen issued.</summary>
    public uint QueueDepth;

    /// <summary>The device.</summary>
    public DeviceId Device;

    /// <summary>Process that was current at the first issue (at the queueing on bio-based devices).</summary>
    public int Pid;

    /// <summary>CPU of the first issue.</summary>
    public ushort Cpu;

    /// <summary>Completion status: 0 or a negated errno.</summary>
    public short Error;

    /// <summary>What the operation does to the data.</summary>
    public OperationClass Class;

    /// <summary>True if the request went back to the queue (R) instead of completing and was not issued again.</summary>
    public bool Requeued;

    /// <summary>How often the request was issued again.</summary>
    public ushort Reissues;

    /// <summary>Q2D: time from queueing to issue, in nanoseconds.</summary>
    public readonly bool TryGetQ2D(out long ns) => TryGetSpan(QueueTimeNs, IssueTimeNs, out ns);

    /// <summary>D2C: time from issue to completion, in nanoseconds.</summary>
    public readonly bool TryGetD2C(out long ns) => TryGetSpan(IssueTimeNs, CompleteTimeNs, out ns);

    /// <summary>Q2C: time from queueing to completion, in nanoseconds.</summary>
    public readonly bool TryGetQ2C(out long ns) => TryGetSpan(QueueTimeNs, CompleteTimeNs, out ns);

    // A negative span (clocks of two CPUs that disagree) is not a latency; the matcher counts it as a clock regression.
    private static bool TryGetSpan(long fromNs, long toNs, out long ns)
    {
        ns = toNs - fromNs;
        return fromNs != NoTime && toNs != NoTime && ns >= 0;
    }
}
