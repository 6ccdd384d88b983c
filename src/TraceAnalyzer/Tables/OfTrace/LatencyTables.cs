using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>Latencies (docs/analyses/latency.md).</summary>
public static class LatencyTables
{
    private static readonly Column[] s_kind = [.. Operations.Columns, Column.Text("kind", "Latency")];

    /// <summary>A row per operation and latency.</summary>
    public static readonly TableOf<TraceReport> Latency = new("latency", "Latencies", [.. s_kind, .. StatisticsColumns.Columns, Column.Count("requests_without_queue", "Requests without Q")],
        (report, rows) =>
        {
            foreach ((string device, string scope, OperationReport operation, LatencyKind kind, LatencyStatistics statistics) in Latencies(report))
                rows.Add([.. StatisticsColumns.RowOf(statistics, device, scope, operation.Name, kind.ToString()), kind == LatencyKind.D2C ? default(Value) : operation.Latency!.RequestsWithoutQueue]);
        })
    {
        Note = "`kind` is `Q2D`, `D2C` or `Q2C`; `requests_without_queue` is empty for `D2C`, which needs no Q",
    };

    /// <summary>A row per operation and range of sizes.</summary>
    public static readonly TableOf<TraceReport> BySize = new("latency_by_size", "Latency by request size",
        [.. s_kind, Column.Bytes("above_bytes", "Above"), Column.Bytes("up_to_bytes", "Up to"), .. StatisticsColumns.Columns],
        (report, rows) =>
        {
            foreach ((string device, string scope, OperationReport operation) in Operations.Of(report))
            {
                foreach (SizeLatency size in operation.Latency?.BySize ?? [])
                    rows.Add(StatisticsColumns.RowOf(size.Statistics, device, scope, operation.Name, operation.Latency!.DetailKind.ToString(), size.AboveBytes, size.UpToBytes));
            }
        });

    /// <summary>A row per operation and time column with requests.</summary>
    public static readonly TableOf<TraceReport> OverTime = new("latency_over_time", "Latency over time",
        [
            .. s_kind, Column.Seconds("column_start_seconds", "From"), Column.Id("column_start_ns", "From, trace clock"), Column.Count("requests", "Requests"),
            Column.Ns("p50_ns", "p50"), Column.Ns("p99_ns", "p99"), Column.Ns("max_ns", "Max"),
        ],
        (report, rows) =>
        {
            foreach ((string device, string scope, OperationReport operation) in Operations.Of(report))
            {
                if (operation.Latency is not { OverTime: { } series } latency)
                    continue;

                for (int column = 0; column < series.Counts.Length; column++)
                {
                    if (series.Counts[column] is not { } counts)
                        continue;
                    rows.Add(device, scope, operation.Name, latency.DetailKind.ToString(),
                        Operations.StartSeconds(report, series.Columns, column), Operations.StartNs(series.Columns, column),
                        counts.Sum(), series.P50Ns[column], series.P99Ns[column], series.MaxNs[column]);
                }
            }
        })
    {
        Note = "columns without requests are left out",
    };

    /// <summary>A row per operation, latency and bucket.</summary>
    public static readonly TableOf<TraceReport> Histogram = new("latency_histogram", "Requests by latency",
        [.. s_kind, Column.Ns("up_to_ns", "Up to"), Column.Count("requests", "Requests"), Column.Share("cdf", "CDF")],
        (report, rows) =>
        {
            foreach ((string device, string scope, OperationReport operation, LatencyKind kind, LatencyStatistics statistics) in Latencies(report))
            {
                long requestsSoFar = 0;
                foreach (LatencyBucket bucket in statistics.Buckets)
                {
                    requestsSoFar += bucket.Count;
                    rows.Add(device, scope, operation.Name, kind.ToString(), bucket.UpToNs, bucket.Count, Operations.ShareOf(requestsSoFar, statistics.Count));
                }
            }
        });

    private static IEnumerable<(string Device, string Scope, OperationReport Operation, LatencyKind Kind, LatencyStatistics Statistics)> Latencies(TraceReport report) =>
        from item in Operations.Of(report)
        from latency in LatencyKinds.Of(item.Operation.Latency)
        select (item.Device, item.Scope, item.Operation, latency.Kind, latency.Statistics);
}
