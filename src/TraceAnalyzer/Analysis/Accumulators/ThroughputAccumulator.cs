using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>Sums up requests and bytes in time bins, and the first and last time.</summary>
internal sealed class ThroughputAccumulator(TimeScale scale) : IAccumulator<CountedIo, ThroughputAccumulator>
{
    /// <summary>Bins kept at most while the length of the trace is not known; those shown are made of these.</summary>
    public const int MaxBins = 8192;

    /// <summary>The same for bins of a width that was asked for.</summary>
    public const int MaxAskedBins = 4_000_000;

    private readonly SparseBins _bins = new();

    /// <summary>The bins.</summary>
    public TimeScale Scale { get; } = scale;

    /// <summary>The bins that have requests, in no particular order, with these and their bytes.</summary>
    public IEnumerable<(int Bin, long Requests, long Bytes)> Bins => _bins.All;

    /// <summary>Least time; <see cref="long.MaxValue"/> if nothing was added.</summary>
    public long FirstNs { get; private set; } = long.MaxValue;

    /// <summary>Greatest time.</summary>
    public long LastNs { get; private set; } = long.MinValue;

    /// <summary>Requests beyond the last bin that a fixed scale can have.</summary>
    public long OutOfRange { get; private set; }

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        long firstNs = FirstNs;
        long lastNs = LastNs;
        int i = 0;
        while (i < items.Length)
        {
            if (!TryFindBin(items[i].TimeNs, out int bin))
            {
                OutOfRange++;
                firstNs = Math.Min(firstNs, items[i].TimeNs);
                lastNs = Math.Max(lastNs, items[i].TimeNs);
                i++;
                continue;
            }

            // Neighbours in time mostly share a bin: add them up before touching it.
            int start = i;
            long bytes = 0;
            do
            {
                ref readonly CountedIo item = ref items[i];
                firstNs = Math.Min(firstNs, item.TimeNs);
                lastNs = Math.Max(lastNs, item.TimeNs);
                bytes += item.LengthBytes;
            }
            while (++i < items.Length && Scale.IsInLastBin(items[i].TimeNs));
            _bins.Add(bin, i - start, bytes);
        }

        FirstNs = firstNs;
        LastNs = lastNs;
    }

    /// <summary>Takes <paramref name="timeNs"/> for the first and last time if nothing was added.</summary>
    public void StandAt(long timeNs)
    {
        if (FirstNs == long.MaxValue)
            FirstNs = LastNs = timeNs;
    }

    /// <inheritdoc/>
    public void Merge(ThroughputAccumulator other)
    {
        while (Scale.WidthNs < other.Scale.WidthNs)
            Grow();
        while (other.Scale.WidthNs < Scale.WidthNs)
            other.Grow();
        _bins.Add(other._bins);
        FirstNs = Math.Min(FirstNs, other.FirstNs);
        LastNs = Math.Max(LastNs, other.LastNs);
        OutOfRange += other.OutOfRange;
    }

    private bool TryFindBin(long timeNs, out int bin)
    {
        while (!Scale.TryLocate(timeNs, out bin))
        {
            if (Scale.IsFixed)
                return false;
            Grow();
        }

        return true;
    }

    private void Grow() => _bins.Join(Scale.Grow());
}
