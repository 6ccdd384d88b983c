using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Which results of fio measure what the device can do. A job that was traced measures itself, and says nothing about the device's limit.</summary>
internal static class Rooflines
{
    /// <summary>The results that the user names, in files or in folders.</summary>
    /// <exception cref="TraceException">One of them is none and holds none, or measures nothing.</exception>
    public static IReadOnlyList<RunPart<FioResult>> Read(RunOptions options)
    {
        var results = new List<RunPart<FioResult>>();
        foreach (string path in options.RooflineFiles)
        {
            if (!Path.Exists(path))
                throw new TraceException($"--roofline: {path}: no such file or folder; expected a number of GiB/s, or results of fio (--output-format=json)");
            using var folder = RunFolder.Open(path, options.Reading);
            if (folder.Fio.Count == 0)
                throw new TraceException($"--roofline: {path}: is not a result of fio and holds none; expected the JSON of fio --output-format=json{(folder.Problems.Count > 0 ? $" ({folder.Problems[0].Message})" : "")}");
            foreach (RunPart<FioResult> part in folder.Fio)
                results.Add(WhyUnfit(part.Content) is { } why && folder.Fio.Count == 1 ? throw new TraceException($"--roofline: {path}: {why}") : part);
        }

        return results;
    }

    /// <summary>The results that measure the device.</summary>
    public static RunPart<FioResult>[] Of(RunContext context, RunMeasurements? trace, RunClock? clock) =>
        [.. context.Fio.Where(part => WhyNot(part.Content, trace, clock) is null)];

    /// <summary>The results of jobs that ran while tracing, as far as that is known: what they moved is in the trace.</summary>
    public static RunPart<FioResult>[] Traced(RunContext context, RunMeasurements trace, RunClock? clock) =>
        [.. context.Folder.Fio.Where(part => WhileTracing(part.Content, trace, clock) ?? trace.ShowsFio)];

    /// <summary>A sentence for each of the others.</summary>
    public static IEnumerable<string> Rejected(RunContext context, RunMeasurements? trace, RunClock? clock) =>
        context.Fio.Select(part => (part.File, Why: WhyNot(part.Content, trace, clock))).Where(part => part.Why is not null)
            .Select(part => $"What the device can do by {part.File}: {part.Why}.")
            .Concat(Of(context, trace, clock).Where(part => part.Content.IsBuffered)
                .Select(part => $"What limits, by {part.File}: its jobs went through the page cache (without direct=1), so that they bound the device on neither side."));

    /// <summary>What they measured, by request size and depth.</summary>
    public static DevicePoint[] PointsOf(IEnumerable<RunPart<FioResult>> results) =>
        [.. results.SelectMany(part => part.Content.Points.Select(point => new DevicePoint(part.File, point.IsWrite, point.SizeBytes, point.Depth, point.BytesPerSecond)))];

    private static string? WhyNot(FioResult fio, RunMeasurements? trace, RunClock? clock)
    {
        if (WhyUnfit(fio) is { } unfit)
            return unfit;
        if (trace is null)
            return null;
        return WhileTracing(fio, trace, clock) switch
        {
            null when !trace.ShowsFio => null,
            null when !IsOnClock(trace, clock) => "fio is in the trace, whose wall-clock time is unknown: its jobs may be those that were traced",
            null => "fio is in the trace, and when its jobs ran is unknown: they may be those that were traced",
            true => "its jobs ran while tracing",
            false => null,
        };
    }

    private static string? WhyUnfit(FioResult fio) => fio is not { ReadBytesPerSecond: 0, WriteBytesPerSecond: 0 } ? null
        : fio.UnfitGroups > 0 ? "its jobs were slowed down on purpose, or mixed request sizes"
        : "no group of its jobs only reads or only writes";

    // Null if it is not known.
    private static bool? WhileTracing(FioResult fio, RunMeasurements trace, RunClock? clock)
    {
        if (!IsOnClock(trace, clock))
            return null;
        long slackNs = clock!.UncertaintyNs ?? 0;
        return fio.MayOverlap(trace.FirstNs + clock.OffsetNs - slackNs, trace.LastNs + clock.OffsetNs + slackNs);
    }

    private static bool IsOnClock(RunMeasurements trace, RunClock? clock) => clock is not null && RunClocks.IsUsual(trace) && SideRanges.TimeNs.Holds(clock.OffsetNs);
}
