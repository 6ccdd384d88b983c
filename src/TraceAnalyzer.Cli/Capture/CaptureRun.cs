using System.Globalization;
using System.Runtime.InteropServices;
using TraceAnalyzer.Cli.Capture.Devices;
using TraceAnalyzer.Cli.Capture.Files;
using TraceAnalyzer.Cli.Capture.Processes;
using TraceAnalyzer.Cli.Capture.Recording;
using TraceAnalyzer.Cli.Capture.Tracers;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Cli.Capture;

/// <summary>Records a run: starts what records, then the command, and ends both in the order that loses nothing.</summary>
/// <param name="options">What to record.</param>
/// <param name="say">Standard error.</param>
internal sealed class CaptureRun(CaptureOptions options, TextWriter say)
{
    private static readonly TimeSpan s_patienceForRequests = TimeSpan.FromMilliseconds(200);

    private readonly TracedDevices _devices = new();
    private readonly List<string> _notes = [];

    /// <summary>What was recorded; null before <see cref="Record"/>.</summary>
    public CaptureFacts? Facts { get; private set; }

    /// <summary>Records.</summary>
    /// <returns>The command's exit code; 0 without a command.</returns>
    /// <exception cref="UsageException">It cannot be recorded as asked.</exception>
    public int Record()
    {
        // What was recorded is written whatever comes; the command gets signals as long as it runs.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static context => context.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, static context => context.Cancel = true);
        FindDevices();
        OutputPlace.Check(options, _devices);
        Directory.CreateDirectory(options.Output);
        if (options.DropsCaches)
            DropCaches();
        bool changesMachine = options.Traces || options.MemoryMaxBytes is not null;
        using UndoLog? undo = changesMachine ? UndoLog.Begin() : null;
        using CaptureGuard? guard = undo is null ? null : CaptureGuard.Start(undo);
        MemoryGroup? group = options.MemoryMaxBytes is { } limit ? MemoryGroup.Make(limit, undo!) : null;
        // Before the trace, as looking at a file may read where it lies.
        var files = new SeenFiles(_devices);
        foreach (string path in NamedFiles())
            files.Add(path, path);
        string? whyNoGpu = null;
        using GpuSampler? gpu = options.SamplesGpus ? GpuSampler.Start(options.Output, out whyNoGpu) : null;
        if (whyNoGpu is not null)
            Note($"no GPU samples: {whyNoGpu}");
        SmartLogFiles.Write(options.Output, _devices, "before");
        using ITracer? tracer = options.Traces ? StartTracer(undo!) : null;
        ForkLog? forks = tracer is null ? null : ForkLog.Start(undo!);
        Facts = new CaptureFacts(options, _devices)
        {
            TracerName = tracer?.Name,
            Actions = tracer is null ? "" : options.AllActions || _devices.AreLayered ? "all" : "issue, requeue, complete",
            TraceStarted = LinuxCalls.Now(),
            DisksBefore = DiskSnapshot.Take(),
            MemoryBefore = (group ?? MemoryGroup.Own())?.Read(),
            NvmeIdentity = NvmeIdentity(),
            Files = files,
            Gpu = gpu,
            Notes = _notes,
        };
        RunRecord.Write(options.Output, Facts);
        DeviceTableFiles.Write(options.Output, _devices);
        int code;
        using (var live = new LiveLine(_devices.Devices, () => More(tracer, gpu)))
        {
            live.Start();
            code = RunCommand(group, files, live);
        }

        Stop(tracer, forks, group);
        tracer?.Dispose();
        gpu?.Dispose();
        undo?.Dispose();
        files.Close();
        Facts = Facts with { Ended = LinuxCalls.Now(), ExitCode = options.Command.Count > 0 ? code : null };
        if (tracer is not null)
            Facts = Facts with { Gates = Judge(tracer, files) };
        WriteRest(files);
        return code;
    }

