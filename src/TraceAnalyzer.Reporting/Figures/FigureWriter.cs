using System.Globalization;
using TraceAnalyzer.Reporting.Figures.Comparison;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Sections;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reporting.Figures;

/// <summary>Writes all figures of a report into a folder.</summary>
public static class FigureWriter
{
    /// <summary>
    /// Draws every figure of every device that has data (of very many the <see cref="ShownDevices"/>), in parallel, and writes each under its name; existing files of
    /// that name are replaced. Each file appears whole or not at all.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="folder">An existing folder.</param>
    /// <param name="options">Format and resolution.</param>
    /// <param name="cancellationToken">Stops before the next figure; figures already written stay.</param>
    /// <returns>What was written and what was not and why: by device, then in the order of the table of figures.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The resolution is out of range.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<FigureFile> WriteAll(TraceReport report, string folder, FigureOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(folder);
        Check(options);
        DeviceReport[] devices = [.. report.Aggregate is { } aggregate ? [aggregate.Whole] : Array.Empty<DeviceReport>(), .. ShownDevices.Of(report.Devices.Where(HasData))];
        if (devices.Length == 0)
        {
            IEnumerable<Task> logs = report is { HasTrace: false, Run: not null } ? LogSections.Figures.Select(figure => Task.Of(figure, report, "", figure.Name)) : [];
            return [.. Write(logs, folder, options, cancellationToken), .. TraceSections.Figures.Select(figure => new FigureFile(figure.Name, "", null, WhyNothing(report)))];
        }

        List<Task> tasks = report.Aggregate is null ? [] : [.. AggregateSections.Figures.Select(figure => Task.Of(figure, report, AggregateDevice, figure.Name))];
        foreach (DeviceReport device in devices)
        {
            var context = new FigureContext(report, device);
            string suffix = devices.Length == 1 ? "" : "-" + device.Device.Replace(',', '-');
            IEnumerable<Figure<FigureContext>> figures = report.RunDevice == device ? TraceSections.Figures.Concat(RunSections.Figures) : TraceSections.Figures;
            tasks.AddRange(figures.Select(figure => Task.Of(figure, context, device.Device, figure.Name + suffix)));
        }

        return Write(tasks, folder, options, cancellationToken);
    }

    /// <summary>Draws every figure of a comparison that has data, in parallel, and writes each under its name. Each file appears whole or not at all.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="folder">An existing folder.</param>
    /// <param name="options">Format and resolution.</param>
    /// <param name="cancellationToken">Stops before the next figure; figures already written stay.</param>
    /// <returns>What was written and what was not and why, in the order of the page; the device is left empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The resolution is out of range.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<FigureFile> WriteAll(
        ComparisonReport comparison, string folder, FigureOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        ArgumentNullException.ThrowIfNull(folder);
        Check(options);
        var context = new ComparisonFigureContext(comparison);
        return Write(ComparisonSections.Figures.Select(figure => Task.Of(figure, context, "", figure.Name)), folder, options, cancellationToken);
    }

    /// <summary>What <see cref="FigureFile.Device"/> says of figures of several devices beside each other.</summary>
    internal const string AggregateDevice = "devices";

    private static FigureFile[] Write(IEnumerable<Task> tasks, string folder, FigureOptions options, CancellationToken cancellationToken)
    {
        Task[] work = [.. tasks];
        var files = new FigureFile[work.Length];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount) };
        try
        {
            Parallel.For(0, work.Length, parallel, i =>
            {
                FigureResult result = work[i].Draw();
                string fileName = work[i].FileName + (options.Format == FigureFormat.Svg ? ".svg" : ".png");
                if (result.Drawing is not null)
                    Write(Path.Combine(folder, fileName), Encode(result.Drawing, options));
                files[i] = new FigureFile(work[i].Figure, work[i].Device, result.Drawing is null ? null : fileName, result.Reason);
            });
        }
        catch (AggregateException failure) when (failure.InnerExceptions.All(inner => inner is IOException or UnauthorizedAccessException))
        {
            // Several figures fail for one reason, a full disk or a folder that is gone: one is enough to say so.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure.InnerExceptions[0]);
        }

        return files;
    }

    private static void Check(FigureOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Dpi, FigureOptions.MinDpi);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Dpi, FigureOptions.MaxDpi);
    }

    // A figure that is to be drawn, whatever it is drawn of.
    private sealed record Task(string Figure, string Device, string FileName, Func<FigureResult> Draw)
    {
        public static Task Of<TSource>(Figure<TSource> figure, TSource source, string device, string fileName) => new(figure.Name, device, fileName, () => figure.Draw(source));
    }

    // Only where it holds for all devices: a figure without a device cannot say which.
    private static string WhyNothing(TraceReport report)
    {
        string?[] hints = [.. report.Devices.Select(device => CountingHint.For(device, report.Settings))];
        return hints.FirstOrDefault() is { } hint && Array.TrueForAll(hints, other => other == hint) ? hint : "no requests were counted";
    }

    private static bool HasData(DeviceReport device) =>
        device.QueueDepth is not null || device.Operations.Any(operation => operation.Overview.Requests > 0);

    /// <summary>A drawing in the format and resolution asked for.</summary>
    internal static byte[] Encode(FigureDrawing drawing, FigureOptions options) =>
        options.Format == FigureFormat.Svg ? FigureEncoder.ToSvg(drawing) : FigureEncoder.ToPng(drawing, options.Dpi);

    /// <summary>Writes a file whole or not at all.</summary>
    internal static void Write(string path, byte[] bytes)
    {
        string temporary = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.tmp");
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
