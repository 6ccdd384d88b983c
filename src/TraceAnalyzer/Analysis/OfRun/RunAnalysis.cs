using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>From paths to a report: opens a trace or a run, reads it to its end and says what was found. All verbs that report go this way.</summary>
public static class RunAnalysis
{
    /// <summary>Analyzes a trace, or a run's folder or archive.</summary>
    /// <param name="path">Path.</param>
    /// <param name="analysis">What to compute; null for the usual.</param>
    /// <param name="options">How to open it; null for the usual.</param>
    /// <param name="progress">Is told, now and then, how many bytes (decompressed) have been read; may be null.</param>
    /// <param name="cancellation">Stops the work between two chunks.</param>
    /// <exception cref="TraceException">The input cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TraceReport Run(string path, AnalysisOptions? analysis = null, RunOptions? options = null, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        using var run = OpenedRun.Open([path], options);
        return Run(run, analysis, progress, cancellation);
    }

    /// <summary>The same for what is open already, and stays so.</summary>
    /// <exception cref="TraceException">The input cannot be read on.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TraceReport Run(OpenedRun run, AnalysisOptions? analysis = null, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        analysis ??= new AnalysisOptions();
        analysis = analysis with { Filter = run.WithDevice(analysis.Filter) };
        if (run.Context is null)
        {
            analysis = analysis with
            {
                RooflineGiBPerSecond = run.Options.RooflineGiBPerSecond ?? analysis.RooflineGiBPerSecond,
                DevicePoints = [.. Rooflines.PointsOf(Rooflines.Read(run.Options)), .. analysis.DevicePoints],
            };
        }

        return run.Reader is null ? RunWithoutTrace.Report(run.Context!, analysis) : TraceAnalysis.Run(run.Reader, analysis, run.Context, progress, cancellation);
    }
}
