using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Times of a framework's log that says how long things took but not when, placed where the passes of the trace fit best.</summary>
internal static class PlacedLogs
{
    // Passes begin where they were noted to within this share of the median pass (docs/analyses/passes-and-tokens.md).
    private const double PassStartError = 0.05;

    // A log that is off by half a pass could as well be placed a pass earlier or later.
    private const double MostUncertain = 0.5;

    private const string PlacedByPasses = ", placed by the passes in the trace";

    /// <summary>Tokens of a log that says how long each took; null if none has as many as there are passes.</summary>
    public static PlacedTokens? Tokens(RunFolder folder, PassDetection detection, SpanUses spans)
    {
        if (!FoundRun.IsLikely(detection))
            return null;
        foreach (RunPart<FrameworkLog> log in folder.FrameworkLogs)
        {
            IReadOnlyList<double> seconds = log.Content.TokenLatencySeconds;
            // The prefill of a KV run reads nothing and is not a pass.
            int first = detection.Kind == PassKind.KvCache ? 1 : 0;
            if (seconds.Count == 0 || seconds.Count - first != detection.PassStartNs.Length)
                continue;
            long[] sinceStart = new long[seconds.Count + 1];
            for (int i = 0; i < seconds.Count; i++)
                sinceStart[i + 1] = sinceStart[i] + (long)(seconds[i] * 1e9);
            long[] starts = [.. detection.PassStartNs.Select((startNs, i) => startNs - sinceStart[first + i]).Order()];
            long zeroNs = starts[starts.Length / 2];
            long[] bounds = [.. sinceStart.Select(ns => zeroNs + ns)];
            return new PlacedTokens(
                log.File + PlacedByPasses,
                Math.Max(zeroNs - starts[0], starts[^1] - zeroNs),
                [.. seconds.Select((_, i) => spans.BinnedSpan(SpanKinds.OfToken(i).Name(), i, bounds[i], bounds[i + 1]))]);
        }

        return null;
    }

    /// <summary>
    /// A log that only says how long prefill and decode took (FlexGen's): the decode steps end with the last pass, and begin with the pass from which they take
    /// that long. The first pass of a KV run is a decode step; with weights on disk the prefill is a pass too. A warm-up before them has passes of its own.
    /// </summary>
    public static SpanUseReport[]? Latencies(RunFolder folder, PassDetection detection, SpanUses spans)
    {
        long[] starts = detection.PassStartNs;
        long endNs = detection.EndNs;
        int prefillPasses = detection.Kind == PassKind.KvCache ? 0 : 1;
        int? steps = folder.Settings.GeneratedTokens - 1;
        foreach (RunPart<FrameworkLog> log in folder.FrameworkLogs)
        {
            if (LatenciesOf(log.Content) is not var (prefillNs, decodeNs))
                continue;
            long DistanceNs(int pass) => Math.Abs(endNs - starts[pass] - decodeNs);
            int first = Enumerable.Range(prefillPasses, starts.Length - prefillPasses).MinBy(DistanceNs);
            long offNs = Math.Max(DistanceNs(first), prefillPasses == 0 ? 0 : Math.Abs(starts[first] - starts[first - 1] - prefillNs));
            long uncertaintyNs = offNs + (long)(PassStartError * detection.MedianPassNs);
            if (uncertaintyNs > MostUncertain * detection.MedianPassNs || (steps is { } known && starts.Length - first != known))
                continue;
            long startNs = starts[first];
            return
            [
                .. ((SpanUseReport[])[spans.BinnedSpan(SpanKind.Prefill.Name(), null, startNs - prefillNs, startNs), spans.BinnedSpan(SpanKind.Decode.Name(), null, startNs, startNs + decodeNs)])
                    .Select(phase => phase with { Source = log.File + PlacedByPasses, UncertaintyNs = uncertaintyNs }),
            ];
        }

        return null;
    }

    /// <summary>Logs that say how long prefill and decode took, and that fit nowhere.</summary>
    public static IEnumerable<string> Unplaced(RunFolder folder, RunReport report) => report.TokenSource is RunReport.FoundTokens && !report.Phases.Any(phase => phase.UncertaintyNs is not null)
        ? folder.FrameworkLogs.Where(log => LatenciesOf(log.Content) is not null).Select(log => log.File)
        : [];

    private static (long PrefillNs, long DecodeNs)? LatenciesOf(FrameworkLog log) =>
        log.Summary is { PrefillSeconds: > 0 and var prefill, DecodeSeconds: > 0 and var decode } ? ((long)(prefill * 1e9), (long)(decode * 1e9)) : null;
}

/// <summary>Tokens that a log times and the passes place.</summary>
/// <param name="Source">The log.</param>
/// <param name="UncertaintyNs">How far off they may be.</param>
/// <param name="Tokens">The tokens.</param>
internal sealed record PlacedTokens(string Source, long UncertaintyNs, SpanUseReport[] Tokens);