    // The counters first, so that what they count is in the trace.
    private void Stop(ITracer? tracer, ForkLog? forks, MemoryGroup? group)
    {
        WaitForRequests();
        DiskSnapshot after = DiskSnapshot.Take();
        TracerLosses? losses = tracer?.Stop();
        NameThreads(forks);
        Facts = Facts! with
        {
            DisksAfter = after,
            TraceEnded = LinuxCalls.Now(),
            Losses = losses,
            MemoryAfter = (group ?? MemoryGroup.Own())?.Read(),
        };
        SmartLogFiles.Write(options.Output, _devices, "after");
    }

    private void FindDevices()
    {
        foreach (string device in options.Devices)
            _devices.AddDevice(device);
        foreach (string path in options.Paths)
            _devices.AddPath(path, isAsked: true);
        if (_devices.Devices.Count > 0)
            return;
        foreach (string path in CommandPaths().Append(Environment.CurrentDirectory))
            _devices.AddPath(path, isAsked: false);
        if (_devices.Devices.Count == 0 && options.Traces)
            throw new UsageException($"which device to trace is not known: {string.Join("; ", _devices.Notes.DefaultIfEmpty("the current folder lies on no block device"))}. Name the folder of the model or of the offloaded data with --path, or the device with --device (lsblk lists them)");
    }

