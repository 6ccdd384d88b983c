using System.Globalization;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Fuzzing.Targets;

/// <summary>What must hold of any trace that is read, whatever is in it.</summary>
internal sealed class TraceOracle
{
    private static readonly AnalysisOptions[] s_analyses =
        [new(), new() { Study = true }, new() { BinWidthNs = 1 }, new() { CountedAction = BlockAction.Complete }, new() { CountedAction = BlockAction.Queue, Heatmaps = false }];

    private readonly TraceChunk _chunk = new();
    private readonly EventBatch _batch = new();

    /// <summary>Reads a trace to its end.</summary>
    /// <param name="reader">The trace.</param>
    /// <param name="length">The bytes that must be understood or counted as skipped; null if the format does not count both.</param>
    /// <param name="mostEvents">The most events that there can be.</param>
    /// <returns>The events.</returns>
    public long Read(ITraceReader reader, long? length, long mostEvents)
    {
        long events = 0, understood = 0, chunks = 0;
        var counts = new ReadDiagnostics();
        bool more = true;
        while (more)
        {
            more = reader.ReadChunk(_chunk);
            reader.Decode(_chunk, _batch);
            _batch.SortByTime();
            counts.Merge(_batch.Diagnostics);
            understood += _batch.UnderstoodBytes;
            events += _batch.Count;
            CheckEvents();
            Require(events <= mostEvents, $"{events} events of at most {mostEvents}");
            // Every chunk but the first and the last has a byte at least.
            Require(++chunks <= 2 + Math.Max(mostEvents, length ?? 0), $"{chunks} chunks");
        }

        foreach ((ReadCounter counter, long count) in ReadCounters.All.Select(entry => (entry.Counter, counts[entry.Counter])))
            Require(count >= 0, $"{counter} is {count}");
        long skipped = counts[ReadCounter.SkippedBytes];
        Require(length is null || understood + skipped == length, $"{understood} bytes understood and {skipped} skipped of {length}");
        return events;
    }

    /// <summary>Analyzes a trace with one worker and with two: the reports are the same bytes, have all events, and survive being saved.</summary>
    /// <param name="open">Opens the trace.</param>
    /// <param name="events">The events that <see cref="Read"/> found.</param>
    /// <param name="kind">Chooses among options.</param>
    public static void Analyze(Func<ITraceReader> open, long events, int kind)
    {
        AnalysisOptions options = s_analyses[kind % s_analyses.Length];
        byte[] one = ReportOf(open, options with { Workers = 1 }, events);
        byte[] two = ReportOf(open, options with { Workers = 2 }, events);
        Require(one.AsSpan().SequenceEqual(two), "reports of one worker and of two differ");
        CheckSaved(one);
    }

    /// <summary>Checks that a report reads back as what was written.</summary>
    public static void CheckSaved(byte[] json)
    {
        TraceReport report;
        try
        {
            report = ReportJson.Read(new MemoryStream(json));
        }
        catch (TraceException exception)
        {
            throw new BrokenRuleException($"a report of our own is refused: {exception.Message}");
        }

        Require(Json(report).AsSpan().SequenceEqual(json), "a report is another one after it was read");
    }

    /// <summary>The bytes of a report.</summary>
    public static byte[] Json(TraceReport report)
    {
        using var json = new MemoryStream();
        ReportJson.Write(report, json);
        return json.ToArray();
    }

    /// <summary>Fails unless <paramref name="holds"/>.</summary>
    public static void Require(bool holds, FormattableString otherwise)
    {
        if (!holds)
            throw new BrokenRuleException(otherwise.ToString(CultureInfo.InvariantCulture));
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new BrokenRuleException(otherwise);
    }

    private static byte[] ReportOf(Func<ITraceReader> open, AnalysisOptions options, long events)
    {
        using ITraceReader reader = open();
        TraceReport report = TraceAnalysis.Run(reader, options);
        Require(report.Events == events, $"{report.Events} events analyzed of {events} read");
        foreach (IntegrityCounter counter in report.Integrity)
            Require(counter.Count >= 0, $"{counter.Name} is {counter.Count}");
        Require(report.Time is { WidthNs: > 0, Count: >= 0 }, $"{report.Time.Count} bins of {report.Time.WidthNs} ns");
        foreach (OperationReport operation in report.Devices.SelectMany(device => device.Operations))
        {
            long requests = operation.Overview.Requests;
            Require(requests >= 0 && operation.Sizes.Sizes.Sum(size => size.Requests) == requests, $"{operation.Name}: sizes do not add up to {requests} requests");
            Require(operation.Overview.DurationNs >= 0, $"{operation.Name}: a duration of {operation.Overview.DurationNs} ns");
        }

        return Json(report);
    }

    private void CheckEvents()
    {
        ReadOnlySpan<BlockEvent> events = _batch.Events;
        for (int i = 0; i < events.Length; i++)
        {
            if (events[i].Sector > BlockEvent.MaxSector || events[i].RelatedSector > BlockEvent.MaxSector || (i > 0 && events[i].TimeNs < events[i - 1].TimeNs))
                throw new BrokenRuleException(string.Create(CultureInfo.InvariantCulture, $"event {i} is at sector {events[i].Sector}, {events[i].TimeNs} ns"));
        }
    }
}
