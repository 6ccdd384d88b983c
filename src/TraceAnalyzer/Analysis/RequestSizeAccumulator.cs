using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Analysis;

/// <summary>Counts requests by exact size in bytes.</summary>
internal sealed class RequestSizeAccumulator : IAccumulator<CountedIo, RequestSizeAccumulator>
{
    private readonly Dictionary<uint, long> _counts = [];

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

            Count(size, i - start);
        }
    }

    /// <inheritdoc/>
    public void Merge(RequestSizeAccumulator other)
    {
        foreach ((uint size, long count) in other._counts)
            Count(size, count);
    }

    /// <summary>Each size and its count, ascending.</summary>
    public SizeCount[] Sizes() => [.. _counts.OrderBy(pair => pair.Key).Select(pair => new SizeCount(pair.Key, pair.Value))];

    /// <summary>The result; there must be at least one request.</summary>
    public RequestSizeResult ToResult()
    {
        SizeCount[] sizes = Sizes();
        SizeCount dominating = sizes.MaxBy(size => (size.Requests, size.SizeBytes))!;
        double requests = sizes.Sum(size => size.Requests);
        double bytes = sizes.Sum(size => (double)size.Requests * size.SizeBytes);
        return new RequestSizeResult(
            sizes,
            dominating.SizeBytes,
            dominating.Requests / requests,
            bytes == 0 ? 0 : dominating.Requests * (double)dominating.SizeBytes / bytes);
    }

    private void Count(uint size, long count)
    {
        ref long entry = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, size, out _);
        entry += count;
    }
}
