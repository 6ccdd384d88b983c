using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Requests;

/// <summary>For how long something was under way, over time. Times come in order.</summary>
internal sealed class BusyTimeline(long originNs)
{
    private const int MaxBins = 1 << 15;

    private readonly TimeScale _scale = TimeScale.Doubling(originNs, MaxBins);
    private long[] _busyNs = new long[64];
    private double[]? _until;

    /// <summary>Width of the bins, in nanoseconds: within one, busy time is taken as spread evenly.</summary>
    public long WidthNs => _scale.WidthNs;

    /// <summary>Something was under way from one time to another.</summary>
    public void Add(long fromNs, long toNs)
    {
        _until = null;
        int last;
        while (!_scale.TryLocate(toNs, out last))
            BinnedSeries.Join(_busyNs, _scale.Grow());
        BinnedSeries.EnsureLength(ref _busyNs, last);
        _scale.TryLocate(fromNs, out int first);
        long atNs = Math.Max(fromNs, _scale.OriginNs);
        for (int bin = first; bin < last; bin++)
        {
            long endNs = _scale.OriginNs + ((bin + 1) * _scale.WidthNs);
            _busyNs[bin] += endNs - atNs;
            atNs = endNs;
        }

        _busyNs[last] += toNs - atNs;
    }

    /// <summary>Nanoseconds busy between two times.</summary>
    public double BusyNs(long fromNs, long toNs) => Math.Max(0, BusyUntil(toNs) - BusyUntil(fromNs));

    private double BusyUntil(long timeNs)
    {
        long sinceNs = timeNs - _scale.OriginNs;
        if (sinceNs <= 0)
            return 0;
        double[] until = _until ??= RunningSums();
        long whole = Math.Min(sinceNs / _scale.WidthNs, _busyNs.Length);
        return whole < _busyNs.Length ? until[whole] + ((double)_busyNs[whole] * (sinceNs % _scale.WidthNs) / _scale.WidthNs) : until[^1];
    }

    private double[] RunningSums()
    {
        double[] sums = new double[_busyNs.Length + 1];
        for (int i = 0; i < _busyNs.Length; i++)
            sums[i + 1] = sums[i] + _busyNs[i];
        return sums;
    }
}
