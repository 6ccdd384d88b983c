namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>How far the requests of a class begin from the end of the one before them, where that is not the same place.</summary>
public sealed record JumpResult
{
    /// <summary>Requests that begin behind the end of the one before.</summary>
    public required long Forward { get; init; }

    /// <summary>Requests that begin before it.</summary>
    public required long Backward { get; init; }

    /// <summary>Median distance in either direction, in bytes.</summary>
    public required double DistanceP50Bytes { get; init; }

    /// <summary>95th percentile of the distance in either direction, in bytes.</summary>
    public required double DistanceP95Bytes { get; init; }

    /// <summary>Greatest relative error of the percentiles.</summary>
    public required double RelativeError { get; init; }

    /// <summary>The most frequent distance from the beginning of one request to that of the next, of those that do not follow the one before, in bytes; negative if it leads back.</summary>
    public required long StrideBytes { get; init; }

    /// <summary>Requests at that distance, at least: at most a ninth of the jumps more.</summary>
    public required long StrideAtLeast { get; init; }

    /// <summary>The jumps by powers of two of their signed distance, ascending.</summary>
    public required JumpBucket[] Buckets { get; init; }
}

/// <summary>Jumps of about one distance.</summary>
/// <param name="LeastBytes">Least distance, negative for jumps back.</param>
/// <param name="GreatestBytes">Greatest distance.</param>
/// <param name="Count">Requests.</param>
public sealed record JumpBucket(long LeastBytes, long GreatestBytes, long Count);
