using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>Issues of requests that had been issued before (docs/analyses/requeues.md).</summary>
public static class ReissueTable
{
    /// <summary>A row per device that has any.</summary>
    public static readonly TableOf<TraceReport> Reissues = new("reissues", "Requests issued again", [Column.Text("device", "Device"), Column.Count("reissues", "Issued again")],
        (report, rows) =>
        {
            foreach (DeviceReport device in report.Devices.Where(device => device.Reissues > 0))
                rows.Add(device.Device, device.Reissues);
        })
    {
        Note = "devices without are left out",
    };
}
