using TraceAnalyzer.Reports;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Analysis;

/// <summary>Finds out how the trace's clock and wall-clock time go together.</summary>
internal static class RunClocks
{
    /// <summary>By, in this order: what the user says, what run.json says, moments noted on both clocks, the trace's own timestamp record. Null if there is none.</summary>
    public static RunClock? Find(RunContext context, RunMeasurements? trace)
    {
        if (context.ClockOffsetNs is { } given)
            return new RunClock("--clock-offset", given, null);
        if (context.Folder.Settings.ClockOffsetNs is { } stated)
            return new RunClock("clock_offset_ns of run.json", stated, null);
        if (trace is null)
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

        return trace.WallClockStartUnixNs is { } startNs ? new RunClock("timestamp record of the trace", startNs - trace.FirstNs, null) : null;
    }
}
