using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Are equally many requests in flight?</summary>
public sealed class MeanQueueDepth() : PairRule("queue-depth", "Both runs have the same mean queue depth")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => $"different if mean queue depths differ by a factor of {Units.Count(thresholds.IntensityRatio)} or more";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.First.Device?.QueueDepth is not { MeanDepth: > 0 } first || facts.Other.Device?.QueueDepth is not { MeanDepth: > 0 } other)
            return null;
        bool same = Apart(first.MeanDepth, other.MeanDepth) < thresholds.IntensityRatio;
        string both = $"{Units.Count(other.MeanDepth)} against {Units.Count(first.MeanDepth)}";
        return Answer(
            same,
            same ? $"The mean queue depth is about the same in both runs: {both}." : $"The mean queue depth is {(other.MeanDepth > first.MeanDepth ? "higher" : "lower")} in {facts.Other.Label}: {both}.",
            Evidence.OfBoth("mean queue depth", Unit.Count, first.MeanDepth, other.MeanDepth),
            Evidence.OfBoth("max queue depth", Unit.Count, first.MaxDepth, other.MaxDepth));
    }
}
