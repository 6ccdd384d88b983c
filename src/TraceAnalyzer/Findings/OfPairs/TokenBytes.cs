using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Is equally much read (written) per decoded token?</summary>
/// <param name="class">Read or write.</param>
public sealed class TokenBytes(OperationClass @class) : PairRule($"token-{@class.Name()}-bytes", $"Both runs {@class.Name()} the same amount per decoded token")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => $"different if mean bytes per decoded token differ by {Units.Share(thresholds.SameBytesShare)} or more; the prefill does not count. Passes of runs that generate no tokens are compared with passes";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (TokenMeans.Of(facts.First) is not { } left || TokenMeans.Of(facts.Other) is not { } right || left.Kind != right.Kind)
            return null;
        double first = Bytes(left);
        double other = Bytes(right);

        // Journals are not part of a token.
        double least = thresholds.NegligibleShare * Math.Max(left.MeanReadBytes + left.MeanWriteBytes, right.MeanReadBytes + right.MeanWriteBytes);
        if (Math.Max(first, other) < least || Math.Max(first, other) == 0)
            return null;
        bool same = IsWithin(first, other, thresholds.SameBytesShare);
        string sentence = first == 0 || other == 0
            ? $"{(first == 0 ? facts.Other.Label : facts.First.Label)} {@class.Plural()} {Units.Bytes(Math.Max(first, other))} per {left.Name}, the other run nothing."
            : $"{facts.Other.Label} {@class.Plural()} {Units.Bytes(other)} per {left.Name} against {Units.Bytes(first)}: {Change(first, other)}.";
        return Answer(
            same,
            sentence,
            Evidence.OfBoth($"mean bytes {@class.Participle()} per {left.Name}", Unit.Bytes, first, other),
            Evidence.OfBoth(left.Kind == SpanKind.Pass ? "passes" : "decoded tokens", Unit.Count, left.Tokens, right.Tokens));
    }

    private double Bytes(TokenMeans means) => @class == OperationClass.Read ? means.MeanReadBytes : means.MeanWriteBytes;
}
