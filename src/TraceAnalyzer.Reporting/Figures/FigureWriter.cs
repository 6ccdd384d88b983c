using System.Globalization;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

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
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Dpi, FigureOptions.MinDpi);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Dpi, FigureOptions.MaxDpi);

        DeviceReport[] devices = ShownDevices.Of(report.Devices.Where(HasData));
        if (devices.Length == 0)
            return [.. WithoutTrace(report, folder, options), .. Figures.All.Select(figure => new FigureFile(figure.Name, "", null, WhyNothing(report)))];

        var work = new List<(IFigure Figure, FigureContext Context, string FileName)>();

        // What is known of a run is known of the device that moves most.
        DeviceReport? ofRun = report.Run is null ? null : devices.MaxBy(BytesOf);
        foreach (DeviceReport device in devices)
        {
            var context = new FigureContext(report, device);
            bool isOfRun = ReferenceEquals(device, ofRun);
            foreach (IFigure figure in isOfRun ? Figures.All.Concat(Figures.OfRun) : Figures.All)
                work.Add((figure, context, FileName(figure, device, devices.Length == 1, options.Format)));
        }

        var files = new FigureFile[work.Count];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount) };
        try
        {
            Parallel.For(0, work.Count, parallel, i =>
            {
                (IFigure figure, FigureContext context, string fileName) = work[i];
                FigureResult result = figure.Draw(context);
                if (result.Drawing != null)
                    Write(Path.Combine(folder, fileName), Encode(result.Drawing, options));
                files[i] = new FigureFile(figure.Name, context.Device.Device, result.Drawing == null ? null : fileName, result.Reason);
            });
        }
        catch (AggregateException failure) when (failure.InnerExceptions.All(inner => inner is IOException or UnauthorizedAccessException))
        {
            // Several figures fail for one reason, a full disk or a folder that is gone: one is enough to say so.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure.InnerExceptions[0]);
        }

        return files;
    }

    // What logs alone can show, of a run that has no trace.
    private static IEnumerable<FigureFile> WithoutTrace(TraceReport report, string folder, FigureOptions options)
    {
        if (report.Run is not { Trace: null } run)
            yield break;
        foreach ((string name, Func<RunReport, FigureResult> draw) in Figures.OfLogs)
        {
            FigureResult result = draw(run);
            string fileName = name + (options.Format == FigureFormat.Svg ? ".svg" : ".png");
            if (result.Drawing != null)
                Write(Path.Combine(folder, fileName), Encode(result.Drawing, options));
            yield return new FigureFile(name, "", result.Drawing == null ? null : fileName, result.Reason);
        }
    }

    // Only where it holds for all devices: a figure without a device cannot say which.
    private static string WhyNothing(TraceReport report)
    {
        string?[] hints = [.. report.Devices.Select(device => CountingHint.For(device, report.Settings))];
        return hints.FirstOrDefault() is { } hint && Array.TrueForAll(hints, other => other == hint) ? hint : "no requests were counted";
    }

    /// <summary>Bytes read and written; what is known of a run is known of the device that moves most.</summary>
    internal static long BytesOf(DeviceReport device) =>
        device.Operations.FirstOrDefault(operation => operation.Scope == OperationScope.Transfers)?.Overview.Bytes ?? 0;

    private static bool HasData(DeviceReport device) =>
        device.QueueDepth != null || device.Operations.Any(operation => operation.Overview.Requests > 0);

    private static string FileName(IFigure figure, DeviceReport device, bool isOnly, FigureFormat format)
    {
        string suffix = isOnly ? "" : "-" + device.Device.Replace(',', '-');
        string ending = format == FigureFormat.Svg ? ".svg" : ".png";
        return figure.Name + suffix + ending;
    }

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
