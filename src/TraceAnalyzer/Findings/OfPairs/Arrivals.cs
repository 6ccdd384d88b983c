using TraceAnalyzer.Reports;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Do requests follow each other at the same intervals?</summary>
/// <param name="class">Read or write.</param>
public sealed class Arrivals(OperationClass @class) : PairRule($"{@class.Name()}-arrivals", $"{@class.Subject()} have the same inter-arrival times in both runs")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        return Alikeness.Criterion(thresholds.ArrivalOctaves, thresholds);
    }

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (!facts.MatterBoth(@class, thresholds) || facts.Distances("interArrival", @class) is not { } distances
            || facts.First.Operation(@class)?.InterArrival is not { } first || facts.Other.Operation(@class)?.InterArrival is not { } other)
            return null;
        var alike = Alikeness.Of(first, other, distances, thresholds.ArrivalOctaves, thresholds);
        string percentiles = Alikeness.Percentiles(first, other);
        string sentence = alike switch
        {
            { IsSame: true } => $"Inter-arrival times of {@class.Plural()} are similar in both runs: {percentiles}.",
            { IsSameBody: true } => $"Inter-arrival times of {@class.Plural()} have a similar body in both runs, but another tail: {percentiles}.",
            _ when Alikeness.Direction(first, other, "longer", "shorter") is { } direction => $"Inter-arrival times of {@class.Plural()} are {direction} in {facts.Other.Label}: {percentiles}.",
            _ => $"Inter-arrival times of {@class.Plural()} have a different distribution in {facts.Other.Label}: {percentiles}.",
        };
        return Answer(
            alike.IsSame,
            sentence,
            [
                Evidence.OfBoth("inter-arrival time p50", Unit.Nanoseconds, first.P50Ns, other.P50Ns),
                Evidence.OfBoth("inter-arrival time p99", Unit.Nanoseconds, first.P99Ns, other.P99Ns),
                .. EvidenceOf(distances, Unit.Nanoseconds),
            ]);
    }
}
