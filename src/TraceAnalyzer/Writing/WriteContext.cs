using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Writing;

/// <summary>What a writer can know of the trace while it writes; filled in by <see cref="TraceConversion"/>.</summary>
public sealed class WriteContext
{
    /// <summary>Of a trace and what to write of it.</summary>
    internal WriteContext(ITraceReader reader, WriteOptions options, RunContext? run = null)
    {
        Source = reader.Source;
        DeviceNames = reader.Devices;
        Options = options;
        Run = run;
    }

    /// <summary>Where the trace comes from.</summary>
    public TraceSource Source { get; }

    /// <summary>Names of devices, as far as they are known by now; null if the source numbers them.</summary>
    public DeviceNames? DeviceNames { get; }

    /// <summary>What to write.</summary>
    public WriteOptions Options { get; }

    /// <summary>The run that the trace is part of; null if it stands alone.</summary>
    public RunContext? Run { get; }

    /// <summary>Command names of processes, as far as they are known by now.</summary>
    public ProcessTable Processes { get; } = new();

    /// <summary>A moment on both clocks, if the trace has told one by now.</summary>
    public WallClockAnchor? WallClock { get; internal set; }

    /// <summary>Time of the trace's first event, in nanoseconds of its clock; null before it.</summary>
    public long? StartNs { get; internal set; }

    /// <summary>What has gone wrong with the trace by now; complete when the writer is finished.</summary>
    internal ReadDiagnostics Diagnostics { get; init; } = new();

    /// <summary>What the format could not carry.</summary>
    public NotCarried NotCarried { get; } = new();
}
