using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Is the GPU equally busy? By ratio, as both can be almost idle, where no difference in percentage points would ever count.</summary>
public sealed class GpuUtilization() : PairRule("gpu", "Both runs have the same GPU utilization")
{
    // Logs have whole percents.
    private const double LeastDifference = 0.01;

    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) =>
        $"different if mean utilizations differ by {Points(thresholds.ShareDifference)} or more, or by a factor of {Units.Count(thresholds.GpuRatio)} or more and at least {Points(LeastDifference)}";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.First.Report.Run?.Gpu is not { } one || facts.Other.Report.Run?.Gpu is not { } two)
            return null;
        // A log may hold minutes of start-up that the trace does not.
        bool overTrace = one.TraceMeanPercent is not null && two.TraceMeanPercent is not null;
        if ((overTrace ? one.TraceMeanPercent : one.MeanPercent) / 100 is not { } first || (overTrace ? two.TraceMeanPercent : two.MeanPercent) / 100 is not { } other)
            return null;
        double difference = Math.Abs(first - other);
        bool same = difference < thresholds.ShareDifference && (difference < LeastDifference || Apart(first, other) < thresholds.GpuRatio);
        string both = $"{Units.Share(other)} against {Units.Share(first)} on average {(overTrace ? "over the trace" : "of the samples")}";
        return Answer(
            same,
            $"The GPU utilization of {facts.Other.Label} is {(same ? "about the same" : other > first ? "higher" : "lower")}: {both}.",
            Evidence.OfBoth("mean GPU utilization", Unit.Share, first, other));
    }
}
