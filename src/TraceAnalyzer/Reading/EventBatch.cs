using System.Numerics;
using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Reading;

/// <summary>The events decoded from one <see cref="TraceChunk"/>, in the order of the trace, and what else the chunk said. Reused.</summary>
public sealed class EventBatch
{
    private readonly List<int> _runs = [];
    private BlockEvent[] _events = new BlockEvent[8192];
    private BlockEvent[] _sorted = [];
    private ulong[] _keys = [];
    private ulong[] _mergedKeys = [];

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

    // Events are large, so keys are merged and the events then moved once. A key is the event's time, counted from the earliest,
    // with its place in the low bits: one number to compare, and what is alike in time keeps its order.
    private void MergeRuns()
    {
        long earliestNs = long.MaxValue;
        long latestNs = long.MinValue;
        for (int i = 0; i < _runs.Count; i++)
        {
            int end = i + 1 < _runs.Count ? _runs[i + 1] : Count;
            earliestNs = Math.Min(earliestNs, _events[_runs[i]].TimeNs);
            latestNs = Math.Max(latestNs, _events[end - 1].TimeNs);
        }

        int placeBits = BitOperations.Log2((uint)Count) + 1;
        if ((UInt128)((Int128)latestNs - earliestNs) >> (64 - placeBits) != 0)
        {
            SortPlain(0, Count);
            return;
        }

        if (_keys.Length < Count)
            (_keys, _mergedKeys, _sorted) = (new ulong[_events.Length], new ulong[_events.Length], new BlockEvent[_events.Length]);
        for (int i = 0; i < Count; i++)
            _keys[i] = ((ulong)(_events[i].TimeNs - earliestNs) << placeBits) | (uint)i;
        while (_runs.Count > 1)
            MergeRunsInPairs();

        uint places = (1u << placeBits) - 1;
        bool anyAlike = false;
        ulong previousTime = ulong.MaxValue;
        for (int i = 0; i < Count; i++)
        {
            ulong key = _keys[i];
            _sorted[i] = _events[(int)(key & places)];
            anyAlike |= key >> placeBits == previousTime;
            previousTime = key >> placeBits;
        }

        (_events, _sorted) = (_sorted, _events);
        if (anyAlike)
            OrderAlikeInTime(placeBits);
    }

    private void MergeRunsInPairs()
    {
        int kept = 0;
        for (int i = 0; i < _runs.Count; i += 2)
        {
            int start = _runs[i];
            int middle = i + 1 < _runs.Count ? _runs[i + 1] : Count;
            int end = i + 2 < _runs.Count ? _runs[i + 2] : Count;
            MergePair(_keys.AsSpan(start, middle - start), _keys.AsSpan(middle, end - middle), _mergedKeys.AsSpan(start, end - start));
            _runs[kept++] = start;
        }

        _runs.RemoveRange(kept, _runs.Count - kept);
        (_keys, _mergedKeys) = (_mergedKeys, _keys);
    }

    private static void MergePair(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, Span<ulong> merged)
    {
        int fromLeft = 0;
        int fromRight = 0;
        while (fromLeft < left.Length && fromRight < right.Length)
        {
            // Which of two CPUs comes next is anybody's guess: without a branch there is nothing to guess wrong.
            ulong leftKey = left[fromLeft];
            ulong rightKey = right[fromRight];
            int takeRight = rightKey < leftKey ? 1 : 0;
            merged[fromLeft + fromRight] = Math.Min(leftKey, rightKey);
            fromRight += takeRight;
            fromLeft += 1 - takeRight;
        }

        left[fromLeft..].CopyTo(merged[(fromLeft + fromRight)..]);
        right[fromRight..].CopyTo(merged[(fromLeft + fromRight)..]);
    }

    private void OrderAlikeInTime(int placeBits)
    {
        for (int start = 0; start < Count - 1; start++)
        {
            ulong time = _keys[start] >> placeBits;
            if (_keys[start + 1] >> placeBits != time)
                continue;
            int end = start + 2;
            while (end < Count && _keys[end] >> placeBits == time)
                end++;
            SortPlain(start, end - start);
            start = end - 1;
        }
    }

    // For the few events of one time, and for times too far apart for a key: years within one chunk are damage.
    private void SortPlain(int start, int count)
    {
        bool ordered = true;
        for (int i = start + 1; i < start + count; i++)
            ordered &= !Precedes(_events[i], _events[i - 1]);
        if (ordered)
            return;
        BlockEvent[] sorted = [.. _events.Skip(start).Take(count).OrderBy(e => e.TimeNs).ThenBy(e => e.Device).ThenBy(e => e.Sequence)];
        sorted.CopyTo(_events, start);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow() => Array.Resize(ref _events, _events.Length * 2);
}
