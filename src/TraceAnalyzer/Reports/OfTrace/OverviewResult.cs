namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Totals of the counted requests of an operation. Bytes of discards are bytes discarded, not transferred.</summary>
public sealed record OverviewResult
{
    /// <summary>Requests counted.</summary>
    public required long Requests { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Smallest size in bytes.</summary>
    public required long MinSizeBytes { get; init; }

    /// <summary>Mean size in bytes.</summary>
    public required double MeanSizeBytes { get; init; }

    /// <summary>Median size in bytes: the least size that at least half of the requests do not exceed.</summary>
    public required long MedianSizeBytes { get; init; }

    /// <summary>Largest size in bytes.</summary>
    public required long MaxSizeBytes { get; init; }

    /// <summary>Time of the first counted request.</summary>
    public required long FirstNs { get; init; }

    /// <summary>Time of the last counted request.</summary>
    public required long LastNs { get; init; }

    /// <summary>From the first to the last counted request, in nanoseconds; 0 for one request.</summary>
    public required long DurationNs { get; init; }

    /// <summary>Requests a second over the device's <see cref="DeviceReport.CountedSpanNs"/>; null if that is 0.</summary>
    public double? MeanIops { get; init; }

    /// <summary>
    /// Bytes a second over the device's <see cref="DeviceReport.CountedSpanNs"/>, so that the means of operations compare and add up; null if that is 0.
    /// </summary>
    public double? MeanBytesPerSecond { get; init; }

    /// <summary>Requests a second in the bin that has most requests.</summary>
    public required double PeakIops { get; init; }

    /// <summary>Bytes a second in the bin that has most bytes.</summary>
    public required double PeakBytesPerSecond { get; init; }

    /// <summary>Distinct bytes touched: 512 times the number of distinct sectors.</summary>
    public required long FootprintBytes { get; init; }
}
