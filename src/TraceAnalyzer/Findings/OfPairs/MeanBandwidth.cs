using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Do the runs move data at the same rate?</summary>
public sealed class MeanBandwidth() : PairRule("bandwidth", "Both runs have the same mean bandwidth")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => $"different if mean bandwidths (bytes over the time from the first to the last transfer) differ by a factor of {Units.Count(thresholds.RateRatio)} or more";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.First.Transfers?.Overview is not { MeanBytesPerSecond: > 0 and var first } left
            || facts.Other.Transfers?.Overview is not { MeanBytesPerSecond: > 0 and var other } right)
            return null;
        bool same = Apart(first, other) < thresholds.RateRatio;
        string change = Units.Change(other / first, "higher", "lower", "high");
        return Answer(
            same,
            $"The mean bandwidth of {facts.Other.Label} is {(same ? "about the same as" : other > first ? "higher than" : "lower than")} that of {facts.First.Label}: {Units.Rate(other)} against {Units.Rate(first)}, {change}.",
            Evidence.OfBoth("mean bandwidth", Unit.BytesPerSecond, first, other),
            Evidence.OfBoth("time from first to last transfer", Unit.Nanoseconds, left.DurationNs, right.DurationNs));
    }
}
