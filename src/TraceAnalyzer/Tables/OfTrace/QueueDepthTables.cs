using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>Queue depth (docs/analyses/queue-depth.md).</summary>
public static class QueueDepthTables
{
    /// <summary>A row per device.</summary>
    public static readonly TableOf<TraceReport> Summary = new("queue_depth_summary", "Queue depth",
        [Column.Text("device", "Device"), Column.Count("mean_depth", "Mean depth"), Column.Count("max_depth", "Max depth"), Column.Share("idle_share", "Time with none in flight")],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                if (device.QueueDepth is { } depth)
                    rows.Add(device.Device, depth.MeanDepth, depth.MaxDepth, Operations.ShareOf(depth.TimeAtDepthNs.FirstOrDefault(), depth.TimeAtDepthNs.Sum()));
            }
        });

    /// <summary>A row per device and time column.</summary>
    public static readonly TableOf<TraceReport> OverTime = new("queue_depth", "Queue depth over time",
        [
            Column.Text("device", "Device"), Column.Seconds("column_start_seconds", "From"), Column.Id("column_start_ns", "From, trace clock"),
            Column.Count("mean_depth", "Mean depth"), Column.Count("max_depth", "Max depth"),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                if (device.QueueDepth is not { } depth)
                    continue;

                for (int column = 0; column < depth.Mean.Length; column++)
                {
                    rows.Add(device.Device, Operations.StartSeconds(report, depth.Columns, column), Operations.StartNs(depth.Columns, column),
                        depth.Mean[column], depth.Max[column]);
                }
            }
        });

    /// <summary>A row per device and depth.</summary>
    public static readonly TableOf<TraceReport> Distribution = new("queue_depth_distribution", "Time and requests by queue depth",
        [
            Column.Text("device", "Device"), Column.Count("depth", "Depth"), Column.Ns("time_ns", "Time"), Column.Share("share_of_time", "Of time"), Column.Count("issued_requests", "Requests issued"),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                if (device.QueueDepth is not { TimeAtDepthNs: { } times, IssuedAtDepth: { } issued })
                    continue;

                long allNs = times.Sum();
                for (int depth = 0; depth < Math.Max(times.Length, issued.Length); depth++)
                {
                    long timeNs = depth < times.Length ? times[depth] : 0;
                    rows.Add(device.Device, depth, timeNs, Operations.ShareOf(timeNs, allNs), depth < issued.Length ? issued[depth] : 0);
                }
            }
        });
}
