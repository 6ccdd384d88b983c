namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>What a trace's writes mean for the wear of a drive (docs/analyses/wear.md). How often the drive itself rewrites data is not visible in a block trace.</summary>
public sealed record WearResult
{
    /// <summary>Bytes written.</summary>
    public required long WriteBytes { get; init; }

    /// <summary>Writes.</summary>
    public required long WriteRequests { get; init; }

    /// <summary>Bytes of the distinct sectors written; null if that is not known.</summary>
    public long? FootprintBytes { get; init; }

    /// <summary>Bytes written over the distinct ones, 1 or more: how often each was written on average.</summary>
    public double? RewriteFactor { get; init; }

    /// <summary>Time that rates are over: from the first to the last counted request of the trace, of all devices, in nanoseconds.</summary>
    public required long SpanNs { get; init; }

    /// <summary>Bytes per day if it went on like this; null for a trace without a span.</summary>
    public double? BytesPerDay { get; init; }

    /// <summary>Mean bytes written during a decoded token, or a pass; null if none are known or this is not the run's device.</summary>
    public double? BytesPerToken { get; init; }

    /// <summary>Median of the bytes written to the device between two writes of a page of 4 KiB; null if no page was written twice.</summary>
    public double? OverwriteP50Bytes { get; init; }

    /// <summary>Its 90th percentile.</summary>
    public double? OverwriteP90Bytes { get; init; }

    /// <summary>Writes that do not fill whole units, by the size of the unit.</summary>
    public required PartialWrites[] PartialWrites { get; init; }

    /// <summary>Discards.</summary>
    public long DiscardRequests { get; init; }

    /// <summary>Bytes discarded, each time.</summary>
    public long DiscardBytes { get; init; }

    /// <summary>Capacity of the drive in bytes, if the user says so.</summary>
    public long? CapacityBytes { get; init; }

    /// <summary>Bytes that the drive is rated for in its life (TBW), if the user says so.</summary>
    public long? RatedBytes { get; init; }

    /// <summary>Drive writes per day (DWPD) at this rate: bytes per day over the capacity.</summary>
    public double? DriveWritesPerDay { get; init; }

    /// <summary>Years of 365.25 days until the rated bytes are written at this rate; null also if nothing is written.</summary>
    public double? YearsToRated { get; init; }
}

/// <summary>Writes that begin or end within a unit, such as the indirection unit of a drive: it has to read the rest of the unit and write all of it, unless it collects such writes first.</summary>
/// <param name="UnitBytes">Size of the unit.</param>
/// <param name="Requests">Writes that begin or end within one: all that are smaller, and those that are not aligned.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="UnitsBytes">Bytes of all units that all writes touch, each time: over the bytes written, the most that such units amplify writes.</param>
public readonly record struct PartialWrites(long UnitBytes, long Requests, long Bytes, long UnitsBytes);
