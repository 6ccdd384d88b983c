using System.Text.Json.Serialization;

namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>What one device did.</summary>
public sealed record DeviceReport
{
    /// <summary><c>major,minor</c>, or <c>unknown</c> where the source names none.</summary>
    public required string Device { get; init; }

    /// <summary>Its name, where the source names devices instead of numbering them (biosnoop, fio, Windows; <see cref="Device"/> is then a number given here), or where blktrace called its files by it.</summary>
    public string? Name { get; init; }

    /// <summary>Events of the device by action, before any filter.</summary>
    public required ActionCount[] Actions { get; init; }

    /// <summary>Reads and writes together (<see cref="OperationScope.Transfers"/>), then each class, then each exact rwbs string: whatever occurs.</summary>
    public required OperationReport[] Operations { get; init; }

    /// <summary>From the first to the last counted request of any operation of the device, in nanoseconds; 0 if there are fewer than two.</summary>
    public long CountedSpanNs { get; init; }

    /// <summary>Share of read bytes in read and written bytes, 0 to 1; null if there are none.</summary>
    public double? ReadShareOfBytes { get; init; }

    /// <summary>Share of reads in reads and writes, 0 to 1; null if there are none.</summary>
    public double? ReadShareOfRequests { get; init; }

    /// <summary>Counted requests by process, most bytes first.</summary>
    public required ProcessUse[] Processes { get; init; }

    /// <summary>What processes did beyond those in <see cref="Processes"/>; null if all are there.</summary>
    public OtherProcesses? OtherProcesses { get; init; }

    /// <summary>Counted requests by CPU, in the order of the CPUs; empty if the source does not say.</summary>
    public required CpuUse[] Cpus { get; init; }

    /// <summary>Counted requests by the path through the kernel that issued them, most bytes first; empty if no call stacks were recorded.</summary>
    public PathUse[] Paths { get; init; } = [];

    /// <summary>Counted requests by kernel call stack, ordered by class and frames; empty if none were recorded.</summary>
    public FoldedStack[] Stacks { get; init; } = [];

    /// <summary>
    /// Issues (D) of requests that had been issued before and went back to the queue. They are not requests of their own, and not counted as such.
    /// Of the whole device, whatever the filter; 0 if the trace has no completions, which tell them from requests.
    /// </summary>
    public long Reissues { get; init; }

    /// <summary>How all requests follow each other, as biopattern and btt count it; null unless a run's folder was analyzed or <c>--btt</c> asked for it, and of several devices together.</summary>
    public DeviceSequence? Sequence { get; init; }

    /// <summary>What btt tells beyond latencies; null unless <c>--btt</c> asked for it, and of several devices together.</summary>
    public StepResult? Steps { get; init; }

    /// <summary>Slow requests over time, of reads and of writes, whichever have latencies; empty of several devices together.</summary>
    public TailResult[] Tails { get; init; } = [];

    /// <summary>Latency of reads by what was written just before them; null if nothing is, with a filter, and of several devices together.</summary>
    public WriteInterference? Interference { get; init; }

    /// <summary>Requests in flight; null if the trace has no completions.</summary>
    public QueueDepthResult? QueueDepth { get; init; }

    /// <summary>What the device's time went to; null if the trace has no completions.</summary>
    public TimeUse? TimeUse { get; init; }

    /// <summary>What limits the run as far as this device shows it; null in reports of versions that did not say.</summary>
    public LimitVerdict? Limit { get; init; }

    /// <summary>When pages were accessed again, and what more memory would save; null if nothing was read or written, and in reports of versions that did not say.</summary>
    public ReuseResult? Reuse { get; init; }

    /// <summary>What the writes mean for the wear of a drive; null if nothing was written, and in reports of versions that did not say.</summary>
    public WearResult? Wear { get; init; }

    /// <summary>The touched part of the device cut into rows of equal length, gaps left out: the space axis of the heatmaps and of the access map. Null if no reads or writes were counted.</summary>
    public SpaceAxis? Space { get; init; }

    /// <summary>Sectors read and written over space and time; whichever occur.</summary>
    public required SectorTimeResult[] SectorTime { get; init; }

    /// <summary>Reads and writes together; null if none were counted.</summary>
    [JsonIgnore]
    public OperationReport? Transfers => Operations.FirstOrDefault(operation => operation.Scope == OperationScope.Transfers);

    /// <summary>Reads; null if none were counted.</summary>
    [JsonIgnore]
    public OperationReport? Read => OfClass(OperationClass.Read);

    /// <summary>Writes; null if none were counted.</summary>
    [JsonIgnore]
    public OperationReport? Write => OfClass(OperationClass.Write);

    /// <summary>The operations by exact rwbs string.</summary>
    [JsonIgnore]
    public IEnumerable<OperationReport> ByRwbs => Operations.Where(operation => operation.Scope == OperationScope.Rwbs);

    /// <summary>Bytes read and written.</summary>
    [JsonIgnore]
    public long TransferredBytes => Transfers?.Overview.Bytes ?? 0;

    /// <summary>The counted requests of a class; null if there are none.</summary>
    public OperationReport? OfClass(OperationClass @class) =>
        Operations.FirstOrDefault(operation => operation.Scope == OperationScope.Class && operation.Class == @class && operation.Overview.Requests > 0);

    /// <summary>What to call it: the name, if there is one, with the number that options take.</summary>
    public string Label() => string.IsNullOrWhiteSpace(Name) ? Device : $"{Name} ({Device})";
}
