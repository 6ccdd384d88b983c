using System.Text.Json.Serialization;

namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>What btt tells of a device beyond latencies, all classes together (docs/analyses/btt.md). Requests without data are left out.</summary>
public sealed record StepResult
{
    /// <summary>The steps that occur, in the order of <see cref="Step"/>.</summary>
    public required StepStatistics[] Steps { get; init; }

    /// <summary>The same by process, those with most requests first, at most 50. The process is that of the queueing; of a request whose queueing is not in the trace that of its issue.</summary>
    public required UserSteps[] Processes { get; init; }

    /// <summary>The same by CPU, ascending.</summary>
    public required UserSteps[] Cpus { get; init; }

    /// <summary>Bios queued (Q).</summary>
    public required long Queued { get; init; }

    /// <summary>Requests issued (D), each time.</summary>
    public required long Issued { get; init; }

    /// <summary>Bios merged into a request (M, F).</summary>
    public required long Merged { get; init; }

    /// <summary><see cref="Queued"/> over <see cref="Issued"/>; null if nothing is queued or issued. Splits make it less, merges more than 1.</summary>
    public required double? MergeRatio { get; init; }

    /// <summary>Least length of an issued request, in sectors of 512 bytes; 0 if there is none.</summary>
    public required long MinSectors { get; init; }

    /// <summary>Greatest length, likewise.</summary>
    public required long MaxSectors { get; init; }

    /// <summary>Sectors of all issued requests.</summary>
    public required long TotalSectors { get; init; }

    /// <summary>Plugs (P).</summary>
    public required long Plugs { get; init; }

    /// <summary>Unplugs (U).</summary>
    public required long Unplugs { get; init; }

    /// <summary>Unplugs by the scheduler or a timer (UT).</summary>
    public required long TimerUnplugs { get; init; }

    /// <summary>Requests per unplug (U), as the kernel says it; null if there are none.</summary>
    public required double? RequestsPerUnplug { get; init; }

    /// <summary>The same per UT.</summary>
    public required double? RequestsPerTimerUnplug { get; init; }

    /// <summary>Periods in which queueings follow each other by less than 100 ms.</summary>
    public required ActivePeriods QueueActivity { get; init; }

    /// <summary>The same of completions.</summary>
    public required ActivePeriods CompletionActivity { get; init; }

    /// <summary>Bios given up because too many waited for their issue.</summary>
    public required long GivenUp { get; init; }
}

/// <summary>Steps of a request, as btt names them.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Step>))]
public enum Step
{
    /// <summary>From one queueing to the next.</summary>
    Q2Q,

    /// <summary>From queueing until a request was found for it.</summary>
    Q2G,

    /// <summary>From queueing to the merge into another's request.</summary>
    Q2M,

    /// <summary>From there to the insertion into the scheduler's queue.</summary>
    G2I,

    /// <summary>From the insertion to the issue.</summary>
    I2D,

    /// <summary>From the merge to the issue.</summary>
    M2D,

    /// <summary>From the last issue to the completion.</summary>
    D2C,

    /// <summary>From queueing to completion.</summary>
    Q2C,
}

/// <summary>How long a step took.</summary>
/// <param name="Step">The step.</param>
/// <param name="Count">How often it was seen.</param>
/// <param name="MinNs">Least time in nanoseconds.</param>
/// <param name="MeanNs">Mean.</param>
/// <param name="P50Ns">Median, to within 1.6 %.</param>
/// <param name="P99Ns">99th percentile, likewise.</param>
/// <param name="MaxNs">Greatest.</param>
public sealed record StepStatistics(Step Step, long Count, long MinNs, double MeanNs, double P50Ns, double P99Ns, long MaxNs);

/// <summary>Steps of one process or on one CPU.</summary>
/// <param name="Number">Of the process (thread) or CPU; null for those that are not told apart.</param>
/// <param name="Name">Command name of the process; null if the trace does not say, and for CPUs.</param>
/// <param name="Steps">Those that occur.</param>
public sealed record UserSteps(int? Number, string? Name, StepStatistics[] Steps);

/// <summary>Periods of activity.</summary>
/// <param name="Count">How many.</param>
/// <param name="ActiveNs">Their time together, each from its first to its last event, in nanoseconds.</param>
/// <param name="LongestNs">The longest one.</param>
/// <param name="LongestPauseNs">The longest time between two; 0 if there is one or none.</param>
public sealed record ActivePeriods(long Count, long ActiveNs, long LongestNs, long LongestPauseNs);
