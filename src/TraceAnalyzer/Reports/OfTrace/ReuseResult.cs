namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>
/// When pages of 4 KiB that a device served were accessed again, and what a cache in front of it, besides what there was, would have served (docs/analyses/reuse.md).
/// Bytes are those of whole pages: a request that touches a page touches all of it.
/// </summary>
public sealed record ReuseResult
{
    /// <summary>Bytes of a page.</summary>
    public required long PageBytes { get; init; }

    /// <summary>Bytes of the pages that reads touch, each time.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Bytes of the pages that writes touch, each time.</summary>
    public required long WriteBytes { get; init; }

    /// <summary>Bytes of the distinct pages that reads and writes touch; estimated if <see cref="SampledShare"/> is below 1.</summary>
    public required long FootprintBytes { get; init; }

    /// <summary>Share of the pages that was followed, above 0 to 1; 1 if all is exact.</summary>
    public required double SampledShare { get; init; }

    /// <summary>
    /// Estimated standard error of the saved shares that a sample gives, 0 to 1, at sizes that are right to within 2 %: half the greatest difference between the curves of two halves of it;
    /// 0 if all is exact.
    /// </summary>
    public required double SamplingError { get; init; }

    /// <summary>Reads of pages that were accessed before; null if nothing was read.</summary>
    public ReuseStatistics? Read { get; init; }

    /// <summary>Writes of pages that were accessed before; null if nothing was written.</summary>
    public ReuseStatistics? Write { get; init; }

    /// <summary>What added memory would have saved, ascending by its size; empty if nothing was read.</summary>
    public required MemoryPoint[] Memory { get; init; }

    /// <summary>The distinct pages accessed over time.</summary>
    public required WorkingSet WorkingSet { get; init; }

    /// <summary>The distinct pages read in each token; empty unless tokens are known and this is the run's device.</summary>
    public TokenWorkingSet[] Tokens { get; init; } = [];

    /// <summary>By layer and expert; empty unless it is known where they lie.</summary>
    public ReuseGroup[] Groups { get; init; } = [];

    /// <summary>Share of the bytes read that <paramref name="savedBytes"/> are, 0 to 1.</summary>
    public double ShareOfReads(long savedBytes) => ReadBytes == 0 ? 0 : (double)savedBytes / ReadBytes;
}

/// <summary>Accesses of one kind by how long ago the page was accessed before, weighted by bytes.</summary>
public sealed record ReuseStatistics
{
    /// <summary>Bytes of accesses to pages that were accessed before, by a read or a write.</summary>
    public required long AgainBytes { get; init; }

    /// <summary>Bytes of first accesses.</summary>
    public required long FirstBytes { get; init; }

    /// <summary>Median reuse distance: bytes of distinct pages accessed since the page was accessed before, itself included. Null, as the others, if no page was accessed again.</summary>
    public double? DistanceP50Bytes { get; init; }

    /// <summary>Its 90th percentile.</summary>
    public double? DistanceP90Bytes { get; init; }

    /// <summary>Its 99th percentile.</summary>
    public double? DistanceP99Bytes { get; init; }

    /// <summary>Median time since the page was accessed before, in nanoseconds.</summary>
    public double? TimeP50Ns { get; init; }

    /// <summary>Its 90th percentile.</summary>
    public double? TimeP90Ns { get; init; }

    /// <summary>Its 99th percentile.</summary>
    public double? TimeP99Ns { get; init; }
}

/// <summary>What a cache of some memory, added to what there was, would have saved. The first read of a page is never saved; a page that was written before is in the cache.</summary>
/// <param name="AddedBytes">The memory.</param>
/// <param name="LruSavedBytes">Bytes of reads that it serves if it keeps what was used last: a lower bound of what the same memory saves added to an LRU cache.</param>
/// <param name="OptimalSavedBytes">The same if it knows the future (Belady's MIN, which need not take a page): no cache saves more.</param>
/// <param name="PinnedSavedBytes">The same if it keeps a fixed set of pages, the best there is, from the first access of each.</param>
public readonly record struct MemoryPoint(long AddedBytes, long LruSavedBytes, long OptimalSavedBytes, long PinnedSavedBytes);

/// <summary>Distinct pages in windows of time.</summary>
/// <param name="Windows">The windows.</param>
/// <param name="UniqueBytes">Bytes of the distinct pages accessed in each.</param>
/// <param name="NewBytes">Bytes of those of them that were never accessed before.</param>
public sealed record WorkingSet(TimeBinning Windows, long[] UniqueBytes, long[] NewBytes);

/// <summary>Distinct pages that a token read.</summary>
/// <param name="Index">Number of the token.</param>
/// <param name="UniqueBytes">Bytes of the distinct pages.</param>
/// <param name="RepeatedBytes">Bytes of those of them that the token before read too.</param>
public readonly record struct TokenWorkingSet(int Index, long UniqueBytes, long RepeatedBytes);

/// <summary>Pages of a layer, or of an expert of it.</summary>
public sealed record ReuseGroup
{
    /// <summary>The layer; null for what is of no layer (embeddings, output head).</summary>
    public int? Layer { get; init; }

    /// <summary>The expert; null for what all tokens use.</summary>
    public int? Expert { get; init; }

    /// <summary>Bytes of the distinct pages that were read.</summary>
    public required long FootprintBytes { get; init; }

    /// <summary>Bytes of the pages read, each time.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Bytes of reads that pinning it would save: all but the first read of each page.</summary>
    public required long AgainBytes { get; init; }

    /// <summary>Median reuse distance in bytes of distinct pages of the device; null if nothing was read again.</summary>
    public double? DistanceP50Bytes { get; init; }

    /// <summary>Median time since the page was accessed before, in nanoseconds.</summary>
    public double? TimeP50Ns { get; init; }
}
