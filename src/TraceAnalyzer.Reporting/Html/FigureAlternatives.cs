using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>What a figure shows, in words and numbers, for those who do not see it.</summary>
internal static class FigureAlternatives
{
    /// <summary>Text for the figure called <paramref name="figure"/>.</summary>
    public static string Of(string figure, FigureContext context) => figure switch
    {
        "request-sizes" => "How many requests have which size. " + Each(context, operation =>
            $"{HumanUnits.Bytes(operation.Sizes.DominatingSizeBytes)} is the most common size with {Quantity.Percent(operation.Sizes.DominatingShareOfRequests)} of the requests; "
            + $"sizes go from {HumanUnits.Bytes(operation.Overview.MinSizeBytes)} to {HumanUnits.Bytes(operation.Overview.MaxSizeBytes)}"),
        "bandwidth" => "Bytes a second over time. " + Each(context, operation =>
            $"{Mean(operation.Overview.MeanBytesPerSecond, HumanUnits.BytesPerSecond)}peak {HumanUnits.BytesPerSecond(operation.Overview.PeakBytesPerSecond)}, {HumanUnits.Bytes(operation.Overview.Bytes)} in all"),
        "iops" => "Requests a second over time. " + Each(context, operation =>
            $"{Mean(operation.Overview.MeanIops, HumanUnits.Count)}peak {HumanUnits.Count(operation.Overview.PeakIops)}, {HumanUnits.Count(operation.Overview.Requests)} requests in all"),
        "heatmap-read" => "Which part of the device was read when. " + Touched(context.Read),
        "heatmap-write" => "Which part of the device was written when. " + Touched(context.Write),
        "access-map" => "How often each part of the device was accessed in all. " + Each(context, operation => Accesses(operation) ?? "no sectors"),
        "access-cdf" => "Share of the touched sectors that were accessed at most so many times. " + Each(context, operation => Accesses(operation) ?? "no sectors"),
        "lorenz" => "How evenly accesses are spread over the touched sectors. " + Each(context, operation => operation.SectorAccess is { } access
            ? $"Gini coefficient {HumanUnits.Coefficient(access.Gini)} (0 is even)" : "no sectors"),
        "latency-percentiles" => "Percentiles of the latencies. " + Each(context, operation => string.Join("; ", LatencyKinds.Of(operation.Latency).Select(latency =>
            $"{latency.Kind} median {Quantity.Duration(latency.Statistics.P50Ns)}, 99 % within {Quantity.Duration(latency.Statistics.P99Ns)}, at most {Quantity.Duration(latency.Statistics.MaxNs)}"))),
        "latency-heatmap" => "Requests by latency and time, with median and 99th percentile. " + Each(context, operation => Detail(operation)),
        "latency-by-size" => "Latency by request size. " + Each(context, operation => string.Join("; ", (operation.Latency?.BySize ?? []).Select(size =>
            $"up to {HumanUnits.Bytes(size.UpToBytes)}: median {Quantity.Duration(size.Statistics.P50Ns)}"))),
        "queue-depth" => "Requests in flight over time: " + (context.Device.QueueDepth is { } depth
            ? $"{HumanUnits.Count(depth.MeanDepth)} on average, {HumanUnits.Count(depth.MaxDepth)} at most." : "unknown."),
        _ => RunFigureAlternatives.Of(figure, context.Report.Run) ?? figure,
    };

    private static string Each(FigureContext context, Func<OperationReport, string> text) =>
        string.Join(" ", context.Transfers().Select(transfer => $"{transfer.Name}s: {text(transfer.Operation)}."));

    private static string Mean(double? value, Func<double, string> format) => value is { } mean ? $"mean {format(mean)}, " : "";

    private static string Touched(OperationReport? operation) => operation?.SectorAccess is { } access
        ? $"{HumanUnits.Bytes(operation.Overview.FootprintBytes)} were touched, each sector {HumanUnits.Count(access.MeanAccesses)} times on average and {HumanUnits.Count(access.MaxAccesses)} at most."
        : "";

    private static string? Accesses(OperationReport operation) => operation.SectorAccess is { } access
        ? $"mean {HumanUnits.Count(access.MeanAccesses)}, greatest {HumanUnits.Count(access.MaxAccesses)} accesses of a sector"
        : null;

    private static string Detail(OperationReport operation)
    {
        if (operation.Latency is not { } latency)
            return "no latencies";
        return LatencyKinds.Of(latency).Where(row => row.Kind == latency.DetailKind)
            .Select(row => $"{row.Kind} median {Quantity.Duration(row.Statistics.P50Ns)}, 99 % within {Quantity.Duration(row.Statistics.P99Ns)}")
            .FirstOrDefault() ?? "no latencies";
    }
}
