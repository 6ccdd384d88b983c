using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Cli;

/// <summary>Reads a trace or run to its end, with progress shown; what every verb that reports begins with.</summary>
internal static class TraceRun
{
    /// <summary>Reads and analyzes.</summary>
    /// <param name="paths">Paths of one trace or run.</param>
    /// <param name="analysis">What to compute.</param>
    /// <param name="options">How to open it.</param>
    /// <param name="console">What to show meanwhile.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="TraceException">The input is not a trace or cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TraceReport Analyze(string[] paths, AnalysisOptions analysis, RunOptions options, ConsoleMode console, CancellationToken cancellation) =>
        Analyze(() => OpenedRun.Open(paths, options), analysis, console, static _ => true, cancellation)!;

    /// <summary>The same, unless <paramref name="isWanted"/> says of the opened trace that it is not to be read: then null.</summary>
    /// <exception cref="TraceException">The input is not a trace or cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TraceReport? Analyze(Func<OpenedRun> open, AnalysisOptions analysis, ConsoleMode console, Func<ITraceReader, bool> isWanted, CancellationToken cancellation)
    {
        // On a thread that can be left behind: a read from a silent pipe returns when its writer likes, and Ctrl-C must not wait for that.
        return Task.Run(Work, CancellationToken.None).WaitAsync(cancellation).GetAwaiter().GetResult();

        TraceReport? Work()
        {
            using OpenedRun run = open();
            console.SayUnpacked(run.UnpackedBytes);
            if (run.Reader is not null && !isWanted(run.Reader))
                return null;
            using ProgressLine progress = console.StartProgress();
            return RunAnalysis.Run(run, analysis, progress, cancellation);
        }
    }
}
