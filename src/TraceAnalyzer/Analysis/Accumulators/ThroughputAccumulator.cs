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
    public void Add(ReadOnlySpan<CountedIo> items) => Add(items, null);

    /// <summary>Adds requests to these bins and to the columns of <paramref name="activity"/>, for which another walk through them would take as long again.</summary>
    public void Add(ReadOnlySpan<CountedIo> items, ActivityAccumulator? activity)
    {
        while (!items.IsEmpty)
        {
            long timeNs = items[0].TimeNs;
            bool hasBin = TryFindBin(timeNs, out int bin);
            (long startNs, long endNs) = hasBin ? Scale.LastBinNs : (timeNs, timeNs);
            int column = 0;
            if (activity is not null)
            {
                column = activity.Find(timeNs, out long columnStartNs, out long columnEndNs);
                (startNs, endNs) = (Math.Max(startNs, columnStartNs), Math.Min(endNs, columnEndNs));
            }

            // Neighbors in time mostly share a bin: they are added up before touching it.
            var run = CountedRun.Of(items, startNs, endNs);
            if (hasBin)
                _bins.Add(bin, run.Count, run.Bytes);
            else
                OutOfRange += run.Count;
            activity?.Add(column, run);
            FirstNs = Math.Min(FirstNs, run.FirstNs);
            LastNs = Math.Max(LastNs, run.LastNs);
            items = items[run.Count..];
        }
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
