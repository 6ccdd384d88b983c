namespace TraceAnalyzer.Writing.Blktrace;

/// <summary>Where records go.</summary>
internal interface IRecordSink : IDisposable
{
    /// <summary>Takes the next record of a CPU.</summary>
    void Write(int cpu, ReadOnlySpan<byte> record);

    /// <summary>Hands everything on; nothing follows.</summary>
    void Finish();
}
