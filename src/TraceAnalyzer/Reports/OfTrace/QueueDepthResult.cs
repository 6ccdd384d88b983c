using System.Text.Json.Serialization;

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

    /// <summary>Nanoseconds with requests in flight.</summary>
    [JsonIgnore]
    public long BusyNs => TimeAtDepthNs.Skip(1).Sum();

    /// <summary>Time-weighted mean depth while requests are in flight; null if none ever are.</summary>
    [JsonIgnore]
    public double? BusyDepth => BusyNs > 0 ? TimeAtDepthNs.Select((ns, depth) => (double)ns * depth).Sum() / BusyNs : null;
}
