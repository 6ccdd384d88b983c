using TraceAnalyzer.Cli.Capture.Devices;
using TraceAnalyzer.Cli.Capture.Files;
using TraceAnalyzer.Cli.Capture.Processes;
using TraceAnalyzer.Cli.Capture.Tracers;

namespace TraceAnalyzer.Cli.Capture.Recording;

/// <summary>What is known of a capture, while it runs and at its end. Null is what is not known, or not yet.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Devices">What is traced.</param>
internal sealed record CaptureFacts(CaptureOptions Options, TracedDevices Devices)
{
    /// <summary>When it began.</summary>
    public ClockReading Started { get; init; } = LinuxCalls.Now();

    /// <summary>When it ended.</summary>
    public ClockReading? Ended { get; init; }

    /// <summary>The tracer; null without a trace.</summary>
    public string? TracerName { get; init; }

    /// <summary>The actions that it records.</summary>
    public string Actions { get; init; } = "";

    /// <summary>When the trace began.</summary>
    public ClockReading? TraceStarted { get; init; }

    /// <summary>When it ended.</summary>
    public ClockReading? TraceEnded { get; init; }

    /// <summary>What is not in the trace.</summary>
    public TracerLosses? Losses { get; init; }

    /// <summary>The kernel's counters after tracing began.</summary>
    public DiskSnapshot? DisksBefore { get; init; }

    /// <summary>And before it ended.</summary>
    public DiskSnapshot? DisksAfter { get; init; }

    /// <summary>Memory of the command's control group before.</summary>
    public IReadOnlyDictionary<string, long>? MemoryBefore { get; init; }

    /// <summary>And after.</summary>
    public IReadOnlyDictionary<string, long>? MemoryAfter { get; init; }

    /// <summary>The command's processes.</summary>
    public ProcessWatch? Watch { get; init; }

    /// <summary>The files they used.</summary>
    public SeenFiles? Files { get; init; }

    /// <summary>GPU samples.</summary>
    public GpuSampler? Gpu { get; init; }

    /// <summary>Output of <c>nvme id-ctrl</c>.</summary>
    public string? NvmeIdentity { get; init; }

    /// <summary>The command's exit code.</summary>
    public int? ExitCode { get; init; }

    /// <summary>What else is to be known, in sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether it can be trusted.</summary>
    public IReadOnlyList<Gate> Gates { get; init; } = [];
}
