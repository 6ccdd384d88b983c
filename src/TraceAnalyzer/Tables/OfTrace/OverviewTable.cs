using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>Totals of each operation (docs/analyses/overview.md).</summary>
public static class OverviewTable
{
    /// <summary>A row per operation.</summary>
    public static readonly TableOf<TraceReport> Overview = new("overview", "Totals and rates",
        [
            .. Operations.Columns, Column.Text("class", "Class"), Column.Count("requests", "Requests"), Column.Bytes("bytes", "Bytes"),
            Column.Bytes("min_size_bytes", "Smallest"), Column.Bytes("mean_size_bytes", "Mean size"), Column.Bytes("median_size_bytes", "Median size"), Column.Bytes("max_size_bytes", "Largest"),
            Column.Bytes("dominating_size_bytes", "Dominant size"), Column.Share("dominating_share_of_requests", "Of requests"), Column.Share("dominating_share_of_bytes", "Of bytes"),
            Column.Id("first_ns", "First"), Column.Id("last_ns", "Last"), Column.Ns("duration_ns", "First to last"),
            Column.Count("mean_iops", "Mean IOPS"), Column.Rate("mean_bytes_per_second", "Mean bandwidth"), Column.Count("peak_iops", "Peak IOPS"), Column.Rate("peak_bytes_per_second", "Peak bandwidth"),
            Column.Bytes("footprint_bytes", "Footprint"), Column.Count("distinct_sizes", "Sizes"), Column.Share("share_of_transferred_bytes", "Of bytes"),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                long transferred = device.Transfers?.Overview.Bytes ?? 0;
                foreach (OperationReport operation in device.Operations)
                {
                    OverviewResult overview = operation.Overview;
                    RequestSizeResult sizes = operation.Sizes;
                    bool transfers = Operations.Transfers(operation);
                    rows.Add(device.Device, EnumNames.Camel(operation.Scope), operation.Name, operation.Class?.Name() ?? operation.Name, overview.Requests, overview.Bytes,
                        overview.MinSizeBytes, overview.MeanSizeBytes, overview.MedianSizeBytes, overview.MaxSizeBytes,
                        sizes.DominatingSizeBytes, sizes.DominatingShareOfRequests, sizes.DominatingShareOfBytes,
                        overview.FirstNs, overview.LastNs, overview.DurationNs,
                        overview.MeanIops, transfers ? overview.MeanBytesPerSecond : null, overview.PeakIops, transfers ? overview.PeakBytesPerSecond : (double?)null, overview.FootprintBytes,
                        sizes.Sizes.Length, transfers && transferred > 0 ? (double)overview.Bytes / transferred : (double?)null);
                }
            }
        });
}
