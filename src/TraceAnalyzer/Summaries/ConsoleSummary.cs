using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;
using static TraceAnalyzer.Text.Units;

namespace TraceAnalyzer.Summaries;

/// <summary>A <see cref="TraceReport"/> on one screen, as plain text: what was read, what each device did, what was lost.</summary>
public static class ConsoleSummary
{
    private const int TopProcesses = 5;

    /// <summary>Writes the summary.</summary>
    public static void Write(TraceReport report, TextWriter writer)
    {
        WriteFirstScreen(report, writer);
        WriteSource(report, writer);
        if (report.Aggregate is { } aggregate)
        {
            WriteDevice(report, aggregate.Whole, writer);
            WriteBalance(report, aggregate, writer);
        }

        foreach (DeviceReport device in ShownDevices.Of(report.Devices))
            WriteDevice(report, device, writer);
        if (ShownDevices.Sentence(report.Devices.Length) is { } sentence)
        {
            writer.WriteLine(sentence);
            writer.WriteLine();
        }

        RunSummary.WriteRun(report, writer);
        RunSummary.WriteFindings(report.Findings, writer);
        RunSummary.WriteFiles(report.Run, writer);
        WriteNotes(report, writer);
        WriteIntegrity(report, writer);
    }

    // What this run is, what limits it, and its key numbers with their bases, as the page begins.
    private static void WriteFirstScreen(TraceReport report, TextWriter writer)
    {
        writer.WriteLine(report.Run is { } run ? run.Summary() : PrintableText.Of(report.Source.Name));
        if (report.HasLosses)
            writer.WriteLine("The trace has losses or does not fit: see Integrity at the end.");
        if (report.Limit is { } limit)
        {
            writer.WriteLine(PrintableText.Of(limit.Sentence));
            if (limit.Details is { } details)
                writer.WriteLine(PrintableText.Of(details));
            if (limit.Bounds.Length > 0)
                writer.WriteLine($"At most {string.Join(", ", limit.Bounds.GroupBy(bound => bound.Change).Select(Bound))}.");
        }

        if (report.MainDevice is { } device)
        {
            foreach (Value[] row in KeyNumbers.Of(report, device).Rows)
                writer.WriteLine($"  {row[1].Text,-22}  {row[2].Display(Unit.Count),11}  {row[3].Text}");
        }

        writer.WriteLine();
    }

    // Of the run, then of a token, if both are known.
    private static string Bound(IGrouping<string, LimitBound> bounds)
    {
        string[] speedups = [.. bounds.Select(bound => Ratio(bound.Speedup) + (bound.Unit == "token" ? " per token" : ""))];
        return $"{speedups[0]} as fast {bounds.Key}{(speedups.Length > 1 ? $" ({string.Join(", ", speedups[1..])})" : "")}";
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

    private static void WriteBalance(TraceReport report, AggregateReport aggregate, TextWriter writer)
    {
        writer.WriteLine("  " + BalanceTable.Sentence(aggregate));
        foreach (string device in aggregate.LeftOut)
            writer.WriteLine("  " + PrintableText.Of(device));
        writer.WriteLine();
        ConsoleTable.Write(BalanceTable.Balance.Of(report), writer);
    }

    private static void WriteDevice(TraceReport report, DeviceReport device, TextWriter writer)
    {
        writer.WriteLine($"{(device == report.Aggregate?.Whole ? "Devices" : "Device")} {PrintableText.Of(device.Label())}");
        if (device.Operations.Length == 0)
        {
            string hint = CountingHint.For(device, report.Settings) is { } reason ? ": " + reason : "";
            writer.WriteLine("  nothing was counted" + hint);
            writer.WriteLine();
            return;
        }

        Write(OverviewTable.Overview, "operation", "requests", "bytes", "share_of_transferred_bytes", "mean_iops", "mean_bytes_per_second", "peak_bytes_per_second");
        Write(OverviewTable.Overview, "operation", "dominating_size_bytes", "dominating_share_of_requests", "min_size_bytes", "max_size_bytes", "distinct_sizes");
        Write(SectorAccessTables.Access, "operation", "touched_bytes", "mean_accesses", "max_accesses", "gini", "hottest_10_percent_share");
        Write(LatencyTables.Latency, "operation", "kind", "count", "mean_ns", "p50_ns", "p99_ns", "max_ns");
        if (device.Transfers is { Latency.RequestsWithoutQueue: > 0 and var withoutQueue } transfers)
        {
            writer.WriteLine($"  {Count(withoutQueue)} of {Count(transfers.Overview.Requests)} reads and writes without a queueing (Q) in the trace: Q2D and Q2C leave them out");
            writer.WriteLine();
        }

        if (device.QueueDepth is { } depth)
        {
            writer.WriteLine($"  queue depth: mean {Count(depth.MeanDepth)}, max {Count(depth.MaxDepth)}");
            writer.WriteLine();
        }

        if (device.Reissues > 0)
        {
            writer.WriteLine("  " + Reissued(device.Reissues));
            writer.WriteLine();
        }

        WriteProcesses(device, report, writer);
        ConsoleTable.Write(Of(UseTables.Paths).Select("path", "read_requests", "read_bytes", "write_requests", "write_bytes", "other_requests", "share_of_bytes"), writer);

        Table Of(TableOf<TraceReport> table) => table.Of(report with { Devices = [device] });

        void Write(TableOf<TraceReport> table, params string[] columns) => ConsoleTable.Write(Of(table).Where("scope", "transfers", "class").Select(columns), writer);
    }

    /// <summary>How many issues are not counted, and why.</summary>
    internal static string Reissued(long reissues) => $"{Count(reissues)} more issues of requests that had gone back to the queue (each request is counted once)";

    /// <summary>Writes the first processes, and of how many.</summary>
    internal static void WriteProcesses(DeviceReport device, TraceReport report, TextWriter writer)
    {
        long count = device.Processes.Length + (device.OtherProcesses?.AtLeast ?? 0);
        string heading = count <= TopProcesses ? "Process" : $"Process ({TopProcesses} of {Count(count)})";
        Table processes = UseTables.Processes.Of(report with { Devices = [device with { OtherProcesses = null }] });
        ConsoleTable.Write(processes.First(TopProcesses).Select("process=" + heading, "pid", "read_requests", "read_bytes", "write_requests", "write_bytes", "other_requests"), writer);
    }

    /// <summary>Writes what went wrong, or that nothing did.</summary>
    internal static void WriteIntegrity(TraceReport report, TextWriter writer)
    {
        if (report.Integrity.Length == 0)
        {
            WriteField(writer, "Integrity", "no trace was read");
            return;
        }

        WriteField(writer, "Integrity", report.HasLosses ? "data loss or inconsistencies found:" : "no losses found");
        foreach (IntegrityCounter counter in report.Integrity.Where(counter => counter.Count > 0))
        {
            string place = counter.FirstPlace is null ? "" : $" (first: {PrintableText.Of(counter.FirstPlace)})";
            writer.WriteLine($"  {Count(counter.Count)} {counter.Meaning} [{counter.Name}]{place}");
        }
    }

    /// <summary>Writes a line with a name and a value.</summary>
    internal static void WriteField(TextWriter writer, string name, string value) => writer.WriteLine($"{name,-10} {value}");
}
