using TraceAnalyzer.Cli.Capture.Devices;

namespace TraceAnalyzer.Cli.Capture.Tracers;

/// <summary>
/// The <c>blk</c> tracer of tracefs: the records of blktrace in a per-CPU set, without relay files. There is one in the whole machine, so that it is
/// used only if nobody else traces (kernel, Documentation/trace/ftrace.rst; kernel/trace/blktrace.c).
/// </summary>
/// <param name="root">Where tracefs is.</param>
/// <param name="folder">The run's folder.</param>
/// <param name="allActions">Whether to record every action.</param>
/// <param name="undo">Where changes are noted.</param>
internal sealed class BlkTracer(string root, string folder, bool allActions, UndoLog undo) : ITracer
{
    private const string FewActions = "issue,requeue,complete";

    private readonly List<string> _enabled = [];
    private TracePipes? _pipes;
    private (long Overrun, long Dropped) _before;

    /// <inheritdoc/>
    public string Name => "blk tracer of tracefs";

    /// <inheritdoc/>
    public string TraceName => "capture";

    /// <inheritdoc/>
    public long Bytes => _pipes?.Bytes ?? 0;

    /// <summary>Why it cannot be used now; null if it can.</summary>
    public static string? WhyNot(string root, IReadOnlyList<BlockDevice> devices)
    {
        if (!(KernelFile.Read(root + "/available_tracers") ?? "").Split(' ').Contains("blk"))
            return "the kernel has no blk tracer (CONFIG_BLK_DEV_IO_TRACE)";
        if (KernelFile.Read(root + "/current_tracer") is { } tracer && tracer != "nop")
            return $"the tracer {tracer} is in use";
        if (KernelFile.Lines(root + "/set_event").Length > 0)
            return "somebody records trace events";
        return devices.FirstOrDefault(device => KernelFile.Read(device.Folder + "/trace/enable") != "0") is { } traced
            ? $"{traced.Name} is being traced already, or cannot be"
            : null;
    }

    /// <inheritdoc/>
    public string? Start(IReadOnlyList<BlockDevice> devices)
    {
        string[] cpus = Tracefs.Cpus(root);
        (string File, string Value)[] settings =
        [
            ("trace_clock", "mono"), ("buffer_size_kb", Tracefs.BufferKiB(cpus.Length)), ("current_tracer", "blk"), ("options/bin", "1"), ("options/context-info", "0"),
            ("options/blk_classic", "0"), ("options/record-cmd", "1"), ("tracing_on", "1"),
        ];
        foreach ((string file, string value) in settings)
        {
            if (File.Exists($"{root}/{file}") && undo.Set($"{root}/{file}", value) is { } fault)
                return $"{root}/{file}: {fault}";
        }

        _before = Tracefs.Losses(root);
        try
        {
            _pipes = TracePipes.Open(cpus.Select(cpu => ($"{root}/per_cpu/{cpu}/trace_pipe", Path.Combine(folder, $"{TraceName}.blktrace.{cpu["cpu".Length..]}"))));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }

        _pipes.Start();
        foreach (BlockDevice device in devices)
        {
            string enable = device.Folder + "/trace/enable";
            if (undo.Set(enable, "1") is { } fault)
                return $"{enable}: {fault}";
            _enabled.Add(enable);
            if (!allActions)
                _ = KernelFile.Write(device.Folder + "/trace/act_mask", FewActions);
        }

        return null;
    }

    /// <inheritdoc/>
    public TracerLosses Stop()
    {
        foreach (string enable in _enabled)
            _ = KernelFile.Write(enable, "0");
        _pipes?.Finish();
        SaveNames();
        (long overrun, long dropped) = Tracefs.Losses(root);
        return new TracerLosses(Math.Max(0, overrun - _before.Overrun), Math.Max(0, dropped - _before.Dropped), _pipes?.UnwrittenBytes ?? 0, _pipes?.Fault);
    }

    // Records have the numbers of threads only; the kernel knows the names of those that issued most recently, whoever they belong to.
    private void SaveNames()
    {
        try
        {
            if (KernelFile.Read(root + "/saved_cmdlines") is { Length: > 0 } names)
                File.WriteAllText(Path.Combine(folder, TraceName + ".saved_cmdlines"), names + "\n");
        }
        catch (IOException)
        {
            // A full disk, which the losses name.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pipes?.Dispose();
}
