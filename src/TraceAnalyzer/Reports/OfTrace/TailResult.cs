namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Slow requests of a class over time (docs/analyses/tails.md).</summary>
public sealed record TailResult
{
    /// <summary>The class.</summary>
    public required OperationClass Class { get; init; }

    /// <summary>Which latency: <see cref="LatencyKind.D2C"/>, or <see cref="LatencyKind.Q2C"/> on devices that have no D.</summary>
    public required LatencyKind Kind { get; init; }

    /// <summary>Windows of time, in order, each as long as it takes to have <see cref="LeastRequests"/> requests, at least a 128th of the trace; requests that trickle in more slowly are left out.</summary>
    public required TailWindow[] Windows { get; init; }

    /// <summary>Fewest requests of a window: of fewer the 99th percentile is the slowest one.</summary>
    public const int LeastRequests = 100;

    /// <summary>Greatest relative error of the percentiles.</summary>
    public required double RelativeError { get; init; }

    /// <summary>The stretch of windows that stands out most, of the whole trace first, then of each phase with enough windows; empty if there are too few windows.</summary>
    public required TailStretch[] Stretches { get; init; }
}

/// <summary>A window of time.</summary>
/// <param name="StartNs">Its start on the trace's clock.</param>
/// <param name="EndNs">Its end.</param>
/// <param name="Requests">Requests issued in it.</param>
/// <param name="P50Ns">Median latency in nanoseconds.</param>
/// <param name="P99Ns">99th percentile.</param>
/// <param name="P999Ns">99.9th percentile; null for fewer than 1,000 requests.</param>
public sealed record TailWindow(long StartNs, long EndNs, long Requests, double P50Ns, double P99Ns, double? P999Ns);

/// <summary>The stretch of windows whose 99th percentiles stand most above the others.</summary>
public sealed record TailStretch
{
    /// <summary>Greatest p-value that counts as a difference.</summary>
    public const double Level = 0.05;

    /// <summary>The phase that it was looked for in; null for the whole trace.</summary>
    public string? Phase { get; init; }

    /// <summary>Windows that were compared.</summary>
    public required int Windows { get; init; }

    /// <summary>Its start on the trace's clock.</summary>
    public required long StartNs { get; init; }

    /// <summary>Its end.</summary>
    public required long EndNs { get; init; }

    /// <summary>True if windows follow it: the latency came down again.</summary>
    public required bool Recovers { get; init; }

    /// <summary>Geometric mean of the windows' 99th percentiles in it, in nanoseconds.</summary>
    public required double P99InNs { get; init; }

    /// <summary>The same of the other windows.</summary>
    public required double P99OutNs { get; init; }

    /// <summary><see cref="P99InNs"/> over <see cref="P99OutNs"/>.</summary>
    public required double Ratio { get; init; }

    /// <summary>Mean depth while busy in it over that outside; null if the trace does not say.</summary>
    public double? DepthRatio { get; init; }

    /// <summary>Mean size of the class's requests in it over that outside.</summary>
    public double? SizeRatio { get; init; }

    /// <summary>Bytes written per second in it over that outside; null if nothing is written outside.</summary>
    public double? WriteRateRatio { get; init; }

    /// <summary>Share of permutations of the windows that have a stretch that stands out as much, times the number of stretches judged for the class's answer, at most 1.</summary>
    public required double PValue { get; init; }
}

/// <summary>Latency of reads by what was written just before them.</summary>
public sealed record WriteInterference
{
    /// <summary>How long before its issue writes count, in nanoseconds, to the whole millisecond.</summary>
    public required long WindowNs { get; init; }

    /// <summary>By bytes written, ascending, the first without any.</summary>
    public required InterferenceBin[] Bins { get; init; }

    /// <summary>Reads of which too much was written since to know; in no bin.</summary>
    public required long Unknown { get; init; }

    /// <summary>99th percentile of the reads with writes just before them over that of those without; null for fewer than 100 of either.</summary>
    public required double? P99Ratio { get; init; }

    /// <summary>Spearman's rank correlation of the windows' 99th percentiles and the bytes written in them; null for fewer than 40 windows.</summary>
    public double? Correlation { get; init; }

    /// <summary>Share of the shifts of the one against the other in time that correlate as much; null likewise.</summary>
    public double? PValue { get; init; }
}

/// <summary>Reads with about so much written just before them.</summary>
/// <param name="AboveBytes">More than this was written; null for reads without writes.</param>
/// <param name="UpToBytes">At most this; null for the last bin.</param>
/// <param name="Reads">How many reads.</param>
/// <param name="P50Ns">Median D2C in nanoseconds, to within 0.4 %.</param>
/// <param name="P99Ns">99th percentile, likewise.</param>
/// <param name="P999Ns">99.9th percentile, likewise; null for fewer than 1,000 reads.</param>
public sealed record InterferenceBin(long? AboveBytes, long? UpToBytes, long Reads, double P50Ns, double P99Ns, double? P999Ns);
