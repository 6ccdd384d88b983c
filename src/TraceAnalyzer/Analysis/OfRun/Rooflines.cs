using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Which results of fio measure what the device can do. A job that was traced measures itself, and says nothing about the device's limit.</summary>
internal static class Rooflines
{
    /// <summary>The results in the run's folder that measure it.</summary>
    public static RunPart<FioResult>[] Of(RunContext context, RunMeasurements? trace, RunClock? clock) =>
        [.. context.Folder.Fio.Where(part => WhyNot(part.Content, trace, clock) is null)];

    /// <summary>A sentence for each of the others.</summary>
    public static IEnumerable<string> Rejected(RunContext context, RunMeasurements? trace, RunClock? clock) =>
        context.Folder.Fio.Select(part => (part.File, Why: WhyNot(part.Content, trace, clock))).Where(part => part.Why is not null)
            .Select(part => $"What the device can do by {part.File}: {part.Why}.");

    private static string? WhyNot(FioResult fio, RunMeasurements? trace, RunClock? clock)
    {
        if (fio is { ReadBytesPerSecond: 0, WriteBytesPerSecond: 0 })
            return "no group of its jobs only reads or only writes";
        if (trace is null)
            return null;
        if (clock is null || !RunClocks.IsUsual(trace) || !SideRanges.TimeNs.Holds(clock.OffsetNs))
            return trace.ShowsFio ? "fio is in the trace, whose wall-clock time is unknown: its jobs may be those that were traced" : null;
        long slackNs = clock.UncertaintyNs ?? 0;
        return fio.MayOverlap(trace.FirstNs + clock.OffsetNs - slackNs, trace.LastNs + clock.OffsetNs + slackNs) switch
        {
            null => trace.ShowsFio ? "fio is in the trace, and when its jobs ran is unknown: they may be those that were traced" : null,
            true => "its jobs ran while tracing",
            false => null,
        };
    }
}
