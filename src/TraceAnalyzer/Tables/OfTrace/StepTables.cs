using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>What btt tells beyond latencies (docs/analyses/btt.md).</summary>
public static class StepTables
{
    private const string Where = "only with `--btt`";

    private static readonly Column[] s_times =
        [Column.Text("step", "Step"), Column.Count("count", "Count"), Column.Ns("min_ns", "Min"), Column.Ns("mean_ns", "Mean"), Column.Ns("p50_ns", "p50"), Column.Ns("p99_ns", "p99"), Column.Ns("max_ns", "Max")];

    /// <summary>A row per device and step.</summary>
    public static readonly TableOf<TraceReport> Steps = new("steps", "Steps through the block layer",
        [Column.Text("device", "Device"), .. s_times],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                foreach (StepStatistics step in device.Steps?.Steps ?? [])
                    rows.Add(device.Device, step.Step.ToString(), step.Count, step.MinNs, step.MeanNs, step.P50Ns, step.P99Ns, step.MaxNs);
            }
        })
    {
        Note = Where,
    };

    /// <summary>A row per device, process and step.</summary>
    public static readonly TableOf<TraceReport> Processes = new("process_steps", "Steps by process",
        [Column.Text("device", "Device"), Column.Id("pid", "Pid"), Column.Text("process", "Process"), .. s_times],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                foreach (UserSteps process in device.Steps?.Processes ?? [])
                {
                    foreach (StepStatistics step in process.Steps)
                        rows.Add(device.Device, process.Number, process.Name, step.Step.ToString(), step.Count, step.MinNs, step.MeanNs, step.P50Ns, step.P99Ns, step.MaxNs);
                }
            }
        })
    {
        Note = Where,
    };

    /// <summary>A row per device, CPU and step.</summary>
    public static readonly TableOf<TraceReport> Cpus = new("cpu_steps", "Steps by CPU",
        [Column.Text("device", "Device"), Column.Id("cpu", "CPU"), .. s_times],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                foreach (UserSteps cpu in device.Steps?.Cpus ?? [])
                {
                    foreach (StepStatistics step in cpu.Steps)
                        rows.Add(device.Device, cpu.Number, step.Step.ToString(), step.Count, step.MinNs, step.MeanNs, step.P50Ns, step.P99Ns, step.MaxNs);
                }
            }
        })
    {
        Note = Where,
    };

    /// <summary>A row per device.</summary>
    public static readonly TableOf<TraceReport> Merges = new("merges", "Merges, plugs and periods of activity",
        [
            Column.Text("device", "Device"), Column.Count("queued", "Queued"), Column.Count("issued", "Issued"), Column.Count("merged", "Merged"), Column.Count("merge_ratio", "Queued per issued"),
            Column.Count("min_sectors", "Min sectors"), Column.Count("mean_sectors", "Mean sectors"), Column.Count("max_sectors", "Max sectors"), Column.Count("total_sectors", "Sectors"),
            Column.Count("plugs", "Plugs"), Column.Count("unplugs", "Unplugs"), Column.Count("timer_unplugs", "Unplugs by scheduler or timer"), Column.Count("requests_per_unplug", "Requests per unplug"), Column.Count("requests_per_timer_unplug", "Requests per scheduler unplug"),
            Column.Count("queue_periods", "Periods of queueing"), Column.Ns("queue_active_ns", "Time of these"), Column.Count("completion_periods", "Periods of completions"), Column.Ns("completion_active_ns", "Time of these together"), Column.Count("given_up", "Bios given up"),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                if (device.Steps is { } steps)
                {
                    rows.Add(device.Device, steps.Queued, steps.Issued, steps.Merged, steps.MergeRatio, steps.MinSectors, steps.Issued == 0 ? default(double?) : (double)steps.TotalSectors / steps.Issued, steps.MaxSectors, steps.TotalSectors,
                        steps.Plugs, steps.Unplugs, steps.TimerUnplugs, steps.RequestsPerUnplug, steps.RequestsPerTimerUnplug,
                        steps.QueueActivity.Count, steps.QueueActivity.ActiveNs, steps.CompletionActivity.Count, steps.CompletionActivity.ActiveNs, steps.GivenUp);
                }
            }
        })
    {
        Note = Where,
    };
}
