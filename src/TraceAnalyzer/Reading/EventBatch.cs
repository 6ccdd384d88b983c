using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Reading;

/// <summary>The events decoded from one <see cref="TraceChunk"/>, in the order of the trace, and what else the chunk said. Reused.</summary>
public sealed class EventBatch
{
    private readonly List<int> _runs = [];
    private BlockEvent[] _events = new BlockEvent[8192];
    private BlockEvent[] _sorted = [];
    private long[] _times = [];
    private int[] _order = [];
    private long[] _mergedTimes = [];
    private int[] _mergedOrder = [];

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

    /// <summary>When the trace started, if the source tells although the first event is not in it; else null.</summary>
    public long? StartNs { get; set; }

    /// <summary>What messages said and passthrough commands carried, in the order of the trace.</summary>
    public EventPayloads Payloads { get; } = new();

    /// <summary>Events that were older than the one before them, before <see cref="SortByTime"/>.</summary>
    public int Descents { get; private set; }

    /// <summary>Time of the event read first; after <see cref="SortByTime"/>, of a batch that is not empty.</summary>
    public long FirstReadNs { get; private set; }

    /// <summary>Time of the event read last; after <see cref="SortByTime"/>, of a batch that is not empty.</summary>
    public long LastReadNs { get; private set; }

    /// <summary>Bytes of the chunk that belong to records or lines that were understood, events or not.</summary>
    public long UnderstoodBytes { get; set; }

    /// <summary>Adds an event, all fields zero, and returns it to be filled in. The reference is valid until the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
        if (_runs.Count > 1)
            MergeRuns();
    }

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Count = 0;
        Diagnostics.Clear();
        Processes.Clear();
        Payloads.Clear();
        WallClock = null;
        StartNs = null;
        UnderstoodBytes = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    // Events are large, so their times and places are merged and the events then moved once.
    private void MergeRuns()
    {
        if (_times.Length < Count)
            (_times, _order, _mergedTimes, _mergedOrder) = (new long[_events.Length], new int[_events.Length], new long[_events.Length], new int[_events.Length]);
        for (int i = 0; i < Count; i++)
        {
            _times[i] = _events[i].TimeNs;
            _order[i] = i;
        }

        while (_runs.Count > 1)
            MergeRunsInPairs();

        if (_sorted.Length < Count)
            _sorted = new BlockEvent[_events.Length];
        for (int i = 0; i < Count; i++)
            _sorted[i] = _events[_order[i]];
        (_events, _sorted) = (_sorted, _events);
    }

    private void MergeRunsInPairs()
    {
        int kept = 0;
        for (int i = 0; i < _runs.Count; i += 2)
        {
            int start = _runs[i];
            MergePair(start, i + 1 < _runs.Count ? _runs[i + 1] : Count, i + 2 < _runs.Count ? _runs[i + 2] : Count);
            _runs[kept++] = start;
        }

        _runs.RemoveRange(kept, _runs.Count - kept);
        (_times, _mergedTimes) = (_mergedTimes, _times);
        (_order, _mergedOrder) = (_mergedOrder, _order);
    }

    private void MergePair(int start, int middle, int end)
    {
        ReadOnlySpan<long> times = _times;
        ReadOnlySpan<int> order = _order;
        Span<long> mergedTimes = _mergedTimes;
        Span<int> mergedOrder = _mergedOrder;
        int left = start;
        int right = middle;
        int to = start;
        while (left < middle && right < end)
        {
            long leftNs = times[left];
            long rightNs = times[right];
            bool takeRight = rightNs < leftNs || (rightNs == leftNs && Precedes(_events[order[right]], _events[order[left]]));

            // Which of two CPUs comes next is anybody's guess: without a branch there is nothing to guess wrong.
            int fromRight = takeRight ? 1 : 0;
            int from = left + ((right - left) * fromRight);
            mergedTimes[to] = times[from];
            mergedOrder[to] = order[from];
            right += fromRight;
            left += 1 - fromRight;
            to++;
        }

        int rest = left < middle ? left : right;
        int count = end - to;
        times.Slice(rest, count).CopyTo(mergedTimes[to..]);
        order.Slice(rest, count).CopyTo(mergedOrder[to..]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow() => Array.Resize(ref _events, _events.Length * 2);
}
