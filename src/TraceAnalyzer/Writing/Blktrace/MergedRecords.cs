namespace TraceAnalyzer.Writing.Blktrace;

/// <summary>The records of all CPUs in one stream.</summary>
internal sealed class MergedRecords(Stream stream) : IRecordSink
{
    private readonly OutputBuffer _output = new(stream);

    /// <inheritdoc/>
    public void Write(int cpu, ReadOnlySpan<byte> record) => _output.Append(record);

    /// <inheritdoc/>
    public void Finish() => _output.Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
