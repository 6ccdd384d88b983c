namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>What limits a device's part in a run, from the trace alone, with what decides it (docs/analyses/verdict.md).</summary>
public sealed record LimitVerdict
{
    /// <summary>What limits.</summary>
    public required LimitKind Kind { get; init; }

    /// <summary>The device, or that it is all of them.</summary>
    public required string Scope { get; init; }

    /// <summary>The verdict in one sentence with its numbers.</summary>
    public required string Sentence { get; init; }

    /// <summary>What the devices alone and the phases and tokens say beside it, in sentences; null if nothing does.</summary>
    public string? Details { get; init; }

    /// <summary>The rule that decided, with its thresholds.</summary>
    public required string Rule { get; init; }

    /// <summary>Shares of the time between the first and the last request; together 1. Empty if the trace has no completions.</summary>
    public required LimitShare[] Shares { get; init; }

    /// <summary>The numbers that decided.</summary>
    public required Evidence[] Evidence { get; init; }

    /// <summary>What the device can do; null if neither stated nor seen in the trace.</summary>
    public LimitReference? Reference { get; init; }

    /// <summary>What mending it could bring at most, each under an assumption.</summary>
    public required LimitBound[] Bounds { get; init; }

    /// <summary>The least time with other devices; empty where the time in flight is not known.</summary>
    public OtherDevice[] OtherDevices { get; init; } = [];
}

/// <summary>What a run waits for.</summary>
public enum LimitKind
{
    /// <summary>The device: it is busy, and as fast as it can be.</summary>
    Device,

    /// <summary>Latency: the device is busy with few requests at once, far below what it can do.</summary>
    ShallowQueue,

    /// <summary>The way to the device: requests wait longer for their issue than for the device.</summary>
    Submission,

    /// <summary>Host or compute: most of the time nothing is in flight.</summary>
    Host,

    /// <summary>Several of these, none of which takes most of the time.</summary>
    Mixed,

    /// <summary>The trace does not tell.</summary>
    NotAnswerable,
}

/// <summary>A part of the time.</summary>
/// <param name="Name">What was going on.</param>
/// <param name="Share">0 to 1.</param>
public sealed record LimitShare(string Name, double Share);

/// <summary>What a device can do.</summary>
/// <param name="Source">What says so.</param>
/// <param name="ReadBytesPerSecond">Reading; null if not known.</param>
/// <param name="WriteBytesPerSecond">Writing; null if not known.</param>
/// <param name="IsLowerBound">True if it is only what the trace shows, and the device may do more.</param>
public sealed record LimitReference(string Source, double? ReadBytesPerSecond, double? WriteBytesPerSecond, bool IsLowerBound)
{
    /// <summary>True if the device does at most so much: what was measured is of larger requests.</summary>
    public bool IsUpperBound { get; init; }

    /// <summary>The measured points, in words, where the bandwidths are those at the run's request sizes and at its depth or deeper; null if they are not by size and depth.</summary>
    public string? Points { get; init; }

    /// <summary>Reading at the run's own request size and depth while busy; null if that was not measured.</summary>
    public double? ReadBytesPerSecondAtDepth { get; init; }

    /// <summary>Writing at the run's own request size and depth while busy.</summary>
    public double? WriteBytesPerSecondAtDepth { get; init; }
}

/// <summary>What a change could bring at most.</summary>
/// <param name="Change">The change.</param>
/// <param name="Speedup">The time now over the least time then; at least 1.</param>
/// <param name="Unit">What is meant by the time: <c>run</c> or <c>token</c>.</param>
/// <param name="Assumption">What must hold.</param>
public sealed record LimitBound(string Change, double Speedup, string Unit, string Assumption);

/// <summary>Kinds of limits as they are written.</summary>
public static class LimitKinds
{
    /// <summary>The kind as reports have it.</summary>
    public static string Name(this LimitKind kind) => kind switch
    {
        LimitKind.Device => "device-bound",
        LimitKind.ShallowQueue => "shallow queue",
        LimitKind.Submission => "submission-bound",
        LimitKind.Host => "host- or compute-bound",
        LimitKind.Mixed => "mixed",
        LimitKind.NotAnswerable => "not answerable",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
