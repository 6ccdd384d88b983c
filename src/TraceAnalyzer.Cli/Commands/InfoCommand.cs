using System.CommandLine;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Summaries;

namespace TraceAnalyzer.Cli.Commands;

/// <summary><c>traceanalyzer info</c>: what is in a trace, without writing anything.</summary>
internal static class InfoCommand
{
    /// <summary>Tells what is in a trace.</summary>
    /// <returns><see cref="ExitCode.Success"/>, or <see cref="ExitCode.Losses"/> if the trace has losses.</returns>
    public static ExitCode Run(string[] traces, ReadOptions reading, AnalysisOptions analysis, ConsoleMode console, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        // Of the trace alone, whatever lies beside it; and the summary shows no heatmap.
        analysis = analysis with { Heatmaps = console.Json };
        TraceReport report = TraceRun.Analyze(traces, analysis, new RunOptions { Reading = reading, TraceAlone = true }, console, cancellation);
        console.SayRead(report, error);
        console.Print(output, text => InfoSummary.Write(report, text), stream => ReportJson.Write(report, stream));
        return report.HasLosses ? ExitCode.Losses : ExitCode.Success;
    }

    /// <summary>The verb.</summary>
    public static Command Create(ConsoleOptions console)
    {
        var common = new CommonOptions();
        var command = new Verb(
            "info",
            "Tells what is in a trace: format, devices, processes, actions, duration, integrity.",
            "traceanalyzer info traces/nvmevirt/c-kvcache",
            "blktrace -d /dev/nvme0n1 -w 10 -o - | traceanalyzer info -");
        common.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () => (int)Run(
                common.Traces(parsed),
                common.Reading(parsed),
                common.Analysis(parsed),
                console.ModeOf(parsed),
                parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error,
                cancellation),
            CancellationToken.None));
        return command;
    }
}
