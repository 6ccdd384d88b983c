namespace TraceAnalyzer.Requests;

/// <summary>
/// When something was in flight, in so few intervals that a report can hold them: where there are more, those that lie closest are joined.
/// </summary>
internal sealed class BusyIntervals
{
    /// <summary>Most intervals.</summary>
    public const int Most = 2048;

    private const long LeastGapNs = 1000;

    private readonly List<(long FromNs, long ToNs)> _all = [];

    /// <summary>In the order of time; none touches another.</summary>
    public IReadOnlyList<(long FromNs, long ToNs)> All => _all;

    /// <summary>Pauses up to this long, in nanoseconds, lie within an interval; 0 if every pause is shown.</summary>
    public long JoinedGapNs { get; private set; }

    /// <summary>Adds one that does not begin before the one added last ends.</summary>
    public void Add(long fromNs, long toNs)
    {
        if (_all.Count > 0 && fromNs - _all[^1].ToNs <= JoinedGapNs)
        {
            _all[^1] = (_all[^1].FromNs, toNs);
            return;
        }

        _all.Add((fromNs, toNs));
        while (_all.Count > Most)
            Join();
    }

    private void Join()
    {
        JoinedGapNs = Math.Max(LeastGapNs, 2 * JoinedGapNs);
        int kept = 0;
        for (int i = 1; i < _all.Count; i++)
        {
            if (_all[i].FromNs - _all[kept].ToNs <= JoinedGapNs)
                _all[kept] = (_all[kept].FromNs, _all[i].ToNs);
            else
                _all[++kept] = _all[i];
        }

        _all.RemoveRange(kept + 1, _all.Count - kept - 1);
    }
}
