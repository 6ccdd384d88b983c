using System.Globalization;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;
using static TraceAnalyzer.Text.Units;

namespace TraceAnalyzer.Summaries;

/// <summary>What is in a trace, as plain text: its devices, the operations and processes of each, and its integrity; no analysis.</summary>
public static class InfoSummary
{
    /// <summary>Writes the summary.</summary>
    public static void Write(TraceReport report, TextWriter writer)
    {
        ConsoleSummary.WriteSource(report, writer);
        if (report.WallClockStartUnixNs is { } startNs)
            ConsoleSummary.WriteField(writer, "Started", DateTimeOffset.UnixEpoch.AddTicks(startNs / 100).ToString("yyyy-MM-dd HH:mm:ss.fffffff 'UTC'", CultureInfo.InvariantCulture));
        foreach (DeviceReport device in ShownDevices.Of(report.Devices))
            WriteDevice(report, device, writer);
        if (ShownDevices.Sentence(report.Devices.Length, "--json") is { } sentence)
        {
            writer.WriteLine(sentence);
            writer.WriteLine();
        }

        ConsoleSummary.WriteNotes(report, writer);
        ConsoleSummary.WriteIntegrity(report, writer);
    }

    private static void WriteDevice(TraceReport report, DeviceReport device, TextWriter writer)
    {
        writer.WriteLine($"Device {PrintableText.Of(device.Label())}: {string.Join(", ", device.Actions.Select(action => $"{action.Letter} {Count(action.Count)}"))}");
        if (device.Reissues > 0)
            writer.WriteLine("  " + ConsoleSummary.Reissued(device.Reissues));
        if (device.Operations.Length == 0 && CountingHint.For(device, report.Settings) is { } hint)
            writer.WriteLine("  nothing was counted: " + hint);
        ConsoleTable.Write(Of(OverviewTable.Overview).Where("scope", "rwbs").Select("operation", "class", "requests", "bytes", "min_size_bytes", "max_size_bytes", "footprint_bytes"), writer);
        ConsoleSummary.WriteProcesses(device with { Processes = [.. device.Processes.Where(use => use.Pid >= 0)] }, report, writer);

        Table Of(TableOf<TraceReport> table) => table.Of(report with { Devices = [device] });
    }
}
