using System.CommandLine;
using System.Globalization;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Comparison;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Html;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Summaries;
using TraceAnalyzer.Tables;

namespace TraceAnalyzer.Cli.Commands;

/// <summary><c>traceanalyzer compare</c>: compares runs, given as traces or as the reports of earlier analyses.</summary>
internal static class CompareCommand
{
    /// <summary>What to do.</summary>
    /// <param name="Runs">Each a report.json, a folder with one, or a trace; or a single compare.json, or a folder with one.</param>
    /// <param name="Reading">How to read traces.</param>
    /// <param name="Analysis">What to compute of traces; reports stay as they are.</param>
    /// <param name="Comparison">How to compare.</param>
    /// <param name="Output">Folder to write.</param>
    /// <param name="Overwrite">Whether to replace what an earlier run wrote there.</param>
    /// <param name="Figures">How to draw.</param>
    internal sealed record Work(
        string[] Runs, ReadOptions Reading, AnalysisOptions Analysis, ComparisonOptions Comparison, string Output, bool Overwrite, FigureOptions Figures)
    {
        /// <summary>What to print.</summary>
        public ConsoleMode Console { get; init; } = ConsoleMode.Summary;
    }

    /// <summary>Compares runs.</summary>
    /// <returns><see cref="ExitCode.Success"/>, or <see cref="ExitCode.Losses"/> if a trace has losses.</returns>
    public static ExitCode Run(Work work, TextWriter output, CancellationToken cancellation)
    {
        if (work.Runs is [var only] && SavedComparison(only) is { } comparison)
            return Again(work, comparison, output, cancellation);
        // What a shell makes of NAME.blktrace.* is one run.
        string[] runs = [.. TraceFormats.Distinct(work.Runs.Select(run => SavedReport(run) ?? run))];
        CheckCount(runs.Length, work);
        using OutputFolder folder = OutputFolder.Create(work.Output, work.Overwrite);
        var distinct = new DistinctRuns();
        TraceReport[] reports = [.. runs.Select(run => ReportOf(run, work, distinct, cancellation)).OfType<TraceReport>()];
        CheckCount(reports.Length, work);
        try
        {
            return Compare(work, reports, folder, output, cancellation);
        }
        catch (Exception exception) when (runs.Any(run => SavedReport(run) is not null) && IsContradiction(exception))
        {
            // What the check of a saved report does not cover: fields of runs that do not fit each other.
            string saved = string.Join(", ", runs.Where(run => SavedReport(run) is not null));
            throw new TraceException($"{saved}: not intact reports of this tool, their values contradict each other ({exception.GetBaseException().Message.ReplaceLineEndings(" ")}): analyze the traces again", exception);
        }
    }

    private static ExitCode Compare(Work work, TraceReport[] reports, OutputFolder folder, TextWriter output, CancellationToken cancellation)
    {
        return Write(work, ReportComparison.Compare(reports, work.Comparison), folder, output, cancellation);
    }

    // Everything but the traces and reports is in a saved comparison.
    private static ExitCode Again(Work work, string path, TextWriter output, CancellationToken cancellation)
    {
        if (HasOptionsOfTraces(work) || work.Comparison.Device is not null)
            throw new UsageException($"{path} is a comparison, whose devices, filters, counted action and bins are fixed; leave out the options that change them, or compare the reports again");
        try
        {
            using OutputFolder folder = OutputFolder.Create(work.Output, work.Overwrite);
            return Write(work, ReadComparison(path), folder, output, cancellation);
        }
        catch (Exception exception) when (IsContradiction(exception))
        {
            // What the check of a saved comparison does not cover.
            throw new TraceException($"{path}: not an intact comparison of this tool, its values contradict each other ({exception.GetBaseException().Message.ReplaceLineEndings(" ")}): compare the reports again", exception);
        }
    }

    private static ExitCode Write(Work work, ComparisonReport comparison, OutputFolder folder, TextWriter output, CancellationToken cancellation)
    {
        using (FileStream json = File.Create(Path.Combine(folder.WritePath, ComparisonJson.FileName)))
            ComparisonJson.Write(comparison, json);
        ComparisonTables.WriteCsv(comparison, folder.WritePath);
        IReadOnlyList<FigureFile> figures = FigureWriter.WriteAll(comparison, folder.WritePath, work.Figures, cancellation);
        using (FileStream page = File.Create(Path.Combine(folder.WritePath, HtmlComparison.FileName)))
            HtmlComparison.Write(comparison, figures, folder.WritePath, page);
        cancellation.ThrowIfCancellationRequested();
        folder.Commit();

        work.Console.Print(output, text => WriteSummary(comparison, figures, work.Output, text), stream => ComparisonJson.Write(comparison, stream));
        return comparison.Runs.Any(run => run.HasLosses) ? ExitCode.Losses : ExitCode.Success;
    }

    private static void WriteSummary(ComparisonReport comparison, IReadOnlyList<FigureFile> figures, string folder, TextWriter output)
    {
        ComparisonSummary.Write(comparison, output);
        WrittenFiles.Write(folder, HtmlComparison.FileName, ComparisonJson.FileName, figures, output);
    }

