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
            new("device_read_ratio", "Read by the device", Unit.Ratio), new("device_write_ratio", "Written by the device", Unit.Ratio), Column.Text("remark", "Remark"),
        ],
        (report, rows) =>
        {
            if (report.Run?.Moved is not { Length: > 1 } moved)
                return;
            foreach (MovedBytes source in moved)
                rows.Add(source.Source, source.By, source.ReadBytes, source.WriteBytes, source.DeviceReadRatio, source.DeviceWriteRatio, source.Remark);
        });
}
