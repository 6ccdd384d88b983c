using System.CommandLine;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.DeepNvme;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Run;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Cli.Commands;

/// <summary><c>traceanalyzer tensors</c>: bandwidth of tensor transfers from the logs of DeepNVMe.</summary>
internal static class TensorsCommand
{
    /// <summary>What to do.</summary>
    /// <param name="Folder">Folder with logs.</param>
    /// <param name="Output">Folder to write; null to write none.</param>
    /// <param name="Overwrite">Whether to replace what an earlier run wrote there.</param>
    /// <param name="DeviceGiBPerSecond">What the device can move; null if not known.</param>
    /// <param name="Figures">How to draw.</param>
    internal sealed record Work(string Folder, string? Output, bool Overwrite, double? DeviceGiBPerSecond, FigureOptions Figures)
    {
        /// <summary>What to print.</summary>
        public ConsoleMode Console { get; init; } = ConsoleMode.Summary;
    }

    /// <summary>Reads logs and traces, prints the tables and writes figures and CSV files if asked to.</summary>
    /// <returns><see cref="ExitCode.Success"/>, or <see cref="ExitCode.Losses"/> if a trace has losses.</returns>
    /// <exception cref="TraceException">There is neither a result nor a trace.</exception>
    public static ExitCode Run(Work work, TextWriter output, CancellationToken cancellation = default)
    {
        List<TensorBlocks> blocks = Blocks(work, out bool hasLosses, cancellation);
        DeepNvmeResults? results = blocks.Count > 0 ? DeepNvmeResults.ReadIfAny(work.Folder) : DeepNvmeResults.Read(work.Folder);
        ExitCode code = hasLosses ? ExitCode.Losses : ExitCode.Success;
        if (work.Output is null)
        {
            Print(work, results, blocks, written: null, output);
            return code;
        }

        using OutputFolder folder = OutputFolder.Create(work.Output, work.Overwrite);
        DeepNvmeTables.WriteCsv(blocks, folder.WritePath);
        IReadOnlyList<string> figures = [];
        if (results is not null)
        {
            DeepNvmeTables.WriteCsv(results, folder.WritePath);
            figures = TensorBandwidthFigure.WriteAll(results, work.DeviceGiBPerSecond, folder.WritePath, work.Figures);
        }

        folder.Commit();
        Print(work, results, blocks, $"Written to {PrintableText.Of(work.Output)}: {string.Join(", ", figures.Prepend("CSV files"))}", output);
        return code;
    }

    private static void Print(Work work, DeepNvmeResults? results, List<TensorBlocks> blocks, string? written, TextWriter output) => work.Console.Print(
        output,
        text =>
        {
            if (results is not null)
                DeepNvmeSummary.WriteSummary(results, work.DeviceGiBPerSecond, text);
            TensorBlocks.WriteSummary(blocks, text);
            if (written is null)
                return;
            text.WriteLine();
            text.WriteLine(written);
        },
        stream => DeepNvmeSummary.WriteJson(results, blocks, stream));

    // Each trace in the folder itself is one transfer.
    private static List<TensorBlocks> Blocks(Work work, out bool hasLosses, CancellationToken cancellation)
    {
        var blocks = new List<TensorBlocks>();
        hasLosses = false;
        if (!Directory.Exists(work.Folder))
            return blocks;
        using var run = RunFolder.Open(work.Folder);
        // Beside per-CPU sets lie what tools made of them.
        bool hasSets = run.Traces.Any(trace => trace.IsSet);
        var distinct = new DistinctRuns(leavesOutCopies: true);
        foreach (FoundTrace trace in run.Traces.Where(trace => trace.IsSet == hasSets))
        {
            if (TraceRun.Analyze(() => OpenedRun.Of(trace.Open()), new AnalysisOptions { MaxMemoryBytes = CommonOptions.DefaultMemoryBytes() }, work.Console, reader => distinct.TryAdd(trace.Name, reader), cancellation) is not { } report)
                continue;
            hasLosses |= report.HasLosses;
            if (TensorBlocks.Of(trace.Name, report) is { } block)
                blocks.Add(block);
        }

        return blocks;
    }

    /// <summary>The verb.</summary>
    public static Command Create(ConsoleOptions console)
    {
        var folder = new Argument<string>("folder") { Description = "Folder with logs of DeepNVMe's file access benchmark (folders in it are read too), or with block traces of it." };
        var output = new Option<string?>("--output", "-o") { Description = "Folder to write figures and CSV files into.", HelpName = "folder" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace what an earlier run wrote into the folder." };
        var device = new Option<double?>("--device-bandwidth")
        {
            Description = "What the device can move, in GiB/s; drawn as a line.",
            HelpName = "GiB/s",
            CustomParser = CommandLineValues.PositiveNumber,
        };
        Option<string> format = new Option<string>("--format") { Description = "Format of the figures.", DefaultValueFactory = _ => "png" }
            .AcceptOnlyFromAmong("png", "svg");
        var command = new Verb(
            "tensors",
            "Compares the bandwidth of tensor transfers by POSIX and libaio from the logs of DeepNVMe, and from traces of them.",
            "traceanalyzer tensors deepnvme-results -o out/tensors --device-bandwidth 5.3")
        {
            folder, output, overwrite, device, format,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => (int)Run(
            new Work(
                parsed.GetRequiredValue(folder),
                parsed.GetValue(output),
                parsed.GetValue(overwrite),
                parsed.GetValue(device),
                new FigureOptions { Format = Enum.Parse<FigureFormat>(parsed.GetRequiredValue(format), ignoreCase: true) })
            {
                Console = console.ModeOf(parsed),
            },
            parsed.InvocationConfiguration.Output,
            cancellation), CancellationToken.None));
        return command;
    }
}
