using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>The numbers that a reader wants first, each with its unit and what it is taken over: the first screen of the page and of the console.</summary>
public static class KeyNumbers
{
    /// <summary>A row per number of a device: <c>class</c> (<c>Read</c>, <c>Write</c> or empty), <c>number</c>, <c>value</c> and <c>basis</c>.</summary>
    public static Table Of(TraceReport report, DeviceReport device)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(device);
        return new Table("key_numbers", "Key numbers", [Column.Text("class", "Class"), Column.Text("number", "Number"), Column.Count("value", "Value"), Column.Text("basis", "Basis")],
        [
            .. device.Read is { } read ? Moved("Read", "Read", read, report.Time) : [],
            .. device.Write is { } write ? Moved("Write", "Written", write, report.Time) : [],
            .. device.QueueDepth is { BusyNs: > 0 } depth ? Busy(device, depth) : [],
            .. report.RunDevice == device ? OfRun(report.Run!) : [],
            .. device.Read is { } reads ? Requests("Read", reads) : [],
            .. device.Write is { } writes ? Requests("Write", writes) : [],
            .. device.Reissues > 0 ? (Value[][])[Row("", "Issued again", device.Reissues, Unit.Count, "more issues of requests that had gone back to the queue; each request is counted once")] : [],
        ]);
    }

    private static Value[][] Moved(string @class, string name, OperationReport operation, TimeBinning time)
    {
        OverviewResult overview = operation.Overview;
        string mean = overview.MeanBytesPerSecond is { } rate ? $"{Units.Rate(rate)} from first to last request, " : "";
        return [Row(@class, name, overview.Bytes, Unit.Bytes, $"{mean}peak {Units.Rate(overview.PeakBytesPerSecond)} over {Units.Duration(time.WidthNs)}; {Units.Count(overview.Requests)} requests")];
    }

    private static Value[][] Busy(DeviceReport device, QueueDepthResult depth) =>
    [
        Row("", "Bandwidth while busy", device.TransferredBytes / (depth.BusyNs / 1e9), Unit.BytesPerSecond,
            $"reads and writes, over the {Units.Duration(depth.BusyNs)} with requests in flight, {Units.Share((double)depth.BusyNs / depth.TimeAtDepthNs.Sum())} of the time from first to last request"),
        Row("", "Queue depth while busy", depth.BusyDepth, Unit.Count, $"mean over the time with requests in flight; max {Units.Count(depth.MaxDepth)}"),
    ];

    private static List<Value[]> OfRun(RunReport run)
    {
        var rows = new List<Value[]>();
        if (TokenMeans.Of(run) is { } means)
        {
            // A step of a batch makes a token of each of its sequences.
            int sequences = means.Kind == SpanKind.Pass ? 1 : run.Facts.BatchSize ?? 1;
            (string one, string name) = means.Kind == SpanKind.Pass ? ("pass", means.Tokens == 1 ? "pass" : "passes")
                : sequences > 1 ? ("decode step", means.Tokens == 1 ? "decode step" : "decode steps") : ("token", means.Tokens == 1 ? "decoded token" : "decoded tokens");
            string basis = $"mean over {Units.Count(means.Tokens)} {name}{(means.Kind == SpanKind.Pass ? " found in the trace" : sequences > 1 ? $" of {Units.Count(sequences)} sequences" : "")}";
            string stalled = means.MeanStallNs is { } stallNs && means.MeanNs > 0 ? $"; {Units.Share(stallNs / means.MeanNs)} of it stalled on I/O" : "";
            rows.Add(Row("", $"Time per {one}", means.MeanNs, Unit.Nanoseconds, basis + stalled));
            rows.Add(Row("Read", $"Read per {one}", means.MeanReadBytes, Unit.Bytes, basis));
            if (sequences > 1 && means.MeanNs > 0)
                rows.Add(Row("", "Tokens per second", sequences * 1e9 / means.MeanNs, Unit.Count, "decoded, all sequences together"));
        }

        if (run.Gpu?.TraceMeanPercent is { } inTrace)
            rows.Add(Row("", "GPU utilization", inTrace, Unit.Percent, "time-weighted mean over the trace"));
        else if (run.Gpu?.TimeWeightedMeanPercent is { } percent)
            rows.Add(Row("", "GPU utilization", percent, Unit.Percent, $"time-weighted mean over the whole GPU log, {Units.Count(run.Gpu.Samples)} samples; when the trace was running in it is not known"));
        return rows;
    }

    private static List<Value[]> Requests(string @class, OperationReport operation)
    {
        string requests = @class == "Read" ? "reads" : "writes";
        RequestSizeResult sizes = operation.Sizes;
        var rows = new List<Value[]> { Row(@class, $"{@class} size", sizes.DominatingSizeBytes, Unit.Bytes, $"{Units.Share(sizes.DominatingShareOfRequests)} of the {requests} have it") };
        if (operation.SectorAccess is { } access)
        {
            string estimate = access.Estimate is null ? "" : "an estimate; ";
            rows.Add(Row(@class, $"{@class} footprint", operation.Overview.FootprintBytes, Unit.Bytes, $"{estimate}{(access.MaxAccesses == 1 ? "each sector once" : $"{Units.Count(access.MeanAccesses)} accesses per sector on average; Gini {Units.Coefficient(access.Gini)}")}"));
        }

        rows.AddRange(LatencyKinds.Of(operation.Latency).Where(row => row.Kind == operation.Latency!.DetailKind)
            .Select(row => Row(@class, $"{@class} latency", row.Statistics.P50Ns, Unit.Nanoseconds, $"median {row.Kind}; 99 % of the {requests} within {Units.Duration(row.Statistics.P99Ns)}")));
        return rows;
    }

    private static Value[] Row(string @class, string name, double? value, Unit unit, string basis) => [@class, name, Value.Of(value, unit), basis];
}
