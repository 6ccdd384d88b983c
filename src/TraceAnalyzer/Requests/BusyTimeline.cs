using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Requests;

/// <summary>For how long something was in flight, over time: exact between the times named before, else to within a bin at either end. Times come in order.</summary>
/// <param name="originNs">Start of the bins.</param>
/// <param name="exactNs">Times, ascending and each once, between which the answer is exact.</param>
internal sealed class BusyTimeline(long originNs, long[] exactNs)
{
    private const int MaxBins = 1 << 15;

    private TimeScale _scale = TimeScale.Doubling(originNs, MaxBins);
    private long[] _binNs = new long[64];
    private double[]? _until;
    private long _firstNs = long.MaxValue;
    private long _lastNs = long.MinValue;
    private long _busyNs;

    // What was busy before those exact times at which it is another sum than before the one before them. Times up to _next have their sum.
    private List<Mark> _marks = [];
    private int _next;

    /// <summary>When something was in flight.</summary>
    public BusyIntervals Intervals { get; } = new();

    /// <summary>Width of the bins, in nanoseconds: within one, busy time is taken as spread evenly.</summary>
    public long WidthNs => _scale.WidthNs;

    /// <summary>Something was in flight from one time to another, not before the end of what was added last.</summary>
    public void Add(long fromNs, long toNs)
    {
        if (toNs <= fromNs)
            return;
        _until = null;
        Intervals.Add(fromNs, toNs);
        AddToBins(fromNs, toNs);
        if (_next < exactNs.Length && exactNs[_next] <= toNs)
            MarkUntil(fromNs, toNs);
        _busyNs += toNs - fromNs;
        _firstNs = Math.Min(_firstNs, fromNs);
        _lastNs = toNs;
    }

    /// <summary>The same times, to add others to.</summary>
    public BusyTimeline Copy()
    {
        var copy = (BusyTimeline)MemberwiseClone();
        copy._scale = _scale.Copy();
        copy._binNs = [.. _binNs];
        copy._marks = [.. _marks];
        return copy;
    }

    /// <summary>Nanoseconds busy between two times.</summary>
    public double BusyNs(long fromNs, long toNs) => Math.Max(0, BusyUntil(toNs) - BusyUntil(fromNs));

    private void AddToBins(long fromNs, long toNs)
    {
        int last;
        while (!_scale.TryLocate(toNs, out last))
            BinnedSeries.Join(_binNs, _scale.Grow());
        BinnedSeries.EnsureLength(ref _binNs, last);
        _scale.TryLocate(fromNs, out int first);
        long atNs = Math.Max(fromNs, _scale.OriginNs);
        for (int bin = first; bin < last; bin++)
        {
            long endNs = _scale.OriginNs + ((bin + 1) * _scale.WidthNs);
            _binNs[bin] += endNs - atNs;
            atNs = endNs;
        }

        _binNs[last] += toNs - atNs;
    }

    private void MarkUntil(long fromNs, long toNs)
    {
        int inside = Array.BinarySearch(exactNs, _next, exactNs.Length - _next, fromNs);
        inside = inside >= 0 ? inside : ~inside;
        if (inside > _next)
            Add(new Mark(_next, _busyNs));
        for (_next = inside; _next < exactNs.Length && exactNs[_next] <= toNs; _next++)
            Add(new Mark(_next, _busyNs + exactNs[_next] - fromNs));
    }

    private void Add(Mark mark)
    {
        if (_marks.Count == 0 ? mark.BusyNs > 0 : mark.BusyNs > _marks[^1].BusyNs)
            _marks.Add(mark);
    }

    private double BusyUntil(long timeNs)
    {
        if (timeNs <= _firstNs)
            return 0;
        if (timeNs >= _lastNs)
            return _busyNs;
        int exact = Array.BinarySearch(exactNs, timeNs);
        return exact >= 0 ? MarkedAt(exact) : BinnedUntil(timeNs);
    }

    private long MarkedAt(int index)
    {
        int at = _marks.BinarySearch(new Mark(index, 0));
        at = at >= 0 ? at : ~at - 1;
        return at >= 0 ? _marks[at].BusyNs : 0;
    }

    private double BinnedUntil(long timeNs)
    {
        long sinceNs = timeNs - _scale.OriginNs;
        if (sinceNs <= 0)
            return 0;
        double[] until = _until ??= RunningSums();
        long whole = Math.Min(sinceNs / _scale.WidthNs, _binNs.Length);
        return whole < _binNs.Length ? until[whole] + ((double)_binNs[whole] * (sinceNs % _scale.WidthNs) / _scale.WidthNs) : until[^1];
    }

    private double[] RunningSums()
    {
        double[] sums = new double[_binNs.Length + 1];
        for (int i = 0; i < _binNs.Length; i++)
            sums[i + 1] = sums[i] + _binNs[i];
        return sums;
    }

    private readonly record struct Mark(int Index, long BusyNs) : IComparable<Mark>
    {
        public int CompareTo(Mark other) => Index.CompareTo(other.Index);
    }
}
