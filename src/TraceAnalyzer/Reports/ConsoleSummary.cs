using System.Globalization;
using static TraceAnalyzer.Reports.HumanUnits;

namespace TraceAnalyzer.Reports;

/// <summary>A <see cref="TraceReport"/> on one screen, as plain text: what was read, what each device did, what was lost.</summary>
public static class ConsoleSummary
{
    private const int TopProcesses = 5;
    private const int MaxNameLength = 32;
    private const double HottestShare = 0.1;
    private const string NoValue = "-";

    /// <summary>Writes the summary.</summary>
    public static void Write(TraceReport report, TextWriter writer)
    {
        WriteSource(report, writer);
        foreach (DeviceReport device in ShownDevices.Of(report.Devices))
            WriteDevice(device, report.Settings, writer);
        if (ShownDevices.Sentence(report.Devices.Length) is { } sentence)
        {
            writer.WriteLine(sentence);
            writer.WriteLine();
        }

        RunSummary.WriteRun(report.Run, writer);
        RunSummary.WriteFindings(report.Findings, writer);
        RunSummary.WriteFiles(report.Run, writer);
        WriteNotes(report, writer);
        WriteIntegrity(report, writer);
    }

    /// <summary>Writes what was done otherwise than asked, or not exactly.</summary>
    internal static void WriteNotes(TraceReport report, TextWriter writer)
    {
        foreach (string note in report.Notes)
            WriteField(writer, "Note", PrintableText.Of(note));
        if (report.Notes.Length > 0)
            writer.WriteLine();
    }

