using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Requests;

/// <summary>Times in which nothing was in flight, by their length: the first ones as they are, as most of thousands of devices have few, then a histogram.</summary>
internal sealed class IdleGaps
{
    /// <summary>2^7 buckets a power of two: percentiles to 0.4 %.</summary>
    public const int PrecisionBits = 7;

    private const int Few = 64;

    private long[] _few = [];
    private int _fewCount;
    private LogHistogram? _histogram;

    /// <summary>How many.</summary>
    public long Count { get; private set; }

    /// <summary>Their sum, in nanoseconds.</summary>
    public long TotalNs { get; private set; }

    /// <summary>The longest, in nanoseconds; 0 if there is none.</summary>
    public long LongestNs { get; private set; }

    /// <summary>Adds one.</summary>
    public void Add(long gapNs)
    {
        Count++;
        TotalNs += gapNs;
        LongestNs = Math.Max(LongestNs, gapNs);
        if (_histogram is not null)
        {
            _histogram.Add(gapNs);
            return;
        }

        if (_fewCount == Few)
        {
            _histogram = Filled();
            _histogram.Add(gapNs);
            _few = [];
            return;
        }

        if (_fewCount == _few.Length)
            Array.Resize(ref _few, Math.Max(4, 2 * _fewCount));
        _few[_fewCount++] = gapNs;
    }

    /// <summary>All of them as a histogram of <see cref="PrecisionBits"/>.</summary>
    public LogHistogram ToHistogram() => _histogram ?? Filled();

    /// <summary>The same gaps, to add others to.</summary>
    public IdleGaps Copy()
    {
        var copy = (IdleGaps)MemberwiseClone();
        copy._few = [.. _few];
        if (_histogram is null)
            return copy;
        copy._histogram = new LogHistogram(PrecisionBits);
        copy._histogram.Merge(_histogram);
        return copy;
    }

    private LogHistogram Filled()
    {
        var histogram = new LogHistogram(PrecisionBits);
        foreach (long gapNs in _few.AsSpan(0, _fewCount))
            histogram.Add(gapNs);
        return histogram;
    }
}
