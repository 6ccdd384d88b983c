using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Reads whole traces into memory for tests.</summary>
internal static class TraceReading
{
    public static ReadTrace ReadAll(ITraceReader reader)
    {
        using (reader)
        {
            var chunk = new TraceChunk();
            var batch = new EventBatch();
            var all = new ReadTrace();
            bool more = true;
            while (more)
            {
                more = reader.ReadChunk(chunk);
                reader.Decode(chunk, batch);
                batch.SortByTime();
                all.Events.AddRange(batch.Events);
                all.Diagnostics.Merge(batch.Diagnostics);
                all.Processes.Merge(batch.Processes);
                all.WallClock ??= batch.WallClock;
                all.UnderstoodBytes += batch.UnderstoodBytes;
            }

            return all;
        }
    }

    /// <summary>The parts of one trace, from bytes; part i is called <c>t.blktrace.i</c>, a single one <c>t</c>.</summary>
    public static TraceParts Parts(params byte[][] files) =>
        new("t", [.. files.Select((bytes, i) => TraceInput.Of(files.Length == 1 ? "t" : $"t.blktrace.{i}", new MemoryStream(bytes)))], 0);
}

internal sealed class ReadTrace
{
    public List<BlockEvent> Events { get; } = [];

    public ReadDiagnostics Diagnostics { get; } = new();

    public ProcessNames Processes { get; } = new();

    public WallClockAnchor? WallClock { get; set; }

    public long UnderstoodBytes { get; set; }
}
