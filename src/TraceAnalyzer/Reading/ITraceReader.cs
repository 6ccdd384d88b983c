using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading;

/// <summary>
/// A trace of some format, read in two steps so that several threads can share the work: chunks of bytes are cut off in
/// order, one at a time; each is then decoded by itself, on any thread.
/// </summary>
public interface ITraceReader : IDisposable
{
    /// <summary>What is read.</summary>
    TraceSource Source { get; }

    /// <summary>True if the format can carry completions; false for sources that only ever record one action.</summary>
    bool HasCompletions { get; }

    /// <summary>True if events that are older than the one before them are worth counting: text promises an order, the files of several CPUs do not.</summary>
    bool PromisesTimeOrder { get; }

    /// <summary>The kernel call stacks that <see cref="BlockEvent.Stack"/> numbers; null if the format carries none.</summary>
    StackTable? Stacks => null;

    /// <summary>Names of devices that the format names instead of numbering, or that the names of files tell; null if there are none.</summary>
    DeviceNames? Devices => null;

    /// <summary>Cuts off the next chunk. Not thread-safe. Clears <paramref name="chunk"/> first.</summary>
    /// <returns>False at the end of the trace; the chunk may then still carry diagnostics, but no bytes.</returns>
    /// <exception cref="TraceException">The input cannot be read on.</exception>
    bool ReadChunk(TraceChunk chunk);

    /// <summary>Adds what a chunk of this reader holds to <paramref name="batch"/>. Thread-safe; never throws on bad bytes but counts them. To be called through <see cref="TraceDecoding.Decode"/>.</summary>
    void AddEvents(TraceChunk chunk, EventBatch batch);
}

/// <summary>The second step of reading, the same for all formats.</summary>
public static class TraceDecoding
{
    /// <summary>Decodes a chunk of a reader into <paramref name="batch"/>, which is cleared first and also gets what went wrong while the chunk was cut. Thread-safe; never throws on bad bytes but counts them.</summary>
    /// <param name="reader">The reader that cut the chunk.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="batch">Is overwritten.</param>
    public static void Decode(this ITraceReader reader, TraceChunk chunk, EventBatch batch)
    {
        batch.Clear();
        batch.Diagnostics.Merge(chunk.Diagnostics);
        reader.AddEvents(chunk, batch);
    }
}

/// <summary>What a reader reads.</summary>
/// <param name="Name">Short name for titles.</param>
/// <param name="Format">The format's name.</param>
/// <param name="Files">Names of the files, without folders.</param>
public sealed record TraceSource(string Name, string Format, IReadOnlyList<string> Files)
{
    /// <summary>What it was opened from, to tell whether another trace is the same.</summary>
    internal IReadOnlyList<TraceInput> Inputs { get; set; } = [];

    /// <summary>How <see cref="Inputs"/> were opened; null if a reader was made without <see cref="TraceFormats"/>.</summary>
    internal (TraceFormat Format, ReadOptions Options)? Opened { get; set; }
}
