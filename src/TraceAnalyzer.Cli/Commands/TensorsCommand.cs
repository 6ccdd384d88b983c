using System.CommandLine;
using TraceAnalyzer.Reporting;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Runs;

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

    /// <summary>Reads the logs, prints the table and writes figures and CSV files if asked to.</summary>
    /// <returns><see cref="ExitCode.Success"/>.</returns>
    public static ExitCode Run(Work work, TextWriter output)
    {
        DeepNvmeResults results = DeepNvmeResults.Read(work.Folder);
        if (work.Output is null)
        {
            work.Console.Print(output, text => TensorReport.WriteSummary(results, work.DeviceGiBPerSecond, text), stream => TensorReport.WriteJson(results, stream));
            return ExitCode.Success;
        }

        using OutputFolder folder = OutputFolder.Create(work.Output, work.Overwrite);
        TensorReport.WriteCsv(results, folder.WritePath);
        IReadOnlyList<string> figures = TensorBandwidthFigure.WriteAll(results, work.DeviceGiBPerSecond, folder.WritePath, work.Figures);
        folder.Commit();
        work.Console.Print(
            output,
            text =>
            {
                TensorReport.WriteSummary(results, work.DeviceGiBPerSecond, text);
                text.WriteLine();
                text.WriteLine($"Written to {PrintableText.Of(work.Output)}: CSV files, {string.Join(", ", figures)}");
            },
            stream => TensorReport.WriteJson(results, stream));
        return ExitCode.Success;
    }

    /// <summary>The verb.</summary>
    public static Command Create(ConsoleOptions console)
    {
        var folder = new Argument<string>("folder") { Description = "Folder with logs of DeepNVMe's file access benchmark; folders in it are read too." };
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
            "Compares the bandwidth of tensor transfers by POSIX and libaio from the logs of DeepNVMe.",
            "traceanalyzer tensors deepnvme-results -o out/tensors --device-bandwidth 5.3")
        {
            folder, output, overwrite, device, format,
        };
        command.SetAction(parsed => (int)Run(
            new Work(
                parsed.GetRequiredValue(folder),
                parsed.GetValue(output),
                parsed.GetValue(overwrite),
                parsed.GetValue(device),
                new FigureOptions { Format = Enum.Parse<FigureFormat>(parsed.GetRequiredValue(format), ignoreCase: true) })
            {
                Console = console.ModeOf(parsed),
            },
            parsed.InvocationConfiguration.Output));
        return command;
    }
}
