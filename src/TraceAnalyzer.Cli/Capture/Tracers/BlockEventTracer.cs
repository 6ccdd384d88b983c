using System.Globalization;
using TraceAnalyzer.Cli.Capture.Devices;

namespace TraceAnalyzer.Cli.Capture.Tracers;

/// <summary>
/// The block tracepoints in an instance of tracefs of its own, as text: beside any other tracer, at three times the bytes and more time per event
/// than <see cref="BlkTracer"/> (kernel, Documentation/trace/ftrace.rst, "Instances").
/// </summary>
/// <param name="root">Where tracefs is.</param>
/// <param name="folder">The run's folder.</param>
/// <param name="allActions">Whether to record every action.</param>
/// <param name="undo">Where changes are noted.</param>
internal sealed class BlockEventTracer(string root, string folder, bool allActions, UndoLog undo) : ITracer
{
    private static readonly string[] s_fewEvents = ["block_rq_issue", "block_rq_complete", "block_rq_requeue"];

    private static readonly string[] s_otherEvents =
        ["block_bio_queue", "block_bio_remap", "block_split", "block_bio_backmerge", "block_bio_frontmerge", "block_getrq", "block_rq_insert"];

    private readonly string _instance = string.Create(CultureInfo.InvariantCulture, $"{root}/instances/traceanalyzer-{Environment.ProcessId}");
    private TracePipes? _pipes;

    /// <inheritdoc/>
    public string Name => "block tracepoints in an instance of tracefs";

    /// <inheritdoc/>
    public string TraceName => "capture.trace_pipe.txt";

    /// <inheritdoc/>
    public long Bytes => _pipes?.Bytes ?? 0;

    /// <summary>Why it cannot be used; null if it can.</summary>
    public static string? WhyNot(string root) =>
        !Directory.Exists(root + "/events/block/block_rq_issue") ? "the kernel has no block tracepoints"
        : !Directory.Exists(root + "/instances") ? "the kernel has no tracing instances" : null;

    /// <inheritdoc/>
    public string? Start(IReadOnlyList<BlockDevice> devices)
    {
        if (undo.MakeFolder(_instance) is { } notMade)
            return notMade;
        string filter = string.Join(" || ", devices.Select(device => string.Create(CultureInfo.InvariantCulture, $"dev == {device.Number.Value}")));
        if (Tracefs.SetText(_instance, Tracefs.BufferKiB(Tracefs.Cpus(_instance).Length)) is { } notSet)
            return notSet;
        try
        {
            _pipes = TracePipes.Open([($"{_instance}/trace_pipe", Path.Combine(folder, TraceName))]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }

        _pipes.Start();
        foreach (string name in allActions ? [.. s_fewEvents, .. s_otherEvents] : s_fewEvents)
        {
            string tracepoint = $"{_instance}/events/block/{name}";
            if (Directory.Exists(tracepoint) && (KernelFile.Write(tracepoint + "/filter", filter) ?? KernelFile.Write(tracepoint + "/enable", "1")) is { } fault)
                return $"{tracepoint}: {fault}";
        }

        return null;
    }

    /// <inheritdoc/>
    public TracerLosses Stop()
    {
        _ = KernelFile.Write(_instance + "/events/enable", "0");
        _pipes?.Finish();
        (long overrun, long dropped) = Tracefs.Losses(_instance);
        return new TracerLosses(overrun, dropped, _pipes?.UnwrittenBytes ?? 0, _pipes?.Fault);
    }

    /// <inheritdoc/>
    public void Dispose() => _pipes?.Dispose();
}
