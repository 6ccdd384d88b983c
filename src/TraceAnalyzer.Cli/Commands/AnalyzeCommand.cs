using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Html;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Summaries;
using TraceAnalyzer.Tables;

namespace TraceAnalyzer.Cli.Commands;

/// <summary><c>traceanalyzer analyze</c>: reads a trace and writes report.html, figures, report.json and CSV files into a folder.</summary>
internal static class AnalyzeCommand
{
    /// <summary>Least width of a bin. Below a microsecond a bin says nothing: the clocks of tracers do not tick finer.</summary>
    internal const long LeastBinNs = 1_000;

    /// <summary>What to do.</summary>
    /// <param name="Traces">Paths of one trace.</param>
    /// <param name="Analysis">What to compute.</param>
    /// <param name="Output">Folder to write.</param>
    /// <param name="Overwrite">Whether to replace what an earlier run wrote there.</param>
    /// <param name="Figures">How to draw.</param>
    /// <param name="Timing">Whether to say on standard error how long each step took.</param>
    /// <param name="Run">How to open the trace or run.</param>
    internal sealed record Work(
        string[] Traces, AnalysisOptions Analysis, string Output, bool Overwrite, FigureOptions Figures, bool Timing, RunOptions Run)
    {
        /// <summary>What to print.</summary>
        public ConsoleMode Console { get; init; } = ConsoleMode.Summary;
    }

    /// <summary>Analyzes a trace.</summary>
    /// <returns><see cref="ExitCode.Success"/>, or <see cref="ExitCode.Losses"/> if the trace has losses.</returns>
    public static ExitCode Run(Work work, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        using OutputFolder folder = OutputFolder.Create(work.Output, work.Overwrite);
        TraceReport report = TraceRun.Analyze(work.Traces, work.Analysis, work.Run, work.Console, cancellation);
        TimeSpan analyzed = watch.Elapsed;

        // Files and figures are made of the same report and do not wait for each other.
        Task files = Task.Run(() => WriteFiles(report, folder.WritePath), CancellationToken.None);
        IReadOnlyList<FigureFile> figures;
        try
        {
            figures = FigureWriter.WriteAll(report, folder.WritePath, work.Figures, cancellation);
        }
        finally
        {
            // Nothing may still be writing when the folder goes away.
            ((IAsyncResult)files).AsyncWaitHandle.WaitOne();
        }

        files.GetAwaiter().GetResult();
        using (FileStream page = File.Create(Path.Combine(folder.WritePath, HtmlReport.FileName)))
            HtmlReport.Write(report, figures, folder.WritePath, page);
        cancellation.ThrowIfCancellationRequested();
        folder.Commit();
        TimeSpan written = watch.Elapsed;

        work.Console.SayRead(report, error);
        work.Console.Print(
            output,
            text =>
            {
                ConsoleSummary.Write(report, text);
                WriteFigureList(figures, work.Output, text);
            },
            stream => ReportJson.Write(report, stream));
        if (work.Timing || work.Console.Verbose)
        {
            WriteTiming("analysis", analyzed, error);
            WriteTiming("figures", written - analyzed, error);
            WriteTiming("total", watch.Elapsed, error);
        }

        return report.HasLosses ? ExitCode.Losses : ExitCode.Success;
    }