    // "/models/x", "--path=/models/x", and "if=/models/x".
    private IEnumerable<string> CommandPaths() => options.Command.Skip(1).SelectMany(word => (string[])[word, word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..]]).Distinct().Where(Path.Exists);

    private IEnumerable<string> NamedFiles() => CommandPaths().Where(File.Exists).Select(Path.GetFullPath);

    private static void DropCaches()
    {
        LinuxCalls.WriteBack();
        if (KernelFile.Write("/proc/sys/vm/drop_caches", "3") is { } fault)
            throw new UsageException($"--drop-caches: {fault}");
    }

    private ITracer StartTracer(UndoLog undo)
    {
        TracerChoice choice = TracerChoice.Start(options.Tracer, options.Output, _devices, options.AllActions, undo);
        if (choice.Tracer is null)
            throw new TraceException($"nothing can trace {string.Join(", ", _devices.Devices.Select(device => device.Name))}: {string.Join("; ", choice.Why)}. --no-trace records everything else");
        foreach (string why in choice.Why)
            Note(why);
        say.WriteLine($"traceanalyzer: tracing {string.Join(", ", _devices.Devices.Select(device => device.Name))} with the {choice.Tracer.Name}");
        foreach (string note in _devices.Notes)
            Note(note);
        return choice.Tracer;
    }

    private void Note(string note)
    {
        _notes.Add(note);
        say.WriteLine($"traceanalyzer: {PrintableText.Of(note)}");
    }

    private int RunCommand(MemoryGroup? group, SeenFiles files, LiveLine live)
    {
        LinuxCalls.AdoptOrphans();
        if (options.Command.Count == 0)
        {
            using ProcessWatch? others = options.Processes.Count == 0 ? null : Watch(options.Processes, null, files);
            WaitForEnd(others);
            return 0;
        }

        using var output = new StampedOutput(options.Output, options.TokenPattern, live.Wipe);
        using var command = CommandProcess.Start(options.Command, group, output);
        using (Watch([command.Id, .. options.Processes], options.Command[0], files))
        {
            int code = command.Wait();
            WriteTokens(output);
            if (output.LostBytes > 0)
                Note(string.Create(CultureInfo.InvariantCulture, $"{output.LostBytes} bytes of the command's output are not in {StampedOutput.FileName}"));
            if (options.TokenPattern is not null && output.Tokens == 0)
                Note("--token-pattern matched no line of the command's output");
            return code;
        }
    }

    private void NameThreads(ForkLog? forks)
    {
        if (forks is null || Facts!.Watch is not { } watch)
            return;
        foreach ((int thread, string name) in forks.Read(watch.Threads.Keys))
            watch.Name(thread, name);
    }

    private void WriteTokens(StampedOutput output)
    {
        try
        {
            output.WriteTokens(options.Output);
        }
        catch (IOException exception)
        {
            Note($"{StampedOutput.TokensFileName} is not complete: {exception.Message}");
        }
    }

    private ProcessWatch Watch(IReadOnlyList<int> roots, string? program, SeenFiles files)
    {
        var watch = new ProcessWatch(roots, files);
        Facts = Facts! with { Watch = watch };
        if (program is not null)
            watch.Name(roots[0], ProcessWatch.NameOf(program));
        watch.Start();
        return watch;
    }

    private void WaitForEnd(ProcessWatch? watch)
    {
        using var end = new ManualResetEventSlim();
        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            end.Set();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        say.WriteLine(options.DurationNs is null ? "traceanalyzer: recording until Ctrl-C" : $"traceanalyzer: recording for {Units.Duration(options.DurationNs.Value)}");
        long endNs = options.DurationNs is { } duration ? LinuxCalls.MonotonicNs() + duration : long.MaxValue;
        while (LinuxCalls.MonotonicNs() is var nowNs && nowNs < endNs && (watch is null || watch.AnyRootLives))
        {
            if (end.Wait(TimeSpan.FromSeconds(Math.Min(0.1, (endNs - nowNs) / 1e9))))
                return;
        }
    }

    // What is in flight when the trace ends has no completion.
    private void WaitForRequests()
    {
        long endNs = LinuxCalls.MonotonicNs() + ((long)s_patienceForRequests.TotalMilliseconds * 1_000_000);
        while (LinuxCalls.MonotonicNs() < endNs && DiskSnapshot.Take() is var now && _devices.Devices.Any(device => now.Disks.GetValueOrDefault(device.Name).InFlight > 0))
            Thread.Sleep(10);
    }

    private IReadOnlyList<Gate> Judge(ITracer tracer, SeenFiles files)
    {
        (DiskSnapshot before, DiskSnapshot after, TracerLosses losses) = (Facts!.DisksBefore!, Facts.DisksAfter!, Facts.Losses!);
        if (tracer.Bytes == 0)
            return [.. CaptureGates.WithoutEvents(losses, _devices)];
        IReadOnlyList<SeenFile> data = files.OfData(options.Paths, out string what);
        try
        {
            var check = TraceCheck.Read(Path.Combine(options.Output, tracer.TraceName), before, after, Facts.Watch?.Threads.Keys ?? [], SectorIntervals.Of(data));
            return [.. CaptureGates.Of(check, losses, before, after, _devices, data, what, Facts.Watch)];
        }
        catch (TraceException exception)
        {
            return [new Gate("events", GateState.Failed, exception.Message)];
        }
    }

    private void WriteRest(SeenFiles files)
    {
        if (files.NamesLeftOut > 0)
            Note(string.Create(CultureInfo.InvariantCulture, $"{files.NamesLeftOut} names of opened files were not looked at"));
        try
        {
            if (files.All.Count > 0)
                files.Write(options.Output);
            if (Facts!.Watch is { } watch)
                RunRecord.WriteThreads(options.Output, watch);
            RunRecord.Write(options.Output, Facts);
        }
        catch (IOException exception)
        {
            throw new TraceException($"{options.Output}: the run is not complete: {exception.Message}", exception);
        }
    }

    private string? NvmeIdentity() => _devices.Devices.FirstOrDefault(device => device.Name.StartsWith("nvme", StringComparison.Ordinal)) is { } device ? Tool.Output("nvme", "id-ctrl", "/dev/" + device.Name) : null;

    private static string More(ITracer? tracer, GpuSampler? gpu)
    {
        string trace = tracer is null ? "" : $", trace {Units.Bytes(tracer.Bytes)}";
        return gpu is { LastLine.Length: > 0 } ? $"{trace}, GPU {gpu.LastLine.Split(", ").FirstOrDefault(field => field.EndsWith('%'))}" : trace;
    }
}
