using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// Requests in flight over time, from whole requests, in any order: the mean depth of a bin is the time that
/// requests spend in flight in it over its width (Little's law, J. D. C. Little, 1961); the greatest depth is that at the bin's
/// start or that right after one of its issues, because between issues the depth only falls.
/// </summary>
internal sealed class InFlightAccumulator(TimeScale columns) : IAccumulator<IoRequest, InFlightAccumulator>
{
    /// <summary>Most columns.</summary>
    public const int MaxColumns = 1024;

    private long[] _inFlightNs = new long[16];
    private long[] _greatestAtIssue = new long[16];
    private long[] _atStart = new long[16];
    private long[] _issuedAtDepth = new long[8];

    /// <summary>The columns.</summary>
    public TimeScale Columns { get; } = columns;

    /// <summary>Nanoseconds that requests spent in flight in each column, added up over the requests.</summary>
    public long[] InFlightNs => _inFlightNs;

    /// <summary>Greatest depth in each column.</summary>
    public long[] Greatest
    {
        get
        {
            long[] greatest = new long[_atStart.Length];
            for (int i = 0; i < greatest.Length; i++)
                greatest[i] = Math.Max(_atStart[i], _greatestAtIssue[i]);
            return greatest;
        }
    }

    /// <summary>For each depth the requests issued that then were that many in flight, themselves included.</summary>
    public long[] IssuedAtDepth => _issuedAtDepth;

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<IoRequest> items)
    {
        foreach (ref readonly IoRequest request in items)
        {
            long startNs = request.IssueTimeNs != IoRequest.NoTime ? request.IssueTimeNs : request.QueueTimeNs;
            if (request.QueueDepth >= _issuedAtDepth.Length)
                BinnedSeries.EnsureLength(ref _issuedAtDepth, (int)request.QueueDepth);
            _issuedAtDepth[request.QueueDepth]++;
            int first = Locate(startNs);
            _greatestAtIssue[first] = Math.Max(_greatestAtIssue[first], request.QueueDepth);
            if (request.CompleteTimeNs <= startNs)
                continue;

            int last = Locate(request.CompleteTimeNs);

            // The second look may have made the columns wider.
            first = Locate(startNs);
            long fromNs = Math.Max(startNs, Columns.OriginNs);
            for (int column = first; column < last; column++)
            {
                long endNs = Columns.OriginNs + ((column + 1) * Columns.WidthNs);
                _inFlightNs[column] += endNs - fromNs;
                _atStart[column + 1]++;
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
        EnsureLength(other._atStart.Length - 1);
        for (int i = 0; i < other._atStart.Length; i++)
        {
            _inFlightNs[i] += other._inFlightNs[i];
            _atStart[i] += other._atStart[i];
            _greatestAtIssue[i] = Math.Max(_greatestAtIssue[i], other._greatestAtIssue[i]);
        }

        BinnedSeries.EnsureLength(ref _issuedAtDepth, other._issuedAtDepth.Length - 1);
        for (int i = 0; i < other._issuedAtDepth.Length; i++)
            _issuedAtDepth[i] += other._issuedAtDepth[i];
    }

    private int Locate(long timeNs)
    {
        int column;
        while (!Columns.TryLocate(timeNs, out column))
            Grow();
        if (column >= _atStart.Length)
            EnsureLength(column);
        return column;
    }

    private void EnsureLength(int column)
    {
        BinnedSeries.EnsureLength(ref _inFlightNs, column);
        BinnedSeries.EnsureLength(ref _greatestAtIssue, column);
        BinnedSeries.EnsureLength(ref _atStart, column);
    }

    private void Grow()
    {
        int factor = Columns.Grow();
        BinnedSeries.Join(_inFlightNs, factor);
        long[] greatest = new long[_greatestAtIssue.Length];
        for (int i = 0; i < greatest.Length; i++)
            greatest[i / factor] = Math.Max(greatest[i / factor], _greatestAtIssue[i]);
        _greatestAtIssue = greatest;

        // What is in flight at the start of the first of the joined bins is in flight at the start of them all.
        long[] atStart = new long[_atStart.Length];
        for (int i = 0; i < atStart.Length; i += factor)
            atStart[i / factor] = _atStart[i];
        _atStart = atStart;
    }
}
