namespace TraceAnalyzer.Requests;

/// <summary>What is under way on a device.</summary>
internal sealed class DeviceFlight(BusyTimeline? busy = null)
{
    /// <summary>True once a request was issued (D).</summary>
    public bool SawIssue { get; set; }

    /// <summary>True once something completed (C).</summary>
    public bool SawCompletion { get; set; }

    /// <summary>Requests between D and C.</summary>
    public DepthClock Issued { get; } = new(busy);

    /// <summary>When requests were between D and C; null unless it was asked for.</summary>
    public BusyTimeline? Busy => busy;

    /// <summary>Bios between Q and D, merge or C. On bio-based devices this is what is in flight.</summary>
    public DepthClock Queued { get; } = new();
}

/// <summary>A number of things under way, and for how long there were how many.</summary>
internal sealed class DepthClock(BusyTimeline? busy = null)
{
    private long[] _timeAtDepthNs = new long[64];
    private int _greatest;
    private int _depth;
    private long _sinceNs = long.MinValue;

    /// <summary>For each depth from 0 on the time spent at it between the first and the last change, in nanoseconds.</summary>
    public ReadOnlySpan<long> TimeAtDepthNs => _timeAtDepthNs.AsSpan(0, _greatest + 1);

    /// <summary>One more.</summary>
    /// <returns>How many there are now.</returns>
    public uint Enter(long timeNs)
    {
        Pass(timeNs);
        _depth++;
        _greatest = Math.Max(_greatest, _depth);
        if (_depth == _timeAtDepthNs.Length)
            Array.Resize(ref _timeAtDepthNs, _timeAtDepthNs.Length * 2);
        return (uint)_depth;
    }

    /// <summary>One less.</summary>
    public void Leave(long timeNs)
    {
        Pass(timeNs);
        _depth = Math.Max(0, _depth - 1);
    }

    // Where the clock ran backwards no time has passed.
    private void Pass(long timeNs)
    {
        if (_sinceNs != long.MinValue && timeNs > _sinceNs)
        {
            _timeAtDepthNs[_depth] += timeNs - _sinceNs;
            if (_depth > 0)
                busy?.Add(_sinceNs, timeNs);
        }

        _sinceNs = Math.Max(_sinceNs, timeNs);
    }
}