    /// <summary>The verb.</summary>
    public static Command Create(ConsoleOptions console)
    {
        var common = new CommonOptions();
        var output = new Option<string>("--output", "-o") { Description = "Folder to write.", HelpName = "folder", Required = true };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace what an earlier run wrote into the folder." };
        var bin = new Option<long?>("--bin")
        {
            Description = "Width of the bins of series over time, e.g. 100ms. Default: a round width that gives 200 to 1000 bins.",
            HelpName = "duration",
            CustomParser = result => CommandLineValues.DurationNs(result, LeastBinNs),
        };
        var study = new Option<bool>("--study")
        {
            Description = "Report the numbers as the CHEOPS'25 study's scripts define them, too: issue events, whole seconds, KiB truncated.",
        };
        var btt = new Option<bool>("--btt")
        {
            Description = "Also report what btt does: steps through the block layer, merges, plugs, seeks; and, of a trace alone, how sequential it is.",
        };
        var format = new Option<FigureFormat>("--format")
        {
            Description = "Format of the figures. Default: png.",
            HelpName = "png|svg",
            CustomParser = result => CommandLineValues.OneOf(result, FigureFormat.Png, FigureFormat.Svg),
        };
        CommandLineValues.Complete(format, "png", "svg");
        var dpi = new Option<int?>("--dpi")
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"Pixels an inch of PNG figures. Default: {new FigureOptions().Dpi}."),
            HelpName = "number",
            CustomParser = result => CommandLineValues.Count(result, FigureOptions.MinDpi, FigureOptions.MaxDpi),
        };
        var capacity = new Option<long?>("--capacity") { Description = "Capacity of the drive, for drive writes per day, e.g. 3.84TB.", HelpName = "size", CustomParser = CommandLineValues.DriveBytes };
        var tbw = new Option<long?>("--tbw") { Description = "Bytes that the drive is rated to be written in its life, for the years until then, e.g. 7000TB.", HelpName = "size", CustomParser = CommandLineValues.DriveBytes };
        Option<Thresholds?> threshold = ThresholdOption.Create();
        var timing = new Option<bool>("--timing") { Description = "Say on standard error how long each step took." };

        var command = new Verb(
            "analyze",
            "Reads a trace and writes report.html, figures, report.json and CSV files into a folder.",
            "traceanalyzer analyze traces/flexgen/kv-offload-omp1 -o out/kv",
            "traceanalyzer analyze run.blktrace.0 -o out/run --device 259,0 --operation read --from 10s --to 1min",
            "zcat run.blkparse.gz | traceanalyzer analyze - -o out/run --bin 100ms --format svg",
            "traceanalyzer analyze bpftrace.txt -o out/study --study")
        {
            output, overwrite, bin, study, btt, format, dpi, threshold, capacity, tbw, timing,
        };
        common.AddTo(command);
        var runOptions = new RunOptionSet();
        runOptions.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            AnalysisOptions analysis = common.Analysis(parsed) with { BinWidthNs = parsed.GetValue(bin), Study = parsed.GetValue(study), Btt = parsed.GetValue(btt), Thresholds = parsed.GetValue(threshold) ?? new Thresholds(), Drive = new DriveRating(parsed.GetValue(capacity), parsed.GetValue(tbw)) };
            if (analysis.Study && (analysis.BinWidthNs is not null || analysis.CountedAction != BlockAction.Issue))
                throw new UsageException("--study fixes the bins (1 s) and the counted action (issue); leave out --bin and --action");
            var work = new Work(
                common.Traces(parsed),
                analysis,
                parsed.GetRequiredValue(output),
                parsed.GetValue(overwrite),
                new FigureOptions { Format = parsed.GetValue(format), Dpi = parsed.GetValue(dpi) ?? new FigureOptions().Dpi },
                parsed.GetValue(timing),
                runOptions.Values(parsed, common.Reading(parsed)))
            {
                Console = console.ModeOf(parsed),
            };
            return Task.Run(() => (int)Run(work, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellation), CancellationToken.None);
        });
        return command;
    }

    private static void WriteFiles(TraceReport report, string folder)
    {
        using (FileStream json = File.Create(Path.Combine(folder, ReportJson.FileName)))
            ReportJson.Write(report, json);
        TraceTables.WriteCsv(report, folder);
        FoldedStacks.WriteTo(report, folder);
    }

    private static void WriteFigureList(IReadOnlyList<FigureFile> figures, string folder, TextWriter output)
    {
        output.WriteLine();
        WrittenFiles.Write(folder, HtmlReport.FileName, ReportJson.FileName, figures, output);
    }

    private static void WriteTiming(string step, TimeSpan took, TextWriter error) =>
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"timing: {step} {took.TotalSeconds:F3} s"));
}
