using TraceAnalyzer.Reading.Etlx;
using TraceAnalyzer.Reading.Nettrace;
using TraceAnalyzer.Reading.Parquet;

namespace TraceAnalyzer.Reading.Inputs;

/// <summary>The events in the first 64 KiB of each file of a trace, which were looked at to recognize it; nothing more is read.</summary>
internal static class FirstBytes
{
    // Their beginning cannot be read without their end.
    private static readonly string[] s_whole = [ParquetTraceReader.FormatName, NettraceReader.FormatName, EtlxReader.FormatName, EtlxReader.EtlFormatName];

    /// <summary>The events, and when tracing began if that is told.</summary>
    /// <param name="inputs">Files of one format. Empty ones have no events.</param>
    /// <param name="format">The format.</param>
    /// <param name="options">How to read.</param>
    public static (List<BlockEvent> Events, WallClockAnchor? WallClock) EventsOf(IEnumerable<TraceInput> inputs, TraceFormat format, ReadOptions options)
    {
        var events = new List<BlockEvent>();
        WallClockAnchor? wallClock = null;
        TraceInput[] starts = [.. inputs.Where(input => format.Sniff(input.First.Span, options)).Select(input => TraceInput.Of(input.Name, new MemoryStream(input.First.ToArray())))];
        if (starts.Length == 0 || s_whole.Contains(format.Name))
            return (events, wallClock);
        using ITraceReader reader = format.Open(new TraceParts("", starts, 0), options);
        var chunk = new TraceChunk();
        var batch = new EventBatch();
        while (reader.ReadChunk(chunk))
        {
            reader.Decode(chunk, batch);
            wallClock ??= batch.WallClock;
            events.AddRange(batch.Events);
        }

        return (events, wallClock);
    }
}
