using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Comparison;

/// <summary>
/// The distributions that reports hold, and how far apart they are: request sizes by requests, access counts by sectors, both exact, and
/// latencies and times between arrivals from their histograms, where a value stands for its bucket's upper bound (buckets are the same in all reports).
/// </summary>
internal static class Distributions
{
    /// <summary>Name of the distribution of latencies.</summary>
    public const string Latency = "latency";

    /// <summary>Name of the distribution of request sizes.</summary>
    public const string RequestSize = "requestSize";

    /// <summary>Name of the distribution of times between arrivals.</summary>
    public const string InterArrival = "interArrival";

    /// <summary>Name of the distribution of access counts.</summary>
    public const string AccessCount = "accessCount";

    /// <summary>Each distribution of reads and of writes that two runs or more have.</summary>
    public static ComparedDistribution[] Of(IReadOnlyList<RunView> runs)
    {
        var result = new List<ComparedDistribution>();
        foreach (string @class in RunView.DataClasses)
        {
            Add(RequestSize, "request sizes", Unit.Bytes, run => Sizes(run.Operation(@class)));
            string kind = LatencyKind(runs, @class);
            Add(Latency, $"{kind} latency", Unit.Nanoseconds, run => Histogram(StatisticsOf(run.Operation(@class), kind)));
            Add(InterArrival, "times between arrivals", Unit.Nanoseconds, run => Histogram(run.Operation(@class)?.InterArrival));
            Add(AccessCount, "accesses of a sector", Unit.Count, run => AccessCounts(run.Operation(@class)));

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

    /// <summary>D2C where the first run has it, else Q2C: different kinds are never compared.</summary>
    public static string LatencyKind(IReadOnlyList<RunView> runs, string @class) =>
        runs[0].Operation(@class)?.Latency is { D2C: null, Q2C: not null } ? "Q2C" : "D2C";

    /// <summary>The latency of a kind.</summary>
    public static LatencyStatistics? StatisticsOf(OperationReport? operation, string kind) => kind == "Q2C" ? operation?.Latency?.Q2C : operation?.Latency?.D2C;

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
