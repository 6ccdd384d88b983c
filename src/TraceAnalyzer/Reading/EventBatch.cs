using System.Runtime.CompilerServices;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading;

/// <summary>The events decoded from one <see cref="TraceChunk"/>, in the order of the trace, and what else the chunk said. Reused.</summary>
public sealed class EventBatch
{
    private BlockEvent[] _events = new BlockEvent[8192];
    private readonly TimeOrder _order = new();
    private BlockEvent[] _sorted = [];

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

    /// <summary>Sequence numbers, of texts that print them.</summary>
    internal TextSequences Sequences { get; } = new();

    /// <summary>When the trace started, if the source tells although the first event is not in it; else null.</summary>
    public long? StartNs { get; set; }

    /// <summary>What messages said and passthrough commands carried, in the order of the trace.</summary>
    public EventPayloads Payloads { get; } = new();

    /// <summary>Events of this batch and before whose times cannot be right, taken out of <see cref="Events"/>.</summary>
    internal List<BlockEvent> FarOff { get; } = [];

    /// <summary>Events that were older than the one before them, before <see cref="SortByTime"/>.</summary>
    public int Descents { get; private set; }

    /// <summary>Time of the event read first; after <see cref="SortByTime"/>, of a batch that is not empty.</summary>
    public long FirstReadNs { get; private set; }

    /// <summary>Time of the event read last; after <see cref="SortByTime"/>, of a batch that is not empty.</summary>
    public long LastReadNs { get; private set; }

    /// <summary>The device of all events; null if there are several. After <see cref="SortByTime"/>, of a batch that is not empty.</summary>
    public DeviceId? OnlyDevice { get; private set; }

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

    /// <summary>Adds a copy of an event and returns it to be changed. The reference is valid until the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref BlockEvent Append(in BlockEvent like)
    {
        if (Count == _events.Length)
            Grow();
        ref BlockEvent added = ref _events[Count++];
        added = like;
        return ref added;
    }

    /// <summary>Takes back the event added last.</summary>
    public void RemoveLast() => Count--;

    /// <summary>Removes events at impossible sectors, which count as bad records, and sorts the others by time, then device, then sequence number, as blkparse does; events that are alike in these keep their order.</summary>
    public void SortByTime()
    {
        if (Count == 0)
            return;
        FirstReadNs = _events[0].TimeNs;
        LastReadNs = _events[Count - 1].TimeNs;
        Descents = 0;
        bool anyAlike = false;
        DeviceId device = _events[0].Device;
        bool areOfOneDevice = true;
        ulong sectors = _events[0].Sector | _events[0].RelatedSector;
        for (int i = 1; i < Count; i++)
        {
            sectors |= _events[i].Sector | _events[i].RelatedSector;
            areOfOneDevice &= _events[i].Device == device;
            if (_events[i].TimeNs <= _events[i - 1].TimeNs)
            {
                bool alike = _events[i].TimeNs == _events[i - 1].TimeNs;
                anyAlike |= alike;
                Descents += alike ? 0 : 1;
            }
        }

        OnlyDevice = areOfOneDevice ? device : null;
        if (sectors >= BlockEvent.MaxSector && RemoveImpossible())
        {
            SortByTime();
            return;
        }

        if (Descents > 0)
            anyAlike = MoveInOrderOfTime();
        if (anyAlike)
            OrderAlikeInTime();
    }

    /// <summary>Has these events instead of its own.</summary>
    internal void Keep(ReadOnlySpan<BlockEvent> events)
    {
        if (_events.Length < events.Length)
            _events = new BlockEvent[events.Length];
        events.CopyTo(_events);
        Count = events.Length;
    }

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Count = 0;
        Diagnostics.Clear();
        Processes.Clear();
        Payloads.Clear();
        Sequences.Clear();
        FarOff.Clear();
        WallClock = null;
        StartNs = null;
        OnlyDevice = null;
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

    private bool RemoveImpossible()
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_events[i].Sector <= BlockEvent.MaxSector && _events[i].RelatedSector <= BlockEvent.MaxSector)
                _events[kept++] = _events[i];
        }

        int removed = Count - kept;
        Diagnostics.Add(ReadCounter.BadRecords, removed);
        Count = kept;
        return removed > 0;
    }

    // Events are large, so each is moved once, when its place is known. Returns whether any two may have the same time.
    private bool MoveInOrderOfTime()
    {
        long earliestNs = long.MaxValue;
        for (int i = 0; i < Count; i++)
            earliestNs = Math.Min(earliestNs, _events[i].TimeNs);
        _order.Start(Count, earliestNs);
        _order.Reserve(Count);
        for (int i = 0; i < Count; i++)
            _order.Add(_events[i].TimeNs, i);
        if (!_order.TrySort())
        {
            SortPlain(0, Count);
            return false;
        }

        if (_sorted.Length < Count)
            _sorted = new BlockEvent[_events.Length];
        for (int i = 0; i < Count; i++)
            _sorted[i] = _events[_order.PlaceAt(i)];
        (_events, _sorted) = (_sorted, _events);
        return true;
    }

    private void OrderAlikeInTime()
    {
        for (int start = 0; start < Count - 1; start++)
        {
            long timeNs = _events[start].TimeNs;
            if (_events[start + 1].TimeNs != timeNs)
                continue;
            int end = start + 2;
            while (end < Count && _events[end].TimeNs == timeNs)
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
