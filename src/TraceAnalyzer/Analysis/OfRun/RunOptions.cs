using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>How a run is opened, and what the user says of it.</summary>
public sealed record RunOptions
{
    /// <summary>How its trace is read.</summary>
    public ReadOptions Reading { get; init; } = new();

    /// <summary>Which trace of the folder; null takes the first that has <c>bench</c> in its name, else the largest per-CPU set, else the first.</summary>
    public string? Trace { get; init; }

    /// <summary>True to leave out what lies beside the trace: it is the same trace, but nothing of the run is told of it.</summary>
    public bool TraceAlone { get; init; }

    /// <summary>What to add to a time of the trace to get wall-clock time since 1970 UTC, in nanoseconds; null if it is to be found out.</summary>
    public long? ClockOffsetNs { get; init; }

    /// <summary>What the device can read, in GiB/s; null for what the run says.</summary>
    public double? RooflineGiBPerSecond { get; init; }

    /// <summary>Results of fio that measure the device, or folders with such, besides those that lie in the run's folder.</summary>
    public IReadOnlyList<string> RooflineFiles { get; init; } = [];
}
