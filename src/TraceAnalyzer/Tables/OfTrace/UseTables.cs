using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>Who issued the requests: processes, CPUs, paths through the kernel.</summary>
public static class UseTables
{
    private static readonly Column[] s_counts =
    [
        Column.Count("read_requests", "Reads"), Column.Bytes("read_bytes", "Read"), Column.Count("write_requests", "Writes"), Column.Bytes("write_bytes", "Written"),
        Column.Count("other_requests", "Other requests"),
    ];

    /// <summary>A row per device and process.</summary>
    public static readonly TableOf<TraceReport> Processes = new("processes", "Processes",
        [Column.Text("device", "Device"), Column.Id("pid", "Pid"), Column.Text("process", "Process"), .. s_counts],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                foreach (ProcessUse use in device.Processes)
                    rows.Add(device.Device, use.Pid, use.Name, use.ReadRequests, use.ReadBytes, use.WriteRequests, use.WriteBytes, use.OtherRequests);
                if (device.OtherProcesses is { } rest)
                    rows.Add(device.Device, default, FormattableString.Invariant($"others: {rest.AtLeast}"), rest.ReadRequests, rest.ReadBytes, rest.WriteRequests, rest.WriteBytes, rest.OtherRequests);
            }
        });

    /// <summary>A row per device and path (docs/analyses/kernel-paths.md).</summary>
    public static readonly TableOf<TraceReport> Paths = new("paths", "What in the kernel issued the requests",
        [Column.Text("device", "Device"), Column.Text("path", "Path"), .. s_counts, Column.Share("share_of_bytes", "Of bytes"), Column.Text("meaning", "Meaning")],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                foreach (PathUse use in device.Paths)
                    rows.Add(device.Device, use.Path, use.ReadRequests, use.ReadBytes, use.WriteRequests, use.WriteBytes, use.OtherRequests, use.ShareOfBytes, use.Meaning);
            }
        });

    /// <summary>A row per device and CPU.</summary>
    public static readonly TableOf<TraceReport> Cpus = new("cpus", "CPUs",
        [Column.Text("device", "Device"), Column.Id("cpu", "CPU"), .. s_counts],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                foreach (CpuUse use in device.Cpus)
                    rows.Add(device.Device, use.Cpu, use.ReadRequests, use.ReadBytes, use.WriteRequests, use.WriteBytes, use.OtherRequests);
            }
        });
}
