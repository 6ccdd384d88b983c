using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings;

/// <summary>Is the device slow for a while, and is that more than its load explains?</summary>
public sealed class LatencyCliff() : FindingRule<TraceFacts>("latency-cliff", "Latency has a cliff that the load does not explain", "tails")
{
    /// <inheritdoc/>
    public override RestsOn RestsOn => RestsOn.Time;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"shown if one stretch of windows has at least {Units.Ratio(thresholds.CliffRatio)} the 99th percentile of the others, fewer than {Units.Share(TailStretch.Level)} of shuffles of the windows have such a stretch, and the ratio is at least {Units.Ratio(thresholds.TailRatio)} those of queue depth and request size together; within phases where they are known";

    /// <inheritdoc/>
    public override Finding? Judge(TraceFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        OperationReport main = facts.Main;
        if (main.Latency is null)
            return NotAnswerable($"Latencies are not known: {CountingHint.WhyNoTimes(facts.Device)}.");
        if (Array.Find(facts.Device.Tails, tail => tail.Class == main.Class) is not { Stretches.Length: > 0 } tail)
            return NotAnswerable(facts.Report.Aggregate is not null ? "Tails are those of each device." : $"There are fewer than 6 windows with {TailResult.LeastRequests} {main.Name}s.");

        // Between phases the work differs; a stretch of the whole would find the phase.
        TailStretch[] judged = tail.Stretches.Length > 1 ? tail.Stretches[1..] : tail.Stretches;
        TailStretch found = judged.OrderBy(stretch => stretch.PValue > TailStretch.Level || stretch.Ratio < thresholds.CliffRatio).ThenByDescending(stretch => stretch.Ratio / LoadRatio(stretch)).First();
        bool isClear = found.PValue <= TailStretch.Level && found.Ratio >= thresholds.CliffRatio;
        if (isClear && found.DepthRatio is null)
            return NotAnswerable($"{Sentence(facts, tail, found)} The queue depth is unknown, so it may be the load.", EvidenceOf(found, thresholds));
        bool isShown = isClear && found.Ratio >= thresholds.TailRatio * LoadRatio(found);
        string why = isShown ? ""
            : !isClear ? found.PValue > TailStretch.Level ? $" Shuffled windows have as clear a stretch too often (p-value {Units.Coefficient(found.PValue)}), so it may be chance." : $" That is less than {Units.Ratio(thresholds.CliffRatio)}."
            : " Depth and size of the requests explain it.";
        return Answer(isShown ? Verdict.Shown : Verdict.NotShown, Sentence(facts, tail, found) + why, EvidenceOf(found, thresholds));
    }

    private static double LoadRatio(TailStretch stretch) => Math.Max(1, stretch.DepthRatio ?? 1) * Math.Max(1, stretch.SizeRatio ?? 1);

    private static string Sentence(TraceFacts facts, TailResult tail, TailStretch found)
    {
        long startNs = found.StartNs - facts.Report.Time.OriginNs;
        string start = startNs == 0 ? "the start" : Units.Duration(startNs);
        string phase = found.Phase is { } name ? $", in {name}," : "";
        string load = found.DepthRatio is { } depth ? $"; the queue is {Units.Ratio(depth)} as deep and requests are {(found.SizeRatio is { } size ? Units.Ratio(size) : "about")} as large" : "";
        string writes = found.WriteRateRatio is { } rate && rate > 2 ? $", and {Units.Ratio(rate)} as much is written per second" : "";
        string until = found.Recovers ? $"for {Units.Duration(found.EndNs - found.StartNs)}" : "to its last window";
        return $"From {start}{phase} {until} the {tail.Kind} p99 of {(tail.Class == OperationClass.Read ? "reads" : "writes")} is {Units.Ratio(found.Ratio)} that of the other windows, {Units.Duration(found.P99InNs)} against {Units.Duration(found.P99OutNs)}{load}{writes}.";
    }

    private static Evidence?[] EvidenceOf(TailStretch found, Thresholds thresholds) =>
    [
        new Evidence("p99 in the stretch over that outside", found.Ratio, Unit.Ratio, thresholds.CliffRatio),
        new Evidence("p-value of the stretch", found.PValue, Unit.Share, TailStretch.Level),
        found.DepthRatio is { } depth ? new Evidence("depth while busy in it over that outside", depth, Unit.Ratio) : null,
        found.SizeRatio is { } size ? new Evidence("request size in it over that outside", size, Unit.Ratio) : null,
        new Evidence("windows", found.Windows, Unit.Count),
    ];
}
