using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Comparison;

/// <summary>
/// The distributions that reports hold, and how far apart they are: request sizes by requests, access counts by sectors, both exact, and
/// latencies and inter-arrival times from their histograms, where a value stands for its bucket's upper bound (buckets are the same in all reports).
/// </summary>
internal static class Distributions
{
    /// <summary>Name of the distribution of latencies.</summary>
    public const string Latency = "latency";

    /// <summary>Name of the distribution of request sizes.</summary>
    public const string RequestSize = "requestSize";

    /// <summary>Name of the distribution of inter-arrival times.</summary>
    public const string InterArrival = "interArrival";

    /// <summary>Name of the distribution of access counts.</summary>
    public const string AccessCount = "accessCount";

    /// <summary>Each distribution of reads and of writes that two runs or more have.</summary>
    public static ComparedDistribution[] Of(IReadOnlyList<RunView> runs)
    {
        var result = new List<ComparedDistribution>();
        foreach (OperationClass @class in OperationClasses.MovingData)
        {
            Add(RequestSize, "request sizes", Unit.Bytes, run => Sizes(run.Operation(@class)));
            LatencyKind kind = LatencyKinds.Compared(runs[0].Operation(@class));
            Add(Latency, $"{kind} latency", Unit.Nanoseconds, run => Histogram(LatencyKinds.OfKind(run.Operation(@class)?.Latency, kind)));
            Add(InterArrival, "inter-arrival times", Unit.Nanoseconds, run => Histogram(run.Operation(@class)?.InterArrival));
            Add(AccessCount, "accesses per sector", Unit.Count, run => AccessCounts(run.Operation(@class)));

            void Add(string name, string label, Unit unit, Func<RunView, WeightedValue[]?> of)
            {
                WeightedValue[]?[] all = [.. runs.Select(of)];
                DistributionDistances?[] distances = [.. all.Select((other, i) => i == 0 ? null : Between(all[0], other))];
                if (distances.Any(distance => distance is not null))
                    result.Add(new ComparedDistribution(name, @class, label, unit, distances));
            }
        }

        return [.. result];
    }

    private static DistributionDistances? Between(WeightedValue[]? first, WeightedValue[]? other) =>
        first is not { Length: > 0 } || other is not { Length: > 0 }
            ? null
            : new DistributionDistances(
                DistributionDistance.KolmogorovSmirnov(first, other),
                DistributionDistance.EarthMover(first, other),
                DistributionDistance.EarthMover(DistributionDistance.InOctaves(first), DistributionDistance.InOctaves(other)));

    private static WeightedValue[]? Sizes(OperationReport? operation) =>
        operation is null ? null : [.. operation.Sizes.Sizes.Select(size => new WeightedValue(size.SizeBytes, size.Requests))];

    private static WeightedValue[]? Histogram(LatencyStatistics? statistics) =>
        statistics is null ? null : [.. statistics.Buckets.Select(bucket => new WeightedValue(bucket.UpToNs, bucket.Count))];

    private static WeightedValue[]? AccessCounts(OperationReport? operation) =>
        operation?.SectorAccess is not { } access ? null : [.. access.Distribution.Select(count => new WeightedValue(count.Accesses, count.Sectors))];
}
