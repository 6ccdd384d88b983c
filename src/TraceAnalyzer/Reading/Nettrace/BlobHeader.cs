namespace TraceAnalyzer.Reading.Nettrace;

/// <summary>
/// The header of an event in an event block, as the format's version 6 compresses it: only what differs from the event before is
/// written (NetTraceFormat.md in the perfview repository, "EventBlock").
/// </summary>
internal struct BlobHeader
{
    private const int HasMetadata = 1;
    private const int HasCaptureThread = 2;
    private const int HasThread = 4;
    private const int HasStack = 8;
    private const int HasLabels = 16;
    private const int HasPayloadSize = 128;

    /// <summary>Number of the event's description.</summary>
    public uint MetadataId;

    /// <summary>Place, in the table of threads, of the thread that wrote the event.</summary>
    public ulong CaptureThread;

    /// <summary>Place, in the table of threads, of the thread that the event is about.</summary>
    public ulong Thread;

    /// <summary>CPU; all ones if unknown.</summary>
    public uint Cpu;

    /// <summary>Number of the call stack; 0 if there is none.</summary>
    public uint StackId;

    /// <summary>Time in ticks of the trace's clock.</summary>
    public long Ticks;

    /// <summary>Bytes behind the header.</summary>
    public uint PayloadBytes;

    /// <summary>Reads the next header over the one before; false if it is damaged or cut.</summary>
    public bool TryRead(ref ByteCursor cursor)
    {
        byte flags = cursor.TakeByte();
        if ((flags & HasMetadata) != 0)
            MetadataId = (uint)cursor.TakeVarUInt();
        if ((flags & HasCaptureThread) != 0)
        {
            _ = cursor.TakeVarUInt();
            CaptureThread = cursor.TakeVarUInt();
            Cpu = (uint)cursor.TakeVarUInt();
        }

        Thread = (flags & HasThread) != 0 ? cursor.TakeVarUInt() : CaptureThread;
        if ((flags & HasStack) != 0)
            StackId = (uint)cursor.TakeVarUInt();
        Ticks += (long)cursor.TakeVarUInt();
        if ((flags & HasLabels) != 0)
            _ = cursor.TakeVarUInt();
        if ((flags & HasPayloadSize) != 0)
            PayloadBytes = (uint)cursor.TakeVarUInt();
        return cursor.IsGood;
    }
}
