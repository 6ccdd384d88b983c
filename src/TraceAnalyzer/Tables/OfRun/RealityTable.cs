using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfRun;

/// <summary>What was moved by each source that says (docs/analyses/reality.md).</summary>
public static class RealityTable
{
    /// <summary>A row per source, the trace first.</summary>
    public static readonly TableOf<TraceReport> Reality = new("reality", "Bytes moved: reported, traced, counted",
        [
            Column.Text("source", "Source"), Column.Text("counted_by", "Counted by"), Column.Bytes("read_bytes", "Read"), Column.Bytes("write_bytes", "Written"),
            Column.Share("device_read_share", "Read by the device"), Column.Share("device_write_share", "Written by the device"), Column.Text("remark", "Remark"),
        ],
        (report, rows) =>
        {
            if (report.Run?.Moved is not { Length: > 1 } moved)
                return;
            foreach (MovedBytes source in moved)
                rows.Add(source.Source, source.By, source.ReadBytes, source.WriteBytes, source.DeviceReadShare, source.DeviceWriteShare, source.Remark);
        });
}
