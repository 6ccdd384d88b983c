using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>What limits the run (docs/analyses/verdict.md).</summary>
public static class LimitTables
{
    /// <summary>A row per device.</summary>
    public static readonly TableOf<TraceReport> Limits = new("limits", "What limits the run",
        [Column.Text("device", "Device"), Column.Text("limit", "Limit"), Column.Text("sentence", "Verdict"), Column.Text("rule", "Rule")],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                if (device.Limit is { } limit)
                    rows.Add(device.Device, limit.Kind.Name(), limit.Details is { } details ? $"{limit.Sentence} {details}" : limit.Sentence, limit.Rule);
            }
        });

    /// <summary>A row per device and change: what it could bring at most.</summary>
    public static readonly TableOf<TraceReport> Bounds = new("limit_bounds", "What it would bring at most",
        [Column.Text("device", "Device"), Column.Text("change", "Change"), Column.Text("of", "Of a"), new("speedup", "At most", Unit.Ratio), Column.Text("assumption", "If")],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                foreach (LimitBound bound in device.Limit?.Bounds ?? [])
                    rows.Add(device.Device, bound.Change, bound.Unit, bound.Speedup, bound.Assumption);
            }
        });

    /// <summary>A row per device, change and unit: the least time with another device.</summary>
    public static readonly TableOf<TraceReport> OtherDevices = new("other_devices", "With another device",
        [
            Column.Text("device", "Device"), Column.Text("change", "With"), Column.Text("of", "Of a"), Column.Ns("now_ns", "Now"), Column.Ns("least_ns", "At least"), new("speedup", "At most", Unit.Ratio),
            Column.Ns("overlapped_ns", "All overlapped, at least"), new("overlapped_speedup", "All overlapped, at most", Unit.Ratio),
        ],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices)
            {
                foreach (OtherDevice other in device.Limit?.OtherDevices ?? [])
                    rows.Add(device.Device, other.Change, other.Unit, other.NowNs, other.LeastNs, other.NowNs / other.LeastNs, other.OverlappedNs, other.NowNs / other.OverlappedNs);
            }
        });
}
