namespace TraceAnalyzer.Writing;

/// <summary>
/// Puts requests, which end in any order, in the order of their start: the issue, or the queueing where nothing is issued. Holds those back that
/// started after one that is still in flight.
/// </summary>
internal sealed class RequestSorter
{
    /// <summary>Most requests held back. Beyond, what is in flight longest is given up: by then its completion was lost.</summary>
    public const int MaxHeld = 1 << 20;

    // Looking for the oldest request in flight costs time, so it is done only when the requests held have doubled.
    private const int LeastBeforeLook = 1 << 15;

    private IoRequest[] _held = new IoRequest[LeastBeforeLook];
    private IoRequest[] _sorted = [];
    private Start[] _starts = [];
    private int _lookAt = LeastBeforeLook;

    /// <summary>How many are held.</summary>
    public int Count { get; private set; }

    /// <summary>True if it is time to <see cref="Take"/>.</summary>
    public bool IsDue => Count >= _lookAt;

    /// <summary>Start of a request.</summary>
    public static long StartNsOf(in IoRequest request) => request.IssueTimeNs != IoRequest.NoTime ? request.IssueTimeNs : request.QueueTimeNs;

    /// <summary>Adds a request that ended.</summary>
    public void Add(in IoRequest request)
    {
        if (Count == _held.Length)
            Array.Resize(ref _held, _held.Length * 2);
        _held[Count++] = request;
    }

    /// <summary>Takes out, in order, all that started before <paramref name="beforeNs"/>: nothing may come any more that started earlier. Valid until the next call.</summary>
    public ReadOnlySpan<IoRequest> Take(long beforeNs)
    {
        Sort();
        int taken = 0;
        while (taken < Count && StartNsOf(_sorted[taken]) < beforeNs)
            taken++;
        Count -= taken;
        _sorted.AsSpan(taken, Count).CopyTo(_held);
        _lookAt = Math.Max(LeastBeforeLook, Math.Min(2 * Count, MaxHeld));
        return _sorted.AsSpan(0, taken);
    }

    /// <summary>Start of the request in the middle of those held.</summary>
    public long MiddleStartNs()
    {
        Sort();
        return StartNsOf(_sorted[Count / 2]);
    }

    // Requests are large, so their times are sorted and the requests then moved once. Those that started together stay in the order of their end.
    private void Sort()
    {
        if (_starts.Length < Count)
            (_starts, _sorted) = (new Start[_held.Length], new IoRequest[_held.Length]);
        for (int i = 0; i < Count; i++)
            _starts[i] = new Start(StartNsOf(_held[i]), i);
        Array.Sort(_starts, 0, Count);
        for (int i = 0; i < Count; i++)
            _sorted[i] = _held[_starts[i].Index];
    }

    private readonly record struct Start(long TimeNs, int Index) : IComparable<Start>
    {
        public int CompareTo(Start other)
        {
            int order = TimeNs.CompareTo(other.TimeNs);
            return order != 0 ? order : Index.CompareTo(other.Index);
        }
    }
}
