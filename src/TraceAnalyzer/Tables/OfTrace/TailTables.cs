using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>Slow requests over time (docs/analyses/tails.md).</summary>
public static class TailTables
{
    /// <summary>A row per device, class and window.</summary>
    public static readonly TableOf<TraceReport> Windows = new("tails", "Tails over time",
        [
            Column.Text("device", "Device"), Column.Text("operation", "Operation"), Column.Text("kind", "Kind"), Column.Seconds("start_seconds", "From"), Column.Seconds("end_seconds", "To"), Column.Count("requests", "Requests"),
            Column.Ns("p50_ns", "p50"), Column.Ns("p99_ns", "p99"), Column.Ns("p999_ns", "p99.9"),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                foreach (TailResult tail in device.Tails)
                {
                    foreach (TailWindow window in tail.Windows)
                        rows.Add(device.Device, tail.Class.Name(), tail.Kind.ToString(), Seconds(report, window.StartNs), Seconds(report, window.EndNs), window.Requests, window.P50Ns, window.P99Ns, window.P999Ns);
                }
            }
        });

    /// <summary>A row per device, class and phase, the whole first.</summary>
    public static readonly TableOf<TraceReport> Stretches = new("slow_stretches", "Stretches of slow requests",
        [
            Column.Text("device", "Device"), Column.Text("operation", "Operation"), Column.Text("phase", "Phase"), Column.Count("windows", "Windows"), Column.Seconds("start_seconds", "From"), Column.Seconds("end_seconds", "To"),
            Column.Text("recovers", "Recovers"), Column.Ns("p99_in_ns", "p99 in it"), Column.Ns("p99_out_ns", "p99 outside"), Column.Count("ratio", "Times"), Column.Count("depth_ratio", "Depth, times"),
            Column.Count("size_ratio", "Size, times"), Column.Count("write_rate_ratio", "Written, times"), Column.Share("p_value", "p-value"),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                foreach (TailResult tail in device.Tails)
                {
                    foreach (TailStretch stretch in tail.Stretches)
                    {
                        rows.Add(device.Device, tail.Class.Name(), stretch.Phase, stretch.Windows, Seconds(report, stretch.StartNs), Seconds(report, stretch.EndNs), stretch.Recovers ? "yes" : "no",
                            stretch.P99InNs, stretch.P99OutNs, stretch.Ratio, stretch.DepthRatio, stretch.SizeRatio, stretch.WriteRateRatio, stretch.PValue);
                    }
                }
            }
        })
    {
        Note = "`phase` is empty for the whole trace",
    };

    /// <summary>A row per device and range of bytes written in the 100 ms before a read, the first without any.</summary>
    public static readonly TableOf<TraceReport> Interference = new("reads_after_writes", "Reads by bytes written in the 100 ms before",
        [
            Column.Text("device", "Device"), Column.Bytes("above_bytes", "Written, above"), Column.Bytes("up_to_bytes", "Up to"), Column.Count("reads", "Reads"), Column.Ns("p50_ns", "p50"), Column.Ns("p99_ns", "p99"), Column.Ns("p999_ns", "p99.9"),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                foreach (InterferenceBin bin in device.Interference?.Bins ?? [])
                    rows.Add(device.Device, bin.AboveBytes, bin.UpToBytes, bin.Reads, bin.P50Ns, bin.P99Ns, bin.P999Ns);
            }
        });

    private static double Seconds(TraceReport report, long timeNs) => (timeNs - report.Time.OriginNs) / 1e9;
}
