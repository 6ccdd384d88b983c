using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Does a decoded token take equally long?</summary>
public sealed class TokenTime() : PairRule("token-time", "A decoded token takes the same time in both runs")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => $"different if mean times per decoded token differ by a factor of {Units.Count(thresholds.RateRatio)} or more";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (TokenMeans.Of(facts.First) is not { MeanNs: > 0 and var first } left || TokenMeans.Of(facts.Other) is not { MeanNs: > 0 and var other } right || left.Kind != right.Kind)
            return null;
        bool same = Apart(first, other) < thresholds.RateRatio;
        return Answer(
            same,
            $"A {left.Name} takes {(same ? "about the same time" : other > first ? "longer" : "less time")} in {facts.Other.Label}: {Units.Duration(other)} against {Units.Duration(first)} on average, {Units.Ratio(other / first)}.",
            Evidence.OfBoth($"mean time per {left.Name}", Unit.Nanoseconds, first, other));
    }
}
