using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Do reads have the same share of the bytes?</summary>
public sealed class ReadShare() : PairRule("read-share", "Reads have the same share of the bytes in both runs")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => $"different if shares differ by {Points(thresholds.SameBytesShare)} or more";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (facts.First.Device?.ReadShareOfBytes is not { } first || facts.Other.Device?.ReadShareOfBytes is not { } other)
            return null;
        // With a filter by operation it is all or nothing, whatever the run.
        if (facts.First.Bytes(OperationClass.Write) == 0 && facts.Other.Bytes(OperationClass.Write) == 0)
            return null;
        bool same = Math.Abs(first - other) < thresholds.SameBytesShare;
        return Answer(
            same,
            same
                ? $"Reads have about the same share of the bytes read and written: {Units.Share(other)} against {Units.Share(first)}."
                : $"Reads have {Units.Share(other)} of the bytes read and written in {facts.Other.Label} against {Units.Share(first)}.",
            Evidence.OfBoth("reads' share of bytes", Unit.Share, first, other));
    }
}
