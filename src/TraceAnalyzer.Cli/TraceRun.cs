using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Cli;

/// <summary>Reads a trace to its end, with progress shown; what every verb that reads one begins with.</summary>
internal static class TraceRun
{
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
