using System.Collections.Immutable;
using System.Globalization;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>A section of the page about one device: a question, its figures, its numbers, and how they came about.</summary>
/// <param name="Id">Stable name, part of the address of the section.</param>
/// <param name="Title">Headline.</param>
/// <param name="Figures">Names of its figures, each with its caption.</param>
/// <param name="How">How it was computed, in two sentences.</param>
/// <param name="WriteNumbers">Writes its table.</param>
internal sealed record Question(
    string Id, string Title, ImmutableArray<(string Figure, string Caption)> Figures, string How, Action<HtmlBuilder, FigureContext> WriteNumbers)
{
    private const int MaxProcesses = 50;

    /// <summary>All sections in the order of the page.</summary>
    public static readonly ImmutableArray<Question> All =
    [
        new("sizes", "Request sizes", [("request-sizes", "Requests by size")],
            "Each counted request's length in bytes is tallied exactly, nothing is rounded. The main size is the one with most requests.",
            WriteSizes),
        new("bandwidth", "Bandwidth and IOPS", [("bandwidth", "Bandwidth over time"), ("iops", "Requests a second over time")],
            "Requests and bytes are summed in equal time bins by the time of the counted event; a peak is the bin that has most. Means are over the span from the device's first to its last counted request, so that those of reads and writes add up.",
            WriteBandwidth),
        new("space", "Where on the device",
            [
                ("heatmap-read", "Reads over space and time"), ("heatmap-write", "Writes over space and time"), ("access-map", "Accesses by place"),
                ("access-cdf", "Share of sectors by number of accesses"), ("lorenz", "How evenly accesses are spread"),
            ],
            "Each request adds one access to each 512-byte sector that it covers; sectors that nothing touched do not count. The Gini coefficient of the counts is 0 where all touched sectors are accessed equally often, and nears 1 where few have all accesses.",
            WriteSpace),
        new("latency", "Latency",
            [("latency-percentiles", "Percentiles"), ("latency-heatmap", "Latency over time"), ("latency-by-size", "Latency by request size")],
            "The events of a request are matched by device, sector and length: Q2D is from queueing to issue, D2C from issue to completion, Q2C the whole. Count, mean and maximum are exact; percentiles come from a histogram of narrow logarithmic buckets, whose greatest relative error the table gives.",
            WriteLatency),
        new("depth", "Requests in flight", [("queue-depth", "Queue depth over time")],
            "A request is in flight from its issue (from its queueing, on devices without issue events) to its completion. Means are weighted with time; a request that is never seen complete is counted under integrity instead.",
            WriteDepth),
        new("processes", "Processes and CPUs", [],
            "Each counted request belongs to the process and the CPU that its counted event names. For write-back and other work that the kernel does later, that is a kernel thread and not the program that caused it.",
            WriteProcesses),
    ];

    private static IEnumerable<OperationReport> Operations(FigureContext context) =>
        context.Device.Operations.Where(operation => operation.Overview.Requests > 0);

    // A class of one rwbs string says the same twice, but under the name that people look for.
    private static string Name(OperationReport operation) => operation.Scope switch
    {
        OperationScope.Transfers => "reads and writes",
        OperationScope.Class => operation.Name,
        _ => $"rwbs {operation.Name}",
    };

    private static bool MovesData(OperationReport operation) => operation.Scope == OperationScope.Transfers || operation.Class is "read" or "write";

    private static string FileName(FigureContext context, string table) => $"{table}-{context.Device.Device.Replace(',', '-')}";

    private static void WriteSizes(HtmlBuilder html, FigureContext context)
    {
        var table = new HtmlTable(FileName(context, "sizes"), "Request sizes",
            "Operation", "Requests", "Smallest", "Median", "Mean", "Largest", "Sizes", "Main size", "of requests", "of bytes");
        foreach (OperationReport operation in Operations(context))
        {
            OverviewResult overview = operation.Overview;
            RequestSizeResult sizes = operation.Sizes;
            table.Add(Name(operation), HtmlCell.Of(overview.Requests, HumanUnits.Count), HtmlCell.Of(overview.MinSizeBytes, HumanUnits.Bytes),
                HtmlCell.Of(overview.MedianSizeBytes, HumanUnits.Bytes), HtmlCell.Of(overview.MeanSizeBytes, HumanUnits.Bytes), HtmlCell.Of(overview.MaxSizeBytes, HumanUnits.Bytes),
                HtmlCell.Of(sizes.Sizes.Length, HumanUnits.Count), HtmlCell.Of(sizes.DominatingSizeBytes, HumanUnits.Bytes),
                HtmlCell.Of(sizes.DominatingShareOfRequests, Quantity.Percent), HtmlCell.Of(sizes.DominatingShareOfBytes, Quantity.Percent));
        }

        table.Write(html);
    }

    private static void WriteBandwidth(HtmlBuilder html, FigureContext context)
    {
        var table = new HtmlTable(FileName(context, "bandwidth"), "Totals and rates",
            "Operation", "Requests", "Bytes", "Mean bandwidth", "Peak bandwidth", "Mean IOPS", "Peak IOPS", "First to last");
        foreach (OperationReport operation in Operations(context))
        {
            // A discard of 1 GiB moves nothing: it has no bandwidth.
            OverviewResult overview = operation.Overview;
            bool moves = MovesData(operation);
            table.Add(Name(operation), HtmlCell.Of(overview.Requests, HumanUnits.Count), HtmlCell.Of(overview.Bytes, HumanUnits.Bytes),
                HtmlCell.Of(moves ? overview.MeanBytesPerSecond : null, HumanUnits.BytesPerSecond),
                HtmlCell.Of(moves ? overview.PeakBytesPerSecond : null, HumanUnits.BytesPerSecond),
                HtmlCell.Of(overview.MeanIops, HumanUnits.Count), HtmlCell.Of(overview.PeakIops, HumanUnits.Count),
                HtmlCell.Of(overview.DurationNs, Quantity.Duration));
        }

        table.Write(html);
    }

    private static void WriteSpace(HtmlBuilder html, FigureContext context)
    {
        string caption = Operations(context).Any(operation => operation.SectorAccess?.Estimate is not null) ? "Accesses of the touched sectors (an estimate)" : "Accesses of the touched sectors";
        var table = new HtmlTable(FileName(context, "space"), caption,
            "Operation", "Footprint", "Mean accesses", "Greatest", "Gini", "Hottest 1 % get", "10 %", "20 %", "50 %");
        foreach (OperationReport operation in Operations(context))
        {
            if (operation.SectorAccess is not { } access)
                continue;
            table.Add(Name(operation), HtmlCell.Of(operation.Overview.FootprintBytes, HumanUnits.Bytes),
                HtmlCell.Of(access.MeanAccesses, HumanUnits.Count), HtmlCell.Of(access.MaxAccesses, HumanUnits.Count),
                HtmlCell.Of(access.Gini, HumanUnits.Coefficient),
                Hottest(access, 0.01), Hottest(access, 0.1), Hottest(access, 0.2), Hottest(access, 0.5));
        }

        table.Write(html);
    }

    private static HtmlCell Hottest(SectorAccessResult access, double share) =>
        HtmlCell.Of(access.HotShares.FirstOrDefault(hot => Math.Abs(hot.HottestSectorShare - share) < 1e-9)?.AccessShare, Quantity.Percent);

    private static void WriteLatency(HtmlBuilder html, FigureContext context)
    {
        var table = new HtmlTable(FileName(context, "latency"), "Latencies",
            "Operation", "Latency", "Requests", "Least", "Mean", "p50", "p90", "p99", "p99.9", "Greatest", "Error up to");
        foreach (OperationReport operation in Operations(context))
        {
            foreach ((string kind, LatencyStatistics statistics) in LatencyKinds.Of(operation.Latency))
            {
                table.Add(Name(operation), kind, HtmlCell.Of(statistics.Count, HumanUnits.Count), HtmlCell.Of(statistics.MinNs, Quantity.Duration),
                    HtmlCell.Of(statistics.MeanNs, Quantity.Duration), HtmlCell.Of(statistics.P50Ns, Quantity.Duration),
                    HtmlCell.Of(statistics.P90Ns, Quantity.Duration), HtmlCell.Of(statistics.P99Ns, Quantity.Duration),
                    HtmlCell.Of(statistics.P999Ns, Quantity.Duration), HtmlCell.Of(statistics.MaxNs, Quantity.Duration),
                    HtmlCell.Of(statistics.RelativeError, Quantity.Percent));
            }
        }

        table.Write(html);
    }

    private static void WriteDepth(HtmlBuilder html, FigureContext context)
    {
        if (context.Device.QueueDepth is not { } depth)
            return;

        double idle = depth.TimeAtDepthNs.Length == 0 ? 0 : (double)depth.TimeAtDepthNs[0] / Math.Max(1, depth.TimeAtDepthNs.Sum());
        var table = new HtmlTable(FileName(context, "depth"), "Requests in flight", "Measure", "Value");
        table.Add("Mean over time", HtmlCell.Of(depth.MeanDepth, HumanUnits.Count));
        table.Add("Greatest", HtmlCell.Of(depth.MaxDepth, HumanUnits.Count));
        table.Add("Share of time with none", HtmlCell.Of(idle, Quantity.Percent));
        table.Write(html);
    }

    private static void WriteProcesses(HtmlBuilder html, FigureContext context)
    {
        ProcessUse[] uses = context.Device.Processes;
        long count = uses.Length + (context.Device.OtherProcesses?.AtLeast ?? 0);
        string caption = count <= MaxProcesses ? "Processes" : $"Processes ({MaxProcesses} of {HumanUnits.Count(count)}; processes.csv has {(count == uses.Length ? "all" : "more")})";
        var processes = new HtmlTable(FileName(context, "processes"), caption, "Process", "Pid", "Reads", "Read", "Writes", "Written", "Other requests");
        foreach (ProcessUse use in uses.Take(MaxProcesses))
        {
            processes.Add(use.Name ?? "unknown", use.Pid < 0 ? HtmlCell.None : new HtmlCell(use.Pid.ToString(CultureInfo.InvariantCulture)),
                HtmlCell.Of(use.ReadRequests, HumanUnits.Count), HtmlCell.Of(use.ReadBytes, HumanUnits.Bytes),
                HtmlCell.Of(use.WriteRequests, HumanUnits.Count), HtmlCell.Of(use.WriteBytes, HumanUnits.Bytes), HtmlCell.Of(use.OtherRequests, HumanUnits.Count));
        }

        processes.Write(html);
        var cpus = new HtmlTable(FileName(context, "cpus"), "CPUs", "CPU", "Reads", "Read", "Writes", "Written", "Other requests");
        foreach (CpuUse use in context.Device.Cpus)
        {
            cpus.Add(use.Cpu.ToString(CultureInfo.InvariantCulture),
                HtmlCell.Of(use.ReadRequests, HumanUnits.Count), HtmlCell.Of(use.ReadBytes, HumanUnits.Bytes),
                HtmlCell.Of(use.WriteRequests, HumanUnits.Count), HtmlCell.Of(use.WriteBytes, HumanUnits.Bytes), HtmlCell.Of(use.OtherRequests, HumanUnits.Count));
        }

        cpus.Write(html);
        WritePaths(html, context);
    }

    private static void WritePaths(HtmlBuilder html, FigureContext context)
    {
        if (context.Device.Paths.Length == 0)
            return;
        var paths = new HtmlTable(FileName(context, "paths"), "What in the kernel issued the requests", "Path", "Reads", "Read", "Writes", "Written", "Other requests", "Of bytes");
        foreach (PathUse use in context.Device.Paths)
        {
            paths.Add($"{use.Path}: {use.Meaning}", HtmlCell.Of(use.ReadRequests, HumanUnits.Count), HtmlCell.Of(use.ReadBytes, HumanUnits.Bytes),
                HtmlCell.Of(use.WriteRequests, HumanUnits.Count), HtmlCell.Of(use.WriteBytes, HumanUnits.Bytes), HtmlCell.Of(use.OtherRequests, HumanUnits.Count),
                use.ShareOfBytes is { } share ? HtmlCell.Of(share, Quantity.Percent) : HtmlCell.None);
        }

        paths.Write(html);
    }
}
