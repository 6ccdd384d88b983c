namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Summary of a latency, or of times between arrivals, nanoseconds. Count, mean, min and max are exact; percentiles carry <see cref="RelativeError"/>.</summary>
public sealed record LatencyStatistics
{
    /// <summary>Requests that have this latency.</summary>
    public required long Count { get; init; }

    /// <summary>Least.</summary>
    public required long MinNs { get; init; }

    /// <summary>Mean.</summary>
    public required double MeanNs { get; init; }

    /// <summary>Median.</summary>
    public required double P50Ns { get; init; }

    /// <summary>90th percentile.</summary>
    public required double P90Ns { get; init; }

    /// <summary>99th percentile.</summary>
    public required double P99Ns { get; init; }

    /// <summary>99.9th percentile.</summary>
    public required double P999Ns { get; init; }

    /// <summary>Greatest.</summary>
    public required long MaxNs { get; init; }

    /// <summary>Greatest relative error of a percentile, from the width of the histogram's buckets.</summary>
    public required double RelativeError { get; init; }

    /// <summary>The histogram: upper bound (inclusive) of each bucket that holds something, ascending, and its count; the CDF is drawn from it.</summary>
    public required LatencyBucket[] Buckets { get; init; }
}
