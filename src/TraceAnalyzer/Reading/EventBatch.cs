namespace TraceAnalyzer.Reading;

/// <summary>The events decoded from one <see cref="TraceChunk"/>, in the order of the trace, and what else the chunk said. Reused.</summary>
public sealed class EventBatch
{
    private BlockEvent[] _events = new BlockEvent[8192];

    /// <summary>Number of events.</summary>
    public int Count { get; private set; }

    /// <summary>The events.</summary>
    public Span<BlockEvent> Events => _events.AsSpan(0, Count);

    /// <summary>What went wrong in the chunk.</summary>
    public ReadDiagnostics Diagnostics { get; } = new();

    /// <summary>Command names of processes that the chunk tells of, in the order of the trace.</summary>
    public ProcessNames Processes { get; } = new();

    /// <summary>Wall-clock time at the trace's start, in nanoseconds since 1970 UTC, if the chunk says so.</summary>
    public long? WallClockStartUnixNs { get; set; }

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

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Count = 0;
        Diagnostics.Clear();
        Processes.Clear();
        WallClockStartUnixNs = null;
        UnderstoodBytes = 0;
    }

    private void Grow() => Array.Resize(ref _events, _events.Length * 2);
}
