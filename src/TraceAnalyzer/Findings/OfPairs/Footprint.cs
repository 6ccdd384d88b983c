using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Do the runs touch the same amount of distinct data?</summary>
/// <param name="class">Read or write.</param>
public sealed class Footprint(OperationClass @class) : PairRule($"{@class.Name()}-footprint", $"{@class.Subject()} have the same footprint in both runs")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => $"different if the distinct bytes touched differ by {Units.Share(thresholds.SameBytesShare)} or more";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (!facts.MatterBoth(@class, thresholds))
            return null;
        double first = facts.First.Operation(@class)!.Overview.FootprintBytes;
        double other = facts.Other.Operation(@class)!.Overview.FootprintBytes;
        if (first == 0 || other == 0)
            return null;
        bool same = IsWithin(first, other, thresholds.SameBytesShare);
        return Answer(
            same,
            same
                ? $"{@class.Subject()} touch about the same amount of distinct data in both runs: {Units.Bytes(other)} against {Units.Bytes(first)}."
                : $"{@class.Subject()} of {facts.Other.Label} touch {Units.Bytes(other)} of distinct data against {Units.Bytes(first)}: {Change(first, other)}.",
            Evidence.OfBoth("footprint", Unit.Bytes, first, other));
    }
}
