using TraceAnalyzer.Cli.Capture.Devices;

namespace TraceAnalyzer.Cli.Capture.Tracers;

/// <summary>The tracer that is taken, started, and why not another.</summary>
/// <param name="Tracer">The tracer; null if none could be started.</param>
/// <param name="Why">Why, in sentences: of those that were not taken, or of all.</param>
internal sealed record TracerChoice(ITracer? Tracer, IReadOnlyList<string> Why)
{
    /// <summary>Starts the first of those asked for that can record.</summary>
    public static TracerChoice Start(TracerKind asked, string folder, TracedDevices devices, bool allActions, UndoLog undo)
    {
        if (Tracefs.Root is not { } root)
            return new TracerChoice(null, ["tracefs is not mounted: mount -t tracefs nodev /sys/kernel/tracing (a container needs --privileged)"]);
        // Only remaps tell where the sectors of an array lie on its members.
        bool all = allActions || devices.AreLayered;
        var why = new List<string>();
        foreach ((TracerKind kind, Func<string?> whyNot, Func<ITracer> make) in ((TracerKind, Func<string?>, Func<ITracer>)[])
            [
                (TracerKind.Blk, () => BlkTracer.WhyNot(root, devices.Devices), () => new BlkTracer(root, folder, all, undo)),
                (TracerKind.Events, () => BlockEventTracer.WhyNot(root), () => new BlockEventTracer(root, folder, all, undo)),
            ])
        {
            if (asked != TracerKind.Auto && asked != kind)
                continue;
            if (whyNot() is { } reason)
            {
                why.Add($"not {kind.ToString().ToLowerInvariant()}: {reason}");
                continue;
            }

            ITracer tracer = make();
            if (tracer.Start(devices.Devices) is not { } fault)
                return new TracerChoice(tracer, why);
            _ = tracer.Stop();
            tracer.Dispose();
            foreach (string file in Directory.EnumerateFiles(folder, tracer.TraceName + "*"))
                File.Delete(file);
            why.Add($"not {kind.ToString().ToLowerInvariant()}: {fault}");
        }

        return new TracerChoice(null, why);
    }
}

/// <summary>Ways to record.</summary>
internal enum TracerKind
{
    /// <summary>The first that can be used.</summary>
    Auto,

    /// <summary><see cref="BlkTracer"/>.</summary>
    Blk,

    /// <summary><see cref="BlockEventTracer"/>.</summary>
    Events,
}
