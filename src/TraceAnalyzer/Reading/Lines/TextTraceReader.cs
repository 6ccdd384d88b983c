using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Lines;

/// <summary>A trace that is one text, cut into chunks of whole lines; what lines mean is the format's.</summary>
public abstract class TextTraceReader : ITraceReader
{
    private readonly LineChunker _chunker;

    /// <summary>Takes the only input of a trace.</summary>
    /// <param name="parts">The trace.</param>
    /// <param name="format">The format's name.</param>
    /// <param name="findCut">Where to cut; null for after any line.</param>
    private protected TextTraceReader(TraceParts parts, string format, LineChunker.CutFinder? findCut = null)
    {
        TraceInput input = parts.Inputs.Single();
        _chunker = new LineChunker(input, findCut ?? LineChunker.AfterLastNewline);
        Source = new TraceSource(parts.Name, format, [input.Name]);
    }

    /// <inheritdoc/>
    public TraceSource Source { get; }

    /// <inheritdoc/>
    public abstract bool HasCompletions { get; }

    /// <inheritdoc/>
    public virtual bool PromisesTimeOrder => true;

    /// <inheritdoc/>
    public virtual StackTable? Stacks => null;

    /// <inheritdoc/>
    public virtual DeviceNames? Devices => null;

    /// <inheritdoc/>
    public virtual bool ReadChunk(TraceChunk chunk) => _chunker.Read(chunk);

    /// <inheritdoc/>
    public abstract void AddEvents(TraceChunk chunk, EventBatch batch);

    /// <inheritdoc/>
    public void Dispose()
    {
        _chunker.Dispose();
        GC.SuppressFinalize(this);
    }
}
