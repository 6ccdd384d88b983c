using System.Text.RegularExpressions;
using TraceAnalyzer.Cli.Capture.Tracers;

namespace TraceAnalyzer.Cli.Capture;

/// <summary>What to record.</summary>
internal sealed record CaptureOptions
{
    /// <summary>The folder of the run to make.</summary>
    public required string Output { get; init; }

    /// <summary>The command; empty to record until Ctrl-C.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Devices to trace, by name.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Paths whose devices to trace.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>How to trace.</summary>
    public TracerKind Tracer { get; init; } = TracerKind.Auto;

    /// <summary>Every action of the block layer, not only issue, requeue and completion.</summary>
    public bool AllActions { get; init; }

    /// <summary>False to record everything but the trace.</summary>
    public bool Traces { get; init; } = true;

    /// <summary>False to leave out the GPUs.</summary>
    public bool SamplesGpus { get; init; } = true;

    /// <summary>Limit of the command's memory, page cache included, in bytes; null for none.</summary>
    public long? MemoryMaxBytes { get; init; }

    /// <summary>Whether to empty the page cache first.</summary>
    public bool DropsCaches { get; init; }

    /// <summary>How long to record without a command, in nanoseconds; null until Ctrl-C.</summary>
    public long? DurationNs { get; init; }

    /// <summary>Processes that are watched besides, or instead of, the command.</summary>
    public IReadOnlyList<int> Processes { get; init; } = [];

    /// <summary>A line of output that matches ends a token; null if none does.</summary>
    public Regex? TokenPattern { get; init; }

    /// <summary>Whether the folder may lie where its own writing disturbs what is measured.</summary>
    public bool Force { get; init; }

    /// <summary>Whether to analyze the run at the end.</summary>
    public bool Analyzes { get; init; } = true;

    /// <summary>The command line as it was typed, without the program: for the hint how to run it as root.</summary>
    public IReadOnlyList<string> Typed { get; init; } = [];
}
