using System.Buffers.Binary;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>A trace whose events are given, cut into chunks of given numbers of events, the last number again and again.</summary>
internal sealed class EventListReader(BlockEvent[] events, params int[] chunkEvents) : ITraceReader
{
    private int _next;
    private int _chunks;

    public TraceSource Source { get; } = new("t", "events", ["t"]);

    public bool HasCompletions => true;

    public bool PromisesTimeOrder => false;

    public bool ReadChunk(TraceChunk chunk)
    {
        chunk.Clear();
        int count = Math.Min(events.Length - _next, chunkEvents[Math.Min(_chunks++, chunkEvents.Length - 1)]);
        if (count == 0)
            return false;
        Span<byte> cut = stackalloc byte[2 * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(cut, _next);
        BinaryPrimitives.WriteInt32LittleEndian(cut[sizeof(int)..], count);
        chunk.Append(cut);

        // So that the number of bytes does not depend on the cuts.
        chunk.Length = count;
        _next += count;
        return true;
    }

    public void AddEvents(TraceChunk chunk, EventBatch batch)
    {
        ReadOnlySpan<byte> cut = chunk.Buffer;
        foreach (ref readonly BlockEvent e in events.AsSpan(BinaryPrimitives.ReadInt32LittleEndian(cut), BinaryPrimitives.ReadInt32LittleEndian(cut[sizeof(int)..])))
            batch.Append() = e;
    }

    public void Dispose()
    {
    }
}
