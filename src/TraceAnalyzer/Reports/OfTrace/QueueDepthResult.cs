namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Requests in flight: issued (queued, on bio-based devices) and not yet completed.</summary>
public sealed record QueueDepthResult
{
    /// <summary>Bins of the two arrays below.</summary>
    public required TimeBinning Columns { get; init; }

    /// <summary>Time-weighted mean depth in each bin.</summary>
    public required double[] Mean { get; init; }

    /// <summary>Greatest depth in each bin.</summary>
    public required long[] Max { get; init; }

    /// <summary>Greatest depth of all.</summary>
    public required long MaxDepth { get; init; }

    /// <summary>Time-weighted mean depth from the first issue to the last completion.</summary>
    public required double MeanDepth { get; init; }

    /// <summary>For each depth from 0 on: nanoseconds spent at it, from the device's first event to its last.</summary>
    public required long[] TimeAtDepthNs { get; init; }

    /// <summary>For each depth from 0 on: requests issued that then were that many in flight, themselves included.</summary>
    public required long[] IssuedAtDepth { get; init; }
}
