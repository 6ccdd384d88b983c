using TraceAnalyzer.Findings;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis;

/// <summary>What to compute.</summary>
public sealed record AnalysisOptions
{
    /// <summary>The action that counts as one request. Issue by default, as in the study: what the device was asked to do.</summary>
    public BlockAction CountedAction { get; init; } = BlockAction.Issue;

    /// <summary>Width of the time bins in nanoseconds; null chooses a round width that gives 200 to 1000 bins.</summary>
    public long? BinWidthNs { get; init; }

    /// <summary>Report the study's own numbers too: its definitions, issue events, whole seconds of the trace clock.</summary>
    public bool Study { get; init; }

    /// <summary>Compute btt's numbers too (<see cref="DeviceReport.Steps"/>), and of a trace alone how requests follow each other. It takes a look-up for each of a request's events.</summary>
    public bool Btt { get; init; }

    /// <summary>Compute <see cref="DeviceReport.SectorTime"/>, which takes most of the time and memory of a short trace; else it is empty, and the rows of <see cref="DeviceReport.Space"/> may be smaller.</summary>
    public bool Heatmaps { get; init; } = true;

    /// <summary>What to count.</summary>
    public EventFilter Filter { get; init; } = EventFilter.None;

    /// <summary>What decides the findings.</summary>
    public Thresholds Thresholds { get; init; } = new();

    /// <summary>The questions that are asked of the busiest device.</summary>
    public IReadOnlyList<FindingRule<TraceFacts>> Rules { get; init; } = RunFindings.All;

    /// <summary>What the device can read, in GiB/s, where a trace is analyzed alone; of a run its folder says, or <see cref="OfRun.RunOptions"/>.</summary>
    public double? RooflineGiBPerSecond { get; init; }

    /// <summary>What the device did by request size and depth, measured apart, where a trace is analyzed alone.</summary>
    public IReadOnlyList<DevicePoint> DevicePoints { get; init; } = [];

    /// <summary>What is known of the drive, for its wear.</summary>
    public DriveRating Drive { get; init; } = DriveRating.Unknown;

    /// <summary>
    /// Memory that the analysis may use, in bytes: beyond about a fifth of it the sector access map, the only part that grows with the trace, keeps a sample of the
    /// device's space, and <see cref="SectorAccessResult"/> becomes an estimate that says so. Null for no limit.
    /// </summary>
    public long? MaxMemoryBytes { get; init; }

    /// <summary>Threads that decode and accumulate; the result does not depend on it.</summary>
    public int Workers { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 8);
}
