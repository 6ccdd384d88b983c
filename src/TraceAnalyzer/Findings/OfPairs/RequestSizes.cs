using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>Do requests have the same sizes?</summary>
/// <param name="class">Read or write.</param>
public sealed class RequestSizes(OperationClass @class) : PairRule($"{@class.Name()}-size", $"{@class.Subject()} have the same sizes in both runs")
{
    /// <inheritdoc/>
    public override string Criterion(Thresholds thresholds) => $"different if the dominant sizes differ, or the Kolmogorov-Smirnov distance of the sizes is {Units.Count(thresholds.KolmogorovSmirnov)} or more";

    /// <inheritdoc/>
    public override Finding? Judge(PairFacts facts, Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(thresholds);
        if (!facts.MatterBoth(@class, thresholds))
            return null;
        RequestSizeResult first = facts.First.Operation(@class)!.Sizes;
        RequestSizeResult other = facts.Other.Operation(@class)!.Sizes;
        DistributionDistances? distances = facts.Distances("requestSize", @class);
        bool isSameSize = first.DominatingSizeBytes == other.DominatingSizeBytes;
        bool same = isSameSize && (distances?.KolmogorovSmirnov ?? 0) < thresholds.KolmogorovSmirnov;
        string sentence = isSameSize
            ? $"{(same ? $"{@class.Subject()} have the same dominant size in both runs" : $"{@class.Subject()} have the same dominant size in both runs but different shares of it")}: {Units.Bytes(other.DominatingSizeBytes)}, {Units.Share(other.DominatingShareOfRequests)} against {Units.Share(first.DominatingShareOfRequests)} of the requests and {Units.Share(other.DominatingShareOfBytes)} against {Units.Share(first.DominatingShareOfBytes)} of the bytes."
            : $"The dominant size of the {@class.Plural()} of {facts.Other.Label} is {Units.Bytes(other.DominatingSizeBytes)} ({Share(other)}) against {Units.Bytes(first.DominatingSizeBytes)} ({Share(first)}).";
        return Answer(
            same,
            sentence,
            [
                Evidence.OfBoth("dominant size", Unit.Bytes, first.DominatingSizeBytes, other.DominatingSizeBytes),
                Evidence.OfBoth("its share of requests", Unit.Share, first.DominatingShareOfRequests, other.DominatingShareOfRequests),
                Evidence.OfBoth("its share of bytes", Unit.Share, first.DominatingShareOfBytes, other.DominatingShareOfBytes),
                .. EvidenceOf(distances, Unit.Bytes),
            ]);

        static string Share(RequestSizeResult sizes) => $"{Units.Share(sizes.DominatingShareOfRequests)} of the requests with {Units.Share(sizes.DominatingShareOfBytes)} of the bytes";
    }
}
