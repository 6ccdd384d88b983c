using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;
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
    public static TraceReport AnalyzeRun(string[] traces, ReadOptions reading, AnalysisOptions analysis, RunOptions options, ConsoleMode console, CancellationToken cancellation) =>
        AnalyzeRun(traces, reading, analysis, options, console, static _ => true, cancellation)!;

    /// <summary>As the other, unless <paramref name="isWanted"/> says of the opened trace that it is not to be read: then null.</summary>
    /// <exception cref="TraceException">The input is no trace or cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TraceReport? AnalyzeRun(
        string[] traces, ReadOptions reading, AnalysisOptions analysis, RunOptions options, ConsoleMode console, Func<ITraceReader, bool> isWanted, CancellationToken cancellation) => Await(
        () =>
        {
            string[] distinct = [.. TraceFormats.Distinct(traces)];
            using RunFolder? folder = OpenRun(distinct, reading, console);
            if (folder is not { HasFindings: true })
                return Read(() => OpenTrace(folder, distinct, options.Trace, reading), analysis, console, isWanted, cancellation);
            var run = RunContext.Of(folder, options.Trace, options.ClockOffsetNs, options.RooflineGiBPerSecond);
            return run.Trace is null ? RunWithoutTrace.Report(run, analysis) : Read(() => run.Trace.Open(reading), analysis with { Run = run }, console, isWanted, cancellation);
        },
        cancellation);

    /// <summary>Reads and analyses.</summary>
    /// <exception cref="TraceException">The input is no trace or cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TraceReport Analyze(Func<ITraceReader> open, AnalysisOptions analysis, ConsoleMode console, CancellationToken cancellation) =>
        Analyze(open, analysis, console, static _ => true, cancellation)!;

    /// <summary>As the other, unless <paramref name="isWanted"/> says of the opened trace that it is not to be read: then null.</summary>
    /// <exception cref="TraceException">The input is no trace or cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TraceReport? Analyze(Func<ITraceReader> open, AnalysisOptions analysis, ConsoleMode console, Func<ITraceReader, bool> isWanted, CancellationToken cancellation) =>
        Await(() => Read(open, analysis, console, isWanted, cancellation), cancellation);

    /// <summary>What lies beside the trace, where the one path is a folder or an archive; else null.</summary>
    /// <exception cref="TraceException">The folder or archive cannot be read, or is one for another verb.</exception>
    public static RunFolder? OpenRun(string[] traces, ReadOptions reading, ConsoleMode console)
    {
        if (traces is not [var path] || !RunFolder.MayBe(path))
            return null;
        var folder = RunFolder.Open(path, reading);
        if (folder.HasOnlyDeepNvme)
        {
            folder.Dispose();
            throw new TraceException($"{path}: holds results of DeepNVMe and no trace; 'traceanalyzer tensors' compares them");
        }

        console.SayUnpacked(folder);
        return folder;
    }

    /// <summary>Opens a trace that is no part of a run; if it is the only one of an archive, without unpacking that again.</summary>
    /// <exception cref="TraceException">The input is no trace or cannot be read.</exception>
    public static ITraceReader OpenTrace(RunFolder? folder, string[] traces, string? traceName, ReadOptions reading)
    {
        if (folder is not null && traceName is not null)
            return RunContext.Of(folder, traceName).Trace!.Open(reading);
        return folder is { Traces: [var only] } ? only.Open(reading) : TraceFormats.Open(traces, reading);
    }

    /// <summary>Finds the device that the filter names where what lies beside the trace tells it, for a verb that reads the trace alone.</summary>
    /// <exception cref="TraceException">The folder or archive cannot be read.</exception>
    public static AnalysisOptions WithDeviceOfRun(AnalysisOptions analysis, string[] traces, ReadOptions reading)
    {
        if (analysis.Filter.DeviceName is not { } name || traces is not [var path] || !RunFolder.MayBe(path))
            return analysis;
        using var folder = RunFolder.Open(path, reading);
        DeviceId? device = folder.Environment?.Devices.FirstOrDefault(device => device.Name == name)?.Device;
        return device is null ? analysis : analysis with { Filter = analysis.Filter with { Device = device } };
    }

    private static TraceReport? Read(Func<ITraceReader> open, AnalysisOptions analysis, ConsoleMode console, Func<ITraceReader, bool> isWanted, CancellationToken cancellation)
    {
        using ITraceReader reader = open();
        if (!isWanted(reader))
            return null;
        using ProgressLine progress = console.StartProgress();
        return TraceAnalysis.Run(reader, analysis, progress, cancellation);
    }

    // On a thread that can be left behind: a read from a silent pipe returns when its writer likes, and Ctrl-C must not wait for that.
    private static TraceReport? Await(Func<TraceReport?> work, CancellationToken cancellation) =>
        Task.Run(work, CancellationToken.None).WaitAsync(cancellation).GetAwaiter().GetResult();
}
