using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>What writes mean for the wear of a drive (docs/analyses/wear.md).</summary>
public static class WearTables
{
    /// <summary>A row per device that was written to.</summary>
    public static readonly TableOf<TraceReport> Wear = new("wear", "Wear",
        [
            Column.Text("device", "Device"), Column.Bytes("write_bytes", "Written"), Column.Bytes("footprint_bytes", "Distinct"), new("rewrite_factor", "Written over distinct", Unit.Ratio),
            Column.Bytes("overwrite_p50_bytes", "Between overwrites p50"), Column.Bytes("overwrite_p90_bytes", "p90"), Column.Ns("span_ns", "Time"), Column.Bytes("bytes_per_token", "Per token"),
            Column.Bytes("bytes_per_hour", "Per hour"), Column.Bytes("bytes_per_day", "Per day"), Column.Count("drive_writes_per_day", "Drive writes per day"), Column.Count("years_to_rated", "Years to rated bytes"),
            Column.Count("discard_requests", "Discards"), Column.Bytes("discard_bytes", "Discarded"),
        ],
        (report, rows) =>
        {
            foreach ((DeviceReport device, WearResult wear) in Devices(report))
            {
                rows.Add(device.Device, wear.WriteBytes, wear.FootprintBytes, wear.RewriteFactor, wear.OverwriteP50Bytes, wear.OverwriteP90Bytes, wear.SpanNs, wear.BytesPerToken,
                    wear.BytesPerDay / 24, wear.BytesPerDay, wear.DriveWritesPerDay, wear.YearsToRated, wear.DiscardRequests, wear.DiscardBytes);
            }
        })
    {
        Note = "rates are those of the trace's time, as if it went on like this; `overwrite_*` are bytes written to the device between two writes of a page of 4 KiB",
    };

    /// <summary>A row per device and size of a unit.</summary>
    public static readonly TableOf<TraceReport> Partial = new("partial_writes", "Writes that do not fill whole units",
        [
            Column.Text("device", "Device"), Column.Bytes("unit_bytes", "Unit"), Column.Count("requests", "Writes"), Column.Share("share_of_requests", "Of writes"), Column.Bytes("bytes", "Bytes"),
            Column.Share("share_of_bytes", "Of bytes"), new("greatest_amplification", "Amplification at most", Unit.Ratio),
        ],
        (report, rows) =>
        {
            foreach ((DeviceReport device, WearResult wear) in Devices(report))
            {
                foreach (PartialWrites partial in wear.PartialWrites)
                {
                    rows.Add(device.Device, partial.UnitBytes, partial.Requests, Operations.ShareOf(partial.Requests, wear.WriteRequests), partial.Bytes, Operations.ShareOf(partial.Bytes, wear.WriteBytes),
                        Operations.ShareOf(partial.UnitsBytes, wear.WriteBytes));
                }
            }
        })
    {
        Note = "writes that are smaller than the unit or not aligned to it; `greatest_amplification` is what a drive with such units writes over what it is given, if it never joins two writes",
    };

    /// <summary>A row per drive whose counters the run's folder has.</summary>
    public static readonly TableOf<TraceReport> Counters = new("drive_counters", "What drives count themselves",
        [
            Column.Text("source", "Source"), Column.Bytes("host_write_bytes", "Written by hosts"), Column.Bytes("media_write_bytes", "Written to flash"), new("write_amplification", "Write amplification", Unit.Ratio),
            Column.Text("remark", "Remark"),
        ],
        (report, rows) =>
        {
            foreach (DriveCounters drive in report.Run?.DriveCounters ?? [])
                rows.Add(drive.Source, drive.HostWriteBytes, drive.MediaWriteBytes, drive.WriteAmplification, drive.Remark);
        });

    private static IEnumerable<(DeviceReport Device, WearResult Wear)> Devices(TraceReport report) =>
        from device in report.Devices
        where device.Wear is not null
        select (device, device.Wear);
}
