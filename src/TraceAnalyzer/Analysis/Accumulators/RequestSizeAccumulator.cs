using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Counts requests by exact size in bytes. If there are too many sizes, by ranges of sizes, which double as often as they must: neighbors are joined, so
/// the ranges are the same whatever came first. Number, sum, least and greatest stay exact.
/// </summary>
internal sealed class RequestSizeAccumulator(int maxSizes = RequestSizeAccumulator.MaxSizes) : IAccumulator<CountedIo, RequestSizeAccumulator>
{
    /// <summary>Most sizes told apart: each multiple of a sector up to 64 MiB.</summary>
    public const int MaxSizes = 1 << 17;

    // By size >> _shift. Of a range the least size stands for all.
    private Dictionary<uint, long> _counts = [];
    private int _shift;

    /// <summary>Requests.</summary>
    public long Requests { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Smallest size in bytes.</summary>
    public long Min { get; private set; } = long.MaxValue;

    /// <summary>Largest size in bytes.</summary>
    public long Max { get; private set; }

    /// <summary>True if nothing was added.</summary>
    public bool IsEmpty => _counts.Count == 0;

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        // Sizes come in long runs; a run costs one look-up.
        int i = 0;
        while (i < items.Length)
        {
            uint size = items[i].LengthBytes;
            int start = i;
            while (++i < items.Length && items[i].LengthBytes == size)
            {
            }

            Requests += i - start;
            Bytes += (long)size * (i - start);
            Min = Math.Min(Min, size);
            Max = Math.Max(Max, size);
            Count(size, i - start);
        }
    }

    /// <inheritdoc/>
    public void Merge(RequestSizeAccumulator other)
    {
        while (_shift < other._shift)
            Widen();
        foreach ((uint range, long count) in other._counts)
            Count(range << other._shift, count);
        Requests += other.Requests;
        Bytes += other.Bytes;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>Each size and its count, ascending.</summary>
    public SizeCount[] Sizes() => [.. _counts.OrderBy(pair => pair.Key).Select(pair => new SizeCount((long)pair.Key << _shift, pair.Value))];

    /// <summary>The result; there must be at least one request.</summary>
    public RequestSizeResult ToResult()
    {
        SizeCount[] sizes = Sizes();
        SizeCount dominating = sizes.MaxBy(size => (size.Requests, size.SizeBytes))!;
        return new RequestSizeResult(
            sizes,
            dominating.SizeBytes,
            dominating.Requests / (double)Requests,
            Bytes == 0 ? 0 : dominating.Requests * (double)dominating.SizeBytes / Bytes)
        {
            RangeBytes = _shift == 0 ? null : 1L << _shift,
        };
    }

    private void Count(uint size, long count)
    {
        ref long entry = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, size >> _shift, out bool exists);
        entry += count;
        if (exists)
            return;
        while (_counts.Count > maxSizes)
            Widen();
    }

    private void Widen()
    {
        _shift++;
        var wider = new Dictionary<uint, long>(maxSizes / 2);
        foreach ((uint range, long count) in _counts)
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(wider, range >> 1, out _) += count;
        _counts = wider;
    }
}
