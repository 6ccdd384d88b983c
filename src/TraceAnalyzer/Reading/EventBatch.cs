namespace TraceAnalyzer.Reading;

/// <summary>The events decoded from one <see cref="TraceChunk"/>, in the order of the trace, and what else the chunk said. Reused.</summary>
public sealed class EventBatch
{
    private readonly List<int> _runs = [];
    private BlockEvent[] _events = new BlockEvent[8192];
    private BlockEvent[] _scratch = [];

    /// <summary>Number of events.</summary>
    public int Count { get; private set; }

    /// <summary>The events.</summary>
    public Span<BlockEvent> Events => _events.AsSpan(0, Count);

    /// <summary>What went wrong in the chunk.</summary>
    public ReadDiagnostics Diagnostics { get; } = new();

    /// <summary>Command names of processes that the chunk tells of, in the order of the trace.</summary>
    public ProcessNames Processes { get; } = new();

    /// <summary>A moment on the trace's clock and on the wall clock, if the chunk tells one.</summary>
    public WallClockAnchor? WallClock { get; set; }

    /// <summary>Events that were older than the one before them, before <see cref="SortByTime"/>.</summary>
    public int Descents { get; private set; }

    /// <summary>Time of the event read first; after <see cref="SortByTime"/>, of a batch that is not empty.</summary>
    public long FirstReadNs { get; private set; }

    /// <summary>Time of the event read last; after <see cref="SortByTime"/>, of a batch that is not empty.</summary>
    public long LastReadNs { get; private set; }

    /// <summary>Bytes of the chunk that belong to records or lines that were understood, events or not.</summary>
    public long UnderstoodBytes { get; set; }

    /// <summary>Adds an event, all fields zero, and returns it to be filled in. The reference is valid until the next call.</summary>
    public ref BlockEvent Append()
    {
        if (Count == _events.Length)
            Grow();
        ref BlockEvent added = ref _events[Count++];
        added = default;
        return ref added;
    }

    /// <summary>Takes back the event added last.</summary>
    public void RemoveLast() => Count--;

    /// <summary>
    /// Sorts the events by time, then device, then sequence number, as blkparse does; events that are alike in these keep their order.
    /// A merge sort over the runs that are in order already: the files of a per-CPU set are such runs, most other traces are one.
    /// </summary>
    public void SortByTime()
    {
        if (Count == 0)
            return;
        FirstReadNs = _events[0].TimeNs;
        LastReadNs = _events[Count - 1].TimeNs;
        _runs.Clear();
        _runs.Add(0);
        for (int i = 1; i < Count; i++)
        {
            if (Precedes(_events[i], _events[i - 1]))
                _runs.Add(i);
        }

        Descents = CountTimeDescents();
        while (_runs.Count > 1)
            MergeRunsInPairs();
    }

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Count = 0;
        Diagnostics.Clear();
        Processes.Clear();
        WallClock = null;
        UnderstoodBytes = 0;
    }

    private static bool Precedes(in BlockEvent left, in BlockEvent right)
    {
        if (left.TimeNs != right.TimeNs)
            return left.TimeNs < right.TimeNs;
        if (left.Device != right.Device)
            return left.Device < right.Device;
        return left.Sequence < right.Sequence;
    }

    private int CountTimeDescents()
    {
        int descents = 0;
        foreach (int start in _runs)
        {
            if (start > 0 && _events[start].TimeNs < _events[start - 1].TimeNs)
                descents++;
        }

        return descents;
    }

    private void MergeRunsInPairs()
    {
        if (_scratch.Length < Count)
            _scratch = new BlockEvent[_events.Length];
        int kept = 0;
        for (int i = 0; i < _runs.Count; i += 2)
        {
            int start = _runs[i];
            int middle = i + 1 < _runs.Count ? _runs[i + 1] : Count;
            int end = i + 2 < _runs.Count ? _runs[i + 2] : Count;
            MergeRuns(_events.AsSpan(start, middle - start), _events.AsSpan(middle, end - middle), _scratch.AsSpan(start, end - start));
            _runs[kept++] = start;
        }

        _runs.RemoveRange(kept, _runs.Count - kept);
        (_events, _scratch) = (_scratch, _events);
    }

    private static void MergeRuns(ReadOnlySpan<BlockEvent> left, ReadOnlySpan<BlockEvent> right, Span<BlockEvent> merged)
    {
        int l = 0;
        int r = 0;
        while (l < left.Length && r < right.Length)
            merged[l + r] = Precedes(right[r], left[l]) ? right[r++] : left[l++];
        left[l..].CopyTo(merged[(l + r)..]);
        right[r..].CopyTo(merged[(left.Length + r)..]);
    }

    private void Grow() => Array.Resize(ref _events, _events.Length * 2);
}