    /// <summary>Writes what was read and what was asked.</summary>
    internal static void WriteSource(TraceReport report, TextWriter writer)
    {
        ReportSource source = report.Source;
        string files = source.Files.Length == 1 ? "1 file" : $"{Count(source.Files.Length)} files";
        WriteField(writer, "Trace", $"{PrintableText.Of(source.Name)} ({PrintableText.Of(source.Format)}, {files}, {Bytes(source.Bytes)})");
        string actions = string.Join(", ", report.Actions.Select(action => $"{action.Action} {Count(action.Count)}"));
        WriteField(writer, "Events", report.Events == 0
            ? "none"
            : $"{Count(report.Events)} in {Duration(report.LastEventNs - report.FirstEventNs)} ({actions})");
        WriteField(writer, "Counted", $"{report.Settings.CountedAction} events{(report.Settings.Study ? " (and the study's definitions)" : "")}");
        WriteField(writer, "Filters", report.Settings.Filters.Length == 0 ? "none" : string.Join("; ", report.Settings.Filters.Select(PrintableText.Of)));
        writer.WriteLine();
    }

    private static void WriteDevice(DeviceReport device, ReportSettings settings, TextWriter writer)
    {
        writer.WriteLine($"Device {PrintableText.Of(device.Label())}");
        OperationReport[] operations = [.. device.Operations.Where(operation => operation.Scope != OperationScope.Rwbs)];
        if (operations.Length == 0)
        {
            string hint = CountingHint.For(device, settings) is { } reason ? ": " + reason : "";
            writer.WriteLine("  nothing was counted" + hint);
            writer.WriteLine();
            return;
        }

        WriteTotals(operations, writer);
        WriteSizesAndSpace(operations, writer);
        WriteLatencies(operations, writer);
        if (device.QueueDepth is { } depth)
        {
            writer.WriteLine($"  requests in flight: {Count(depth.MeanDepth)} on average, {Count(depth.MaxDepth)} at most");
            writer.WriteLine();
        }

        if (device.Reissues > 0)
        {
            writer.WriteLine($"  {Reissued(device.Reissues)}");
            writer.WriteLine();
        }

        WriteProcesses(device.Processes, device.OtherProcesses, writer);
        WritePaths(device.Paths, writer);
    }

    /// <summary>How many issues are not counted, and why.</summary>
    internal static string Reissued(long reissues) => $"{Count(reissues)} more issues of requests that had gone back to the queue (each request is counted once)";

    private static void WriteTotals(OperationReport[] operations, TextWriter writer)
    {
        long transferredBytes = operations.FirstOrDefault(operation => operation.Scope == OperationScope.Transfers)?.Overview.Bytes ?? 0;
        var table = new AlignedTable("operation", "requests", "bytes", "of bytes", "mean IOPS", "mean bandwidth", "peak bandwidth");
        foreach (OperationReport operation in operations)
        {
            // Only reads and writes transfer what they say; a discard of 1 GiB has no bandwidth.
            OverviewResult overview = operation.Overview;
            bool transfers = Transfers(operation);
            table.Add(operation.Name, Count(overview.Requests), Bytes(overview.Bytes),
                transfers && transferredBytes > 0 ? Share((double)overview.Bytes / transferredBytes) : NoValue,
                overview.MeanIops is { } iops ? Count(iops) : NoValue,
                transfers && overview.MeanBytesPerSecond is { } mean ? BytesPerSecond(mean) : NoValue,
                transfers ? BytesPerSecond(overview.PeakBytesPerSecond) : NoValue);
        }

        table.Write(writer);
    }

    private static void WriteSizesAndSpace(OperationReport[] operations, TextWriter writer)
    {
        var table = new AlignedTable("operation", "main size", "of requests", "footprint", "mean accesses", "max accesses", "Gini", "hottest 10 % get");
        foreach (OperationReport operation in operations)
        {
            RequestSizeResult sizes = operation.Sizes;
            SectorAccessResult? access = operation.SectorAccess;

            // Estimates are marked; a note says how good they are.
            string about = access?.Estimate is null ? "" : "~";
            HotShare? hottest = access?.HotShares.FirstOrDefault(share => Math.Abs(share.HottestSectorShare - HottestShare) < 1e-9);
            table.Add(operation.Name, Bytes(sizes.DominatingSizeBytes), Share(sizes.DominatingShareOfRequests),
                access is null ? NoValue : about + Bytes(operation.Overview.FootprintBytes),
                access is null ? NoValue : about + Count(access.MeanAccesses),
                access is null ? NoValue : about + Count(access.MaxAccesses),
                access is null ? NoValue : about + Coefficient(access.Gini),
                hottest is null ? NoValue : about + Share(hottest.AccessShare));
        }

        table.Write(writer);
    }

    private static void WriteLatencies(OperationReport[] operations, TextWriter writer)
    {
        var table = new AlignedTable("latency", "requests", "mean", "p50", "p99", "max");
        foreach (OperationReport operation in operations)
        {
            foreach ((string kind, LatencyStatistics statistics) in LatencyKinds.Of(operation.Latency))
            {
                table.Add($"{operation.Name} {kind}", Count(statistics.Count), Duration(statistics.MeanNs),
                    Duration(statistics.P50Ns), Duration(statistics.P99Ns), Duration(statistics.MaxNs));
            }
        }

        table.Write(writer);
    }

    /// <summary>Writes the first processes, and of how many.</summary>
    internal static void WriteProcesses(ProcessUse[] processes, OtherProcesses? others, TextWriter writer)
    {
        long count = processes.Length + (others?.AtLeast ?? 0);
        string title = count <= TopProcesses ? "process" : $"process ({TopProcesses} of {Count(count)})";
        var table = new AlignedTable(title, "pid", "read", "written", "requests");
        foreach (ProcessUse use in processes.Take(TopProcesses))
        {
            table.Add(use.Name is null ? NoValue : PrintableText.Of(Shortened(use.Name)), use.Pid < 0 ? NoValue : use.Pid.ToString(CultureInfo.InvariantCulture),
                Bytes(use.ReadBytes), Bytes(use.WriteBytes), Count(use.ReadRequests + use.WriteRequests + use.OtherRequests));
        }

        table.Write(writer);
    }

    private static void WritePaths(PathUse[] paths, TextWriter writer)
    {
        if (paths.Length == 0)
            return;
        var table = new AlignedTable("issued by", "requests", "read", "written", "of bytes");
        foreach (PathUse use in paths)
        {
            table.Add(use.Path, Count(use.ReadRequests + use.WriteRequests + use.OtherRequests), Bytes(use.ReadBytes), Bytes(use.WriteBytes),
                use.ShareOfBytes is { } share ? Share(share) : NoValue);
        }

        table.Write(writer);
    }

    /// <summary>Writes what went wrong, or that nothing did.</summary>
    internal static void WriteIntegrity(TraceReport report, TextWriter writer)
    {
        if (report.Integrity.Length == 0)
        {
            WriteField(writer, "Integrity", "no trace was read");
            return;
        }

        WriteField(writer, "Integrity", report.HasLosses ? "something was lost or does not fit:" : "no losses found");
        foreach (IntegrityCounter counter in report.Integrity.Where(counter => counter.Count > 0))
        {
            string place = counter.FirstPlace is null ? "" : $" (first: {PrintableText.Of(counter.FirstPlace)})";
            writer.WriteLine($"  {Count(counter.Count)} {counter.Meaning} [{counter.Name}]{place}");
        }
    }

    private static bool Transfers(OperationReport operation) =>
        operation.Scope == OperationScope.Transfers || operation.Class is "read" or "write";

    /// <summary>Writes a line with a name and a value.</summary>
    internal static void WriteField(TextWriter writer, string name, string value) => writer.WriteLine($"{name,-10} {value}");

    private static string Shortened(string name) => name.Length <= MaxNameLength ? name : name[..(MaxNameLength - 3)] + "...";
}
