using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.Pages;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Blktrace;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>Tests that look at the memory of the whole process, which no others may use meanwhile.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class MemoryMeasurement;

/// <summary>What the analysis allocates and keeps: bounded by the space a trace touches and not by its length.</summary>
[Collection(typeof(MemoryMeasurement))]
public class MemoryTests
{
    private const int Events = 1_000_000;

    [Fact]
    public void A_million_events_allocate_next_to_nothing()
    {
        // Up to a bound requests are kept one by one for their reuse: both traces are beyond it.
        const int Kept = 2 * PageLog.MostAccesses;
        byte[] trace = Binary(Kept + (2 * Events));
        Run(trace, new AnalysisOptions { Workers = 1 });
        long small = Allocated(Binary(Kept + Events));
        long large = Allocated(trace);

        // What does not depend on the length (buffers, tables, the report) is in both.
        double perEvent = (large - small) / (double)Events;
        Assert.InRange(perEvent, double.MinValue, 4.0);
    }

    [Fact]
    public void A_trace_ten_times_as_long_keeps_no_more()
    {
        long small = GreatestLive(new RepeatedTrace(50_000));
        long large = GreatestLive(new RepeatedTrace(500_000));
        Assert.InRange((double)large / small, 0, 1.5);
    }

    private static long Allocated(byte[] trace)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Run(trace, new AnalysisOptions { Workers = 1 });
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private static TraceReport Run(byte[] trace, AnalysisOptions options)
    {
        using BlktraceReader reader = BlktraceReader.Open(TraceReading.Parts(trace), new ReadOptions());
        return TraceAnalysis.Run(reader, options);
    }

    private static long GreatestLive(RepeatedTrace reader)
    {
        TraceReport report = TraceAnalysis.Run(reader, new AnalysisOptions { Workers = 1 });
        Assert.True(report.Events > 0);
        return reader.GreatestLiveBytes;
    }

    // A KV-like trace: the same space read again and again, every request completed.
    private static BlockEvent EventOf(int i)
    {
        int request = i / 2;
        return new BlockEvent
        {
            TimeNs = 1_000_000_000 + (request * 40_000L) + (i % 2 * 15_000),
            Action = i % 2 == 0 ? BlockAction.Issue : BlockAction.Complete,
            Sector = (ulong)(request % 4096) * 256,
            LengthBytes = 131_072,
            LengthSectors = 256,
            Rwbs = Rwbs.Of("RA"),
            Class = OperationClass.Read,
            Device = DeviceId.Of(259, 0),
            Pid = 100,
            Sequence = (uint)i + 1,
        };
    }

    private static byte[] Binary(int events)
    {
        var bytes = new BlktraceBytes();
        for (int i = 0; i < events; i++)
        {
            BlockEvent e = EventOf(i);
            bytes.Event(e.Action == BlockAction.Issue ? 'D' : 'C', e.TimeNs, e.Sector, e.LengthBytes, BlktraceBytes.Read | BlktraceBytes.Ahead, sequence: e.Sequence);
        }

        return bytes.ToArray();
    }

    // Makes its events as they are read, and looks now and then at how much memory is in use.
    private sealed class RepeatedTrace(int events) : ITraceReader
    {
        private const int ChunkEvents = 1000;
        private int _next;
        private int _start;

        public long GreatestLiveBytes { get; private set; }

        public TraceSource Source { get; } = new("t", "events", ["t"]);

        public bool HasCompletions => true;

        public bool PromisesTimeOrder => false;

        public bool ReadChunk(TraceChunk chunk)
        {
            chunk.Clear();
            if (_next == events)
                return false;
            if (_next % (events / 10) == 0)
                GreatestLiveBytes = Math.Max(GreatestLiveBytes, GC.GetTotalMemory(forceFullCollection: true));
            chunk.Length = ChunkEvents;
            _start = _next;
            _next += ChunkEvents;
            return true;
        }

        // With one worker a chunk is decoded before the next is read.
        public void AddEvents(TraceChunk chunk, EventBatch batch)
        {
            for (int i = _start; i < _start + ChunkEvents; i++)
                batch.Append() = EventOf(i);
        }

        public void Dispose()
        {
        }
    }
}
