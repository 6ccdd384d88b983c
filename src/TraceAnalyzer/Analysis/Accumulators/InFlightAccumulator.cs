using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Requests in flight over time, from whole requests, in any order: the mean depth of a bin is the time that
/// requests spend in flight in it over its width (Little's law, J. D. C. Little, 1961).
/// </summary>
internal sealed class InFlightAccumulator(TimeScale columns) : IAccumulator<IoRequest, InFlightAccumulator>
{
    private long[] _inFlightNs = new long[16];

    /// <summary>The columns.</summary>
    public TimeScale Columns { get; } = columns;

    /// <summary>Nanoseconds that requests spent in flight in each column, added up over the requests.</summary>
    public long[] InFlightNs => _inFlightNs;

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<IoRequest> items)
    {
        foreach (ref readonly IoRequest request in items)
        {
            long startNs = request.IssueTimeNs != IoRequest.NoTime ? request.IssueTimeNs : request.QueueTimeNs;
            if (request.CompleteTimeNs <= startNs)
                continue;

            // Looking for the end may make the columns wider.
            int last = Locate(request.CompleteTimeNs);
            int first = Locate(startNs);
            long fromNs = Math.Max(startNs, Columns.OriginNs);
            for (int column = first; column < last; column++)
            {
                long endNs = Columns.OriginNs + ((column + 1) * Columns.WidthNs);
                _inFlightNs[column] += endNs - fromNs;
                fromNs = endNs;
            }

            _inFlightNs[last] += request.CompleteTimeNs - fromNs;
        }
    }

    /// <inheritdoc/>
    public void Merge(InFlightAccumulator other)
    {
        while (Columns.WidthNs < other.Columns.WidthNs)
            Grow();
        while (other.Columns.WidthNs < Columns.WidthNs)
            other.Grow();
        BinnedSeries.EnsureLength(ref _inFlightNs, other._inFlightNs.Length - 1);
        BinnedSeries.Add(_inFlightNs, other._inFlightNs);
    }

    /// <summary>Joins columns until no more than <paramref name="maxColumns"/> reach up to a time, and says how many those are.</summary>
    public int Shorten(long lastNs, int maxColumns)
    {
        int last;
        while (!Columns.TryLocate(lastNs, out last) || last >= maxColumns)
            Grow();
        return last + 1;
    }

    private int Locate(long timeNs)
    {
        int column;
        while (!Columns.TryLocate(timeNs, out column))
            Grow();
        BinnedSeries.EnsureLength(ref _inFlightNs, column);
        return column;
    }

    /// <summary>Joins columns.</summary>
    public void Grow() => BinnedSeries.Join(_inFlightNs, Columns.Grow());
}
