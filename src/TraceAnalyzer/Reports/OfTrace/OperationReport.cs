using System.Text.Json.Serialization;

namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>The counted requests of one operation class or rwbs string.</summary>
public sealed record OperationReport
{
    /// <summary>What it covers.</summary>
    public required OperationScope Scope { get; init; }

    /// <summary><c>transfers</c>; <c>read</c>, <c>write</c>, <c>discard</c>, <c>flush</c>, <c>other</c>; or the rwbs string.</summary>
    public required string Name { get; init; }

    /// <summary>The class that <see cref="Name"/> belongs to; null, as JSON <c>transfers</c>, for reads and writes together.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required OperationClass? Class { get; init; }

    /// <summary>Totals.</summary>
    public required OverviewResult Overview { get; init; }

    /// <summary>Exact sizes.</summary>
    public required RequestSizeResult Sizes { get; init; }

    /// <summary>Bandwidth and IOPS over time.</summary>
    public required ThroughputResult Throughput { get; init; }

    /// <summary>Accesses of each sector; null if the operation touches no sectors.</summary>
    public SectorAccessResult? SectorAccess { get; init; }

    /// <summary>Latencies; null if the trace has none.</summary>
    public LatencyResult? Latency { get; init; }

    /// <summary>Times from each counted request to the next; only of reads and of writes, and null for fewer than two.</summary>
    public LatencyStatistics? InterArrival { get; init; }

    /// <summary>How requests follow each other on the device; only of reads and of writes, and null unless a run's folder was analyzed or <c>--btt</c> asked for it.</summary>
    public SequenceResult? Sequence { get; init; }

    /// <summary>The same by offsets in files, of the requests that begin in a file of the run's extents; null if there are none.</summary>
    public SequenceResult? FileSequence { get; init; }
}