    /// <summary>The verb.</summary>
    public static Command Create(ConsoleOptions console)
    {
        var common = new CommonOptions(new Argument<string[]>("run")
        {
            Description = "Two to twelve runs: a report.json, a folder that analyze wrote, or a trace as analyze takes it, which is analyzed first. A single compare.json, or a folder with one, makes the files of that comparison again.",
            Arity = ArgumentArity.OneOrMore,
        });
        var output = new Option<string>("--output", "-o") { Description = "Folder to write.", HelpName = "folder", Required = true };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace what an earlier run wrote into the folder." };
        var bin = new Option<long?>("--bin")
        {
            Description = "Width of the bins of traces over time, e.g. 100ms. Default: a round width that gives 200 to 1000 bins.",
            HelpName = "duration",
            CustomParser = result => CommandLineValues.DurationNs(result, AnalyzeCommand.LeastBinNs),
        };
        Option<string> format = new Option<string>("--format") { Description = "Format of the figures.", DefaultValueFactory = _ => "png" }
            .AcceptOnlyFromAmong("png", "svg");

        Option<Thresholds?> threshold = ThresholdOption.Create();

        var command = new Verb(
            "compare",
            "Compares runs, given as traces or as reports of analyze: numbers, distributions, findings and figures side by side.",
            "traceanalyzer compare out/kv out/model -o out/kv-vs-model",
            "traceanalyzer compare kv/report.json traces/model-run -o out/comparison --format svg",
            "traceanalyzer compare out/kv-vs-model/compare.json -o out/again --format svg")
        {
            output, overwrite, bin, format, threshold,
        };
        common.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            Thresholds thresholds = parsed.GetValue(threshold) ?? new Thresholds();
            AnalysisOptions analysis = common.Analysis(parsed) with { BinWidthNs = parsed.GetValue(bin), Thresholds = thresholds };
            var work = new Work(
                common.Traces(parsed),
                common.Reading(parsed),
                analysis,
                new ComparisonOptions { Device = analysis.Filter.DeviceName ?? analysis.Filter.Device?.ToString(), Thresholds = thresholds },
                parsed.GetRequiredValue(output),
                parsed.GetValue(overwrite),
                new FigureOptions { Format = Enum.Parse<FigureFormat>(parsed.GetRequiredValue(format), ignoreCase: true) })
            {
                Console = console.ModeOf(parsed),
            };
            return Task.Run(() => (int)Run(work, parsed.InvocationConfiguration.Output, cancellation), CancellationToken.None);
        });
        return command;
    }

    private static void CheckCount(int count, Work work)
    {
        if (count is >= ReportComparison.MinRuns and <= ReportComparison.MaxRuns)
            return;
        string range = string.Create(CultureInfo.InvariantCulture, $"compare takes {ReportComparison.MinRuns} to {ReportComparison.MaxRuns} runs");
        throw new UsageException(count == 1 && work.Runs.Length > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{range}, and the {work.Runs.Length} paths are all of one run ({work.Runs[0]}, {work.Runs[1]}{(work.Runs.Length > 2 ? ", ..." : "")})")
            : string.Create(CultureInfo.InvariantCulture, $"{range}, not {count}"));
    }

    // The path of the report that a run is given by; null if it is given as a trace.
    private static string? SavedReport(string run)
    {
        string inFolder = Path.Combine(run, ReportJson.FileName);
        return File.Exists(inFolder) ? inFolder : run.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && File.Exists(run) ? run : null;
    }

    // The path of the comparison that a single run is; null if it is not one.
    private static string? SavedComparison(string run)
    {
        string inFolder = Path.Combine(run, ComparisonJson.FileName);
        return File.Exists(inFolder) ? inFolder : run.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && File.Exists(run) && ComparisonJson.IsComparison(run) ? run : null;
    }

    private static bool HasOptionsOfTraces(Work work) =>
        work.Analysis.Filter with { Device = null, DeviceName = null } != EventFilter.None || work.Analysis.CountedAction != BlockAction.Issue || work.Analysis.BinWidthNs is not null;

    // Null if it is a run that was read already.
    private static TraceReport? ReportOf(string run, Work work, DistinctRuns distinct, CancellationToken cancellation)
    {
        if (SavedReport(run) is { } saved)
        {
            if (HasOptionsOfTraces(work))
                throw new UsageException($"{saved} is a report, whose filters, counted action and bins are fixed; leave out the options that change them, or name its trace");
            return Read(saved);
        }

        return TraceRun.Analyze(() => OpenedRun.Open([run], new RunOptions { Reading = work.Reading }), work.Analysis, work.Console, reader => distinct.TryAdd(run, reader), cancellation);
    }

    private static bool IsContradiction(Exception exception) => exception.GetBaseException()
        is ArgumentException or ArithmeticException or IndexOutOfRangeException or InvalidOperationException or KeyNotFoundException or NullReferenceException;

    private static TraceReport Read(string path)
    {
        OutputFolder.CheckComplete(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using FileStream stream = File.OpenRead(path);
        return ReportJson.Read(stream, path);
    }

    private static ComparisonReport ReadComparison(string path)
    {
        OutputFolder.CheckComplete(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using FileStream stream = File.OpenRead(path);
        return ComparisonJson.Read(stream, path);
    }
}
