using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Finds out how the trace's clock and wall-clock time go together.</summary>
internal static class RunClocks
{
    /// <summary>
    /// By, in this order: what the user says, what run.json says, moments noted on both clocks, the trace's own timestamp record. Null if there is none:
    /// that GPU and reads rise and fall together does not tell it (docs/design/2026-11-28-no-clock-by-activity.md).
    /// </summary>
    /// <param name="context">The run.</param>
    /// <param name="trace">Its trace; null if there is none.</param>
    public static RunClock? Find(RunContext context, RunMeasurements? trace)
    {
        if (context.ClockOffsetNs is { } given)
            return new RunClock("--clock-offset", given, null);
        if (context.Folder.Settings.ClockOffsetNs is { } stated)
            return new RunClock("clock_offset_ns of run.json", stated, null);
        if (trace is null || !IsUsual(trace))
            return null;

        // A moment on the monotonic clock says something only of a trace on that clock.
        ClockAnchor[] anchors = [.. (context.Environment?.Anchors ?? [])];
        long slackNs = trace.LastNs - trace.FirstNs + 60_000_000_000;
        if (anchors.Length > 0 && anchors[0].MonotonicNs <= trace.LastNs + slackNs && anchors[^1].MonotonicNs >= trace.FirstNs - slackNs)
        {
            long[] offsets = [.. anchors.Select(anchor => anchor.UnixNs - anchor.MonotonicNs).Order()];
            long spreadNs = offsets[^1] - offsets[0];
            string name = offsets.Length == 1 ? $"'{anchors[0].Name}' in run.json" : FormattableString.Invariant($"{offsets.Length} moments noted on both clocks");
            return new RunClock(name, offsets[offsets.Length / 2], offsets.Length == 1 ? null : spreadNs);
        }

        if (trace.WallClockStartUnixNs is { } startNs)
            return new RunClock("timestamp record of the trace", startNs - trace.FirstNs, null);
        return null;
    }

    /// <summary>True if the trace's times are such that sums with those of other clocks do not overflow.</summary>
    internal static bool IsUsual(RunMeasurements trace) => SideRanges.TimeNs.Holds(trace.FirstNs) && SideRanges.TimeNs.Holds(trace.LastNs);
}
