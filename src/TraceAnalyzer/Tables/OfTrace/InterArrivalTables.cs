using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>Times from each request to the next.</summary>
public static class InterArrivalTables
{
    private static readonly Column[] s_name = [Column.Text("device", "Device"), Column.Text("operation", "Operation")];

    /// <summary>A row per operation.</summary>
    public static readonly TableOf<TraceReport> InterArrival = new("inter_arrival", "Inter-arrival times", [.. s_name, .. StatisticsColumns.Columns],
        (report, rows) =>
        {
            foreach ((string device, _, OperationReport operation) in Operations.Of(report))
            {
                if (operation.InterArrival is { } statistics)
                    rows.Add(StatisticsColumns.RowOf(statistics, device, operation.Name));
            }
        });

    /// <summary>A row per operation and bucket.</summary>
    public static readonly TableOf<TraceReport> Histogram = new("inter_arrival_histogram", "Requests by inter-arrival time",
        [.. s_name, Column.Ns("up_to_ns", "Up to"), Column.Count("requests", "Requests"), Column.Share("cdf", "CDF")],
        (report, rows) =>
        {
            foreach ((string device, _, OperationReport operation) in Operations.Of(report))
            {
                long seen = 0;
                foreach (LatencyBucket bucket in operation.InterArrival?.Buckets ?? [])
                {
                    seen += bucket.Count;
                    rows.Add(device, operation.Name, bucket.UpToNs, bucket.Count, Operations.ShareOf(seen, operation.InterArrival!.Count));
                }
            }
        });
}
