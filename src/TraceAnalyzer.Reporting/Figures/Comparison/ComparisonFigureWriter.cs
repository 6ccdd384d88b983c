using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>Writes all figures of a comparison into a folder.</summary>
public static class ComparisonFigureWriter
{
    /// <summary>Draws every figure that has data, in parallel, and writes each under its name. Each file appears whole or not at all.</summary>
    /// <param name="reports">The reports that were compared, in their order.</param>
    /// <param name="comparison">Their comparison.</param>
    /// <param name="folder">An existing folder.</param>
    /// <param name="options">Format and resolution.</param>
    /// <param name="cancellationToken">Stops before the next figure; figures already written stay.</param>
    /// <returns>What was written and what was not and why, in the order of the table of figures; the device is left empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The resolution is out of range.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<FigureFile> WriteAll(
        IReadOnlyList<TraceReport> reports, ComparisonReport comparison, string folder, FigureOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(comparison);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Dpi, FigureOptions.MinDpi);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Dpi, FigureOptions.MaxDpi);

        var context = new ComparisonFigureContext(reports, comparison);
        var files = new FigureFile[ComparisonFigures.All.Count];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount) };
        try
        {
            Parallel.For(0, files.Length, parallel, i =>
            {
                IComparisonFigure figure = ComparisonFigures.All[i];
                FigureResult result = figure.Draw(context);
                string fileName = figure.Name + (options.Format == FigureFormat.Svg ? ".svg" : ".png");
                if (result.Drawing is not null)
                    FigureWriter.Write(Path.Combine(folder, fileName), FigureWriter.Encode(result.Drawing, options));
                files[i] = new FigureFile(figure.Name, "", result.Drawing is null ? null : fileName, result.Reason);
            });
        }
        catch (AggregateException failure) when (failure.InnerExceptions.All(inner => inner is IOException or UnauthorizedAccessException))
        {
            // Several figures fail for one reason, a full disk or a folder that is gone: one is enough to say so.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure.InnerExceptions[0]);
        }

        return files;
    }
}
