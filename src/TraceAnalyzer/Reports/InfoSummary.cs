using System.Globalization;
using static TraceAnalyzer.Reports.HumanUnits;

namespace TraceAnalyzer.Reports;

/// <summary>What is in a trace, as plain text: its devices, the operations and processes of each, and its integrity; no analysis.</summary>
public static class InfoSummary
{
    /// <summary>Writes the summary.</summary>
    public static void Write(TraceReport report, TextWriter writer)
    {
        ConsoleSummary.WriteSource(report, writer);
        if (report.WallClockStartUnixNs is { } startNs)
            ConsoleSummary.WriteField(writer, "Started", DateTimeOffset.UnixEpoch.AddTicks(startNs / 100).ToString("yyyy-MM-dd HH:mm:ss.fffffff 'UTC'", CultureInfo.InvariantCulture));
        foreach (DeviceReport device in report.Devices)
            WriteDevice(device, report.Settings, writer);
        ConsoleSummary.WriteNotes(report, writer);
        ConsoleSummary.WriteIntegrity(report, writer);
    }

    private static void WriteDevice(DeviceReport device, ReportSettings settings, TextWriter writer)
    {
        writer.WriteLine($"Device {PrintableText.Of(device.Label())}: {string.Join(", ", device.Actions.Select(action => $"{action.Letter} {Count(action.Count)}"))}");
        if (device.Reissues > 0)
            writer.WriteLine("  " + ConsoleSummary.Reissued(device.Reissues));
        if (device.Operations.Length == 0 && CountingHint.For(device, settings) is { } hint)
            writer.WriteLine("  nothing was counted: " + hint);
        var operations = new AlignedTable("operation", "class", "requests", "bytes", "sizes", "footprint");
        foreach (OperationReport operation in device.Operations.Where(operation => operation.Scope == OperationScope.Rwbs))
        {
            OverviewResult overview = operation.Overview;
            string sizes = overview.MinSizeBytes == overview.MaxSizeBytes ? Bytes(overview.MinSizeBytes) : $"{Bytes(overview.MinSizeBytes)} to {Bytes(overview.MaxSizeBytes)}";
            operations.Add(operation.Name, operation.Class, Count(overview.Requests), Bytes(overview.Bytes), sizes, (operation.SectorAccess?.Estimate is null ? "" : "~") + Bytes(overview.FootprintBytes));
        }

        operations.Write(writer);
        ConsoleSummary.WriteProcesses([.. device.Processes.Where(use => use.Pid >= 0)], device.OtherProcesses, writer);
    }
}
