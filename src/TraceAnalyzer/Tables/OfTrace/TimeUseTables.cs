using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>What a device's time went to (docs/analyses/time-use.md).</summary>
public static class TimeUseTables
{
    /// <summary>A row per device.</summary>
    public static readonly TableOf<TraceReport> Summary = new("time_use", "Busy and idle time",
        [
            Column.Text("device", "Device"), Column.Ns("span_ns", "Time"), Column.Ns("idle_ns", "Idle"), Column.Share("idle_share", "Idle, share"), Column.Count("mean_busy_depth", "Mean depth while busy"),
            Column.Rate("busy_bytes_per_second", "Bandwidth while busy"), Column.Count("busy_iops", "IOPS while busy"), Column.Share("queue_share", "Q2D of Q2C"),
            Column.Count("gaps", "Idle gaps"), Column.Ns("gap_p50_ns", "Gap p50"), Column.Ns("gap_p99_ns", "Gap p99"), Column.Ns("longest_gap_ns", "Longest gap"),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                if (device.TimeUse is { } use)
                {
                    rows.Add(device.Device, use.SpanNs, use.IdleNs, use.IdleShare, use.MeanBusyDepth, use.BusyBytesPerSecond, use.BusyIops, use.QueueShare,
                        use.Gaps.Count, use.Gaps.P50Ns, use.Gaps.P99Ns, use.Gaps.LongestNs);
                }
            }
        });

    /// <summary>A row per device and range of depths, the first with nothing in flight.</summary>
    public static readonly TableOf<TraceReport> ByDepth = new("time_use_by_depth", "Time by requests in flight",
        [
            Column.Text("device", "Device"), Column.Count("from_depth", "In flight from"), Column.Count("to_depth", "To"), Column.Ns("time_ns", "Time"), Column.Share("share_of_time", "Of time"),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                if (device.TimeUse is not { } use)
                    continue;
                foreach (DepthTime time in use.Depths.Prepend(new DepthTime(0, 0, use.IdleNs)))
                    rows.Add(device.Device, time.FromDepth, time.ToDepth, time.TimeNs, Operations.ShareOf(time.TimeNs, use.SpanNs));
            }
        });
}
