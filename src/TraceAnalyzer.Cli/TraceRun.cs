using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Cli;

/// <summary>Reads a trace to its end, with progress shown; what every verb that reads one begins with.</summary>
internal static class TraceRun
{
    /// <summary>Reads and analyses a trace, or a run where the one path is a folder that holds more than a trace.</summary>
    /// <param name="traces">Paths.</param>
    /// <param name="reading">How to read.</param>
    /// <param name="analysis">What to compute.</param>
    /// <param name="options">What the user says of the run.</param>
    /// <param name="console">What to show meanwhile.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="TraceException">The input is no trace or cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TraceReport AnalyzeRun(string[] traces, ReadOptions reading, AnalysisOptions analysis, RunOptions options, ConsoleMode console, CancellationToken cancellation)
    {
        if (traces is not [var path] || !Directory.Exists(path))
            return Analyze(traces, reading, analysis, console, cancellation);
        var folder = RunFolder.Open(path, reading);
        if (!folder.HasParts)
            return Analyze(traces, reading, analysis, console, cancellation);
        var run = RunContext.Of(folder, options.Trace, options.ClockOffsetNs, options.RooflineGiBPerSecond);
        return run.Trace is null ? RunWithoutTrace.Report(run, analysis) : Analyze([run.Trace.Path], reading, analysis with { Run = run }, console, cancellation);
    }

    /// <summary>Reads and analyses.</summary>
    /// <exception cref="TraceException">The input is no trace or cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TraceReport Analyze(string[] traces, ReadOptions reading, AnalysisOptions analysis, ConsoleMode console, CancellationToken cancellation)
    {
        // On a thread that can be left behind: a read from a silent pipe returns when its writer likes, and Ctrl-C must not wait for that.
        Task<TraceReport> work = Task.Run(
            () =>
            {
                using ITraceReader reader = TraceFormats.Open(traces, reading);
                using ProgressLine progress = console.StartProgress();
                return TraceAnalysis.Run(reader, analysis, progress, cancellation);
            },
            CancellationToken.None);
        return work.WaitAsync(cancellation).GetAwaiter().GetResult();
    }
}
