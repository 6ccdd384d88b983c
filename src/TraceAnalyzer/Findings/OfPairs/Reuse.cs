using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Is a sector accessed equally often?</summary>
/// <param name="class">Read or write.</param>
public sealed class Reuse(OperationClass @class) : PairRule($"{@class.Name()}-reuse", $"A sector is {@class.Participle()} equally often in both runs")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => $"different if mean accesses per touched sector differ by a factor of {Units.Count(thresholds.ReuseRatio)} or more";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (!facts.MatterBoth(@class, thresholds)
            || facts.First.Operation(@class)!.SectorAccess is not { MeanAccesses: > 0 and var first } || facts.Other.Operation(@class)!.SectorAccess is not { MeanAccesses: > 0 and var other })
            return null;
        bool same = Apart(first, other) < thresholds.ReuseRatio;
        return Answer(
            same,
            $"A touched sector is {@class.Participle()} {(same ? "about equally often" : other > first ? "more often" : "less often")} in {(same ? "both runs" : facts.Other.Label)}: {Units.Count(other)} against {Units.Count(first)} times on average.",
            [Evidence.OfBoth("mean accesses per sector", Unit.Count, first, other), .. EvidenceOf(facts.Distances("accessCount", @class), Unit.Count)]);
    }
}
