using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Do requests take equally long?</summary>
/// <param name="class">Read or write.</param>
public sealed class Latencies(OperationClass @class) : PairRule($"{@class.Name()}-latency", $"{@class.Subject()} have the same latencies in both runs")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        return Alikeness.Criterion(thresholds.LatencyOctaves, thresholds);
    }

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (!facts.MatterBoth(@class, thresholds) || facts.Distances("latency", @class) is not { } distances)
            return null;
        LatencyKind kind = LatencyKinds.Compared(facts.First.Operation(@class));
        if (LatencyKinds.OfKind(facts.First.Operation(@class)?.Latency, kind) is not { } first || LatencyKinds.OfKind(facts.Other.Operation(@class)?.Latency, kind) is not { } other)
            return null;
        var alike = Alikeness.Of(first, other, distances, thresholds.LatencyOctaves, thresholds);
        string percentiles = Alikeness.Percentiles(first, other);
        string subject = $"The {kind} latency of {@class.Plural()}";
        string sentence = alike switch
        {
            { IsSame: true } => $"{subject} is similar in both runs: {percentiles}.",
            { IsSameBody: true } => $"{subject} has a similar body in both runs, but another tail: {percentiles}.",
            _ when Alikeness.Direction(first, other, "higher", "lower") is { } direction => $"{subject} is {direction} in {facts.Other.Label}: {percentiles}.",
            _ => $"{subject} has a different distribution in {facts.Other.Label}: {percentiles}.",
        };
        return Answer(
            alike.IsSame,
            sentence,
            [Evidence.OfBoth($"{kind} p50", Unit.Nanoseconds, first.P50Ns, other.P50Ns), Evidence.OfBoth($"{kind} p99", Unit.Nanoseconds, first.P99Ns, other.P99Ns), .. EvidenceOf(distances, Unit.Nanoseconds)]);
    }
}
