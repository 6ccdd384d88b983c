namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Latencies of the requests of an operation.</summary>
public sealed record LatencyResult
{
    /// <summary>Queue to issue; null if no request has both.</summary>
    public LatencyStatistics? Q2D { get; init; }

    /// <summary>Issue to completion: the time of driver and device.</summary>
    public LatencyStatistics? D2C { get; init; }

    /// <summary>Queue to completion.</summary>
    public LatencyStatistics? Q2C { get; init; }

    /// <summary>
    /// Requests whose queueing (Q) is not in the trace or could not be told, and which <see cref="Q2D"/> and <see cref="Q2C"/> therefore leave out;
    /// null if the trace records no queueing on the device.
    /// </summary>
    public long? RequestsWithoutQueue { get; init; }

    /// <summary>Which latency <see cref="BySize"/> and <see cref="OverTime"/> show: <see cref="LatencyKind.D2C"/>, or <see cref="LatencyKind.Q2C"/> on devices that have no D.</summary>
    public required LatencyKind DetailKind { get; init; }

    /// <summary>By request size: one entry a range of sizes that doubles.</summary>
    public required SizeLatency[] BySize { get; init; }

    /// <summary>Over time, for the heatmap and the percentile lines.</summary>
    public required LatencyOverTime OverTime { get; init; }
}
