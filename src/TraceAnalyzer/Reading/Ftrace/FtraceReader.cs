namespace TraceAnalyzer.Reading.Ftrace;

/// <summary>
/// Reads the text of <c>perf script</c>, <c>trace-cmd report</c> and tracefs' <c>trace</c> and <c>trace_pipe</c>. Tracepoints other than
/// those of the block layer, call stacks and headings are understood and left out.
/// </summary>
public sealed class FtraceReader : ITraceReader
{
    /// <summary>The format's name.</summary>
    public const string FormatName = "perf or ftrace text";

    private readonly LineChunker _chunker;

    private FtraceReader(TraceParts parts)
    {
        TraceInput input = parts.Inputs.Single();
        _chunker = new LineChunker(input, LineChunker.AfterLastNewline);
        Source = new TraceSource(parts.Name, FormatName, [input.Name]);
    }

    /// <inheritdoc/>
    public TraceSource Source { get; }

    /// <inheritdoc/>
    public bool HasCompletions => true;

    /// <inheritdoc/>
    public bool PromisesTimeOrder => true;

    /// <summary>True if one of the lines is an event of the block layer.</summary>
    public static bool Sniff(ReadOnlySpan<byte> bytes, ReadOptions options)
    {
        var lines = new TextLines(bytes);
        while (lines.MoveNext())
        {
            BlockEvent parsed = default;
            if (FtraceLineParser.Parse(lines.Line, ref parsed, out _, out _) == FtraceLine.Event)
                return true;
        }

        return false;
    }

    /// <summary>Opens a text; <paramref name="parts"/> has one input.</summary>
    public static FtraceReader Open(TraceParts parts, ReadOptions options) => new(parts);

    /// <inheritdoc/>
    public bool ReadChunk(TraceChunk chunk) => _chunker.Read(chunk);

    /// <inheritdoc/>
    public void Decode(TraceChunk chunk, EventBatch batch)
    {
        batch.Clear();
        batch.Diagnostics.Merge(chunk.Diagnostics);
        var lines = new TextLines(chunk.Bytes);
        while (lines.MoveNext())
        {
            ref BlockEvent parsed = ref batch.Append();
            FtraceLine kind = FtraceLineParser.Parse(lines.Line, ref parsed, out ReadOnlySpan<byte> name, out long lostEvents);

            // Without a newline it may be cut; only a bracket shows that an event is whole.
            if (!lines.IsTerminated && !lines.Line.EndsWith("]"u8))
                kind = lines.Line.IsEmpty ? FtraceLine.NoEvent : FtraceLine.NotUnderstood;
            if (kind == FtraceLine.Event && !name.IsEmpty && parsed.Pid != BlockEvent.UnknownPid)
                batch.Processes.Observe(parsed.Pid, name);
            if (kind != FtraceLine.Event)
                batch.RemoveLast();

            if (kind == FtraceLine.NotUnderstood)
            {
                LineChunker.CountNotUnderstood(chunk, lines.Start, lines.Length, batch);
                continue;
            }

            batch.UnderstoodBytes += lines.Length;
            if (lostEvents > 0)
                batch.Diagnostics.Add(ReadCounter.LostEvents, lostEvents);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _chunker.Dispose();
}
