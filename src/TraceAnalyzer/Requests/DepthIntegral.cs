namespace TraceAnalyzer.Requests;

/// <summary>
/// The number in flight, added up over time: its difference between two times over the busy time between them is the mean depth. Exact at the times named
/// before, as a token's start; else to within a column, a few hundredths of a percent of the trace.
/// </summary>
/// <param name="exactNs">Times, ascending and each once. Of more than <see cref="MostExact"/> the first count.</param>
internal sealed class DepthIntegral(long[] exactNs)
{
    /// <summary>Most times at which it is exact: at each, all depths are added up.</summary>
    public const int MostExact = 1 << 13;

    // Columns grow by joining; so many are at most kept between two joints.
    private const int MostColumns = 1 << 12;

    private readonly long[] _exactNs = exactNs.Length <= MostExact ? exactNs : exactNs[..MostExact];
    private readonly List<(long TimeNs, double DepthNs)> _exact = [];
    private List<(long TimeNs, double DepthNs)> _columns = [];
    private (long[] TimesNs, double[] DepthNs)? _all;
    private int _next;

    /// <summary>The next of the times at which it is exact; the greatest number if there is none.</summary>
    public long NextNs => _next < _exactNs.Length ? _exactNs[_next] : long.MaxValue;

    /// <summary>The depth stays from one time to another.</summary>
    /// <param name="sinceNs">Start.</param>
    /// <param name="untilNs">End.</param>
    /// <param name="depthNs">The sum at the start, in requests times nanoseconds.</param>
    /// <param name="depth">The depth.</param>
    public void Pass(long sinceNs, long untilNs, double depthNs, int depth)
    {
        for (; NextNs <= untilNs; _next++)
        {
            if (NextNs >= sinceNs)
                _exact.Add((NextNs, depthNs + (depth * (double)(NextNs - sinceNs))));
        }
    }

    /// <summary>The sum at a time, which is not before any that was told before.</summary>
    public void Add(long timeNs, double depthNs)
    {
        if (_columns.Count > 0 && _columns[^1].TimeNs == timeNs)
            return;
        if (_columns.Count == MostColumns)
            _columns = [.. _columns.Where((_, index) => index % 2 == 0)];
        _columns.Add((timeNs, depthNs));
    }

    /// <summary>The first request and the last event; null if there are none.</summary>
    public (long FirstNs, long LastNs)? Span => _columns.Count == 0 ? null : (_columns[0].TimeNs, _columns[^1].TimeNs);

    /// <summary>Requests times nanoseconds between two times; null if nothing was added up.</summary>
    public double? Between(long fromNs, long toNs) => _columns.Count == 0 ? null : Math.Max(0, Until(toNs) - Until(fromNs));

    private double Until(long timeNs)
    {
        (long[] timesNs, double[] depthNs) = _all ??= InOrder();
        int at = Array.BinarySearch(timesNs, timeNs);
        if (at >= 0)
            return depthNs[at];
        int after = ~at;
        if (after == 0 || after == timesNs.Length)
            return depthNs[after == 0 ? 0 : ^1];
        return depthNs[after - 1] + ((depthNs[after] - depthNs[after - 1]) * (timeNs - timesNs[after - 1]) / (timesNs[after] - timesNs[after - 1]));
    }

    private (long[] TimesNs, double[] DepthNs) InOrder()
    {
        (long TimeNs, double DepthNs)[] all = [.. _columns.Concat(_exact).OrderBy(mark => mark.TimeNs).DistinctBy(mark => mark.TimeNs)];
        return ([.. all.Select(mark => mark.TimeNs)], [.. all.Select(mark => mark.DepthNs)]);
    }
}
