namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>
/// What a device's time went to: the time between the first and the last request divided by how many were in flight. Exact. Of all requests of the
/// device, whatever the filter; a request whose completion is not in the trace is in flight to the end.
/// </summary>
public sealed record TimeUse
{
    /// <summary>From the first issue (queueing, on bio-based devices) to the last issue or completion, in nanoseconds.</summary>
    public required long SpanNs { get; init; }

    /// <summary>Of that, with nothing in flight.</summary>
    public required long IdleNs { get; init; }

    /// <summary><see cref="IdleNs"/> of <see cref="SpanNs"/>, 0 to 1; null if the span is 0.</summary>
    public required double? IdleShare { get; init; }

    /// <summary>The rest by depth: 1, 2, 3 to 4, 5 to 8, ...; up to the greatest that occurs.</summary>
    public required DepthTime[] Depths { get; init; }

    /// <summary>Mean number in flight over the time with anything in flight; null if that is 0.</summary>
    public required double? MeanBusyDepth { get; init; }

    /// <summary>The times with nothing in flight.</summary>
    public required IdleGapResult Gaps { get; init; }

    /// <summary>Bytes read and written over the time with anything in flight; null if that is 0, or if a filter leaves some of them out.</summary>
    public double? BusyBytesPerSecond { get; init; }

    /// <summary>Reads and writes over the time with anything in flight; null as <see cref="BusyBytesPerSecond"/>.</summary>
    public double? BusyIops { get; init; }

    /// <summary>Share of the wait for the issue (Q2D) in the whole (Q2C), summed over the reads and writes that have both, 0 to 1; null if none has.</summary>
    public double? QueueShare { get; init; }
}

/// <summary>Time at a range of depths.</summary>
/// <param name="FromDepth">Least number in flight.</param>
/// <param name="ToDepth">Greatest.</param>
/// <param name="TimeNs">Nanoseconds.</param>
public sealed record DepthTime(int FromDepth, int ToDepth, long TimeNs);

/// <summary>Times between a completion that left nothing in flight and the next issue. Count, total and longest are exact.</summary>
public sealed record IdleGapResult
{
    /// <summary>How many.</summary>
    public required long Count { get; init; }

    /// <summary>Their sum, in nanoseconds.</summary>
    public required long TotalNs { get; init; }

    /// <summary>Median, in nanoseconds; 0 without gaps.</summary>
    public required double P50Ns { get; init; }

    /// <summary>99th percentile.</summary>
    public required double P99Ns { get; init; }

    /// <summary>The longest.</summary>
    public required long LongestNs { get; init; }

    /// <summary>Greatest relative error of the percentiles.</summary>
    public required double RelativeError { get; init; }
}
