using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Are equally many requests in flight, while any is? A mean over idle time too is a duty cycle and not a depth.</summary>
public sealed class MeanQueueDepth() : PairRule("queue-depth", "Both runs have the same mean queue depth while busy")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => $"different if mean queue depths while busy differ by a factor of {Units.Count(thresholds.IntensityRatio)} or more";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.First.Device?.QueueDepth is not { BusyDepth: > 0 and var first } one || facts.Other.Device?.QueueDepth is not { BusyDepth: > 0 and var other } two)
            return null;
        bool same = Apart(first, other) < thresholds.IntensityRatio;
        string both = $"{Units.Count(other)} against {Units.Count(first)}";
        return Answer(
            same,
            same ? $"The mean queue depth while busy is about the same in both runs: {both}." : $"The mean queue depth while busy is {(other > first ? "higher" : "lower")} in {facts.Other.Label}: {both}.",
            Evidence.OfBoth("mean queue depth while busy", Unit.Count, first, other),
            Evidence.OfBoth("max queue depth", Unit.Count, one.MaxDepth, two.MaxDepth));
    }
}
