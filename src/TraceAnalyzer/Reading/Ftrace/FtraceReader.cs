using System.Buffers;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading.Ftrace;

/// <summary>
/// Reads the text of <c>perf script</c>, <c>trace-cmd report</c> and tracefs' <c>trace</c> and <c>trace_pipe</c>. Tracepoints other than
/// those of the block layer, call stacks and headings are understood and left out.
/// </summary>
public sealed class FtraceReader : TextTraceReader
{
    /// <summary>The format's name.</summary>
    public const string FormatName = "perf or ftrace text";


    private FtraceReader(TraceParts parts)
        : base(parts, FormatName, BeforeLastEvent)
    {
    }

    /// <summary>The kernel's part of the call stacks of <c>perf record -g</c>.</summary>
    public override StackTable Stacks { get; } = new();

    /// <inheritdoc/>
    public override bool HasCompletions => true;

    /// <summary>True if one of the lines is an event of the block layer, or if the text is a tracer's and goes on beyond <see cref="TraceFormat.MaxSniffBytes"/>.</summary>
    public static bool Sniff(ReadOnlySpan<byte> bytes, ReadOptions options) =>
        FtraceSample.HasEvent(bytes) || (bytes.Length >= TraceFormat.MaxSniffBytes && FtraceSample.Of(bytes) is { IsTracerText: true, Fault: null });

    /// <summary>True if <paramref name="bytes"/> are a tracer's, but only what follows them can show whether it traced the block layer.</summary>
    internal static bool IsUndecided(ReadOnlySpan<byte> bytes) => !FtraceSample.HasEvent(bytes) && FtraceSample.Of(bytes) is { IsTracerText: true, Fault: null };

    /// <summary>Why a tracer's text that starts with <paramref name="bytes"/> cannot be read as a block trace, and what to do; null if it can, or is not a tracer's.</summary>
    internal static string? WhyNot(ReadOnlySpan<byte> bytes)
    {
        FtraceSample sample = FtraceSample.Of(bytes);
        return sample.Fault
            ?? (sample.IsTracerText && !FtraceSample.HasEvent(bytes) ? "text of perf, trace-cmd or ftrace without events of the block layer; trace block:block_rq_issue and block:block_rq_complete" : null);
    }

    /// <summary>Opens a text; <paramref name="parts"/> has one input.</summary>
    /// <exception cref="TraceException">Its times are not times of a clock.</exception>
    public static FtraceReader Open(TraceParts parts, ReadOptions options)
    {
        TraceInput input = parts.Inputs.Single();
        return FtraceSample.Of(input.First.Span).FaultOfTimes is { } fault ? throw new TraceException($"{input.Name}: {fault}") : new FtraceReader(parts);
    }

    /// <inheritdoc/>
    public override void AddEvents(TraceChunk chunk, EventBatch batch)
    {
        var lines = new TextLines(chunk.Bytes);
        int stackStart = 0;
        int stackEnd = 0;
        bool isEvent = false;
        while (lines.MoveNext())
        {
            if (stackEnd == lines.Start && FtraceLineParser.IsStackLine(lines.Line) && lines.IsTerminated)
            {
                stackEnd += lines.Length;
                batch.UnderstoodBytes += lines.Length;
                continue;
            }

            if (isEvent && stackEnd > stackStart)
                SetStack(chunk.Bytes[stackStart..stackEnd], batch);
            isEvent = DecodeLine(chunk, lines, batch);
            stackStart = stackEnd = lines.Start + lines.Length;
        }

        if (isEvent && stackEnd > stackStart)
            SetStack(chunk.Bytes[stackStart..stackEnd], batch);
    }

    // Where to cut: the lines of a stack belong to the event before them, and more of them may follow.
    private static int BeforeLastEvent(ReadOnlySpan<byte> bytes)
    {
        int end = LineChunker.AfterLastNewline(bytes);
        bool isFrame = true;
        while (isFrame && end > 0)
        {
            int start = LineChunker.AfterLastNewline(bytes[..(end - 1)]);
            isFrame = FtraceLineParser.IsStackLine(bytes[start..end].TrimEnd("\r\n "u8));
            end = start;
        }

        return end;
    }

    private static bool DecodeLine(TraceChunk chunk, in TextLines lines, EventBatch batch)
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
            return false;
        }

        batch.UnderstoodBytes += lines.Length;
        if (kind == FtraceLine.OtherEvent)
            CountOther(chunk, lines.Start, batch);
        if (lostEvents > 0)
            batch.Diagnostics.Add(ReadCounter.LostEvents, lostEvents);
        return kind == FtraceLine.Event;
    }

    private static void CountOther(TraceChunk chunk, int start, EventBatch batch)
    {
        ChunkSlice slice = chunk.Slices[0];
        batch.Diagnostics.AddAt(ReadCounter.OtherEvents, slice.File, slice.FileOffset + start);
    }

    private void SetStack(ReadOnlySpan<byte> text, EventBatch batch)
    {
        // Names are shorter than their lines.
        byte[] names = ArrayPool<byte>.Shared.Rent(text.Length);
        int length = 0;
        var lines = new TextLines(text);
        while (lines.MoveNext())
        {
            if (!FtraceLineParser.IsStackFrame(lines.Line))
                continue;
            ReadOnlySpan<byte> function = FtraceLineParser.KernelFunction(lines.Line, out bool isAddress);
            if (function.IsEmpty)
                break;
            if (isAddress)
            {
                names[length++] = (byte)'0';
                names[length++] = (byte)'x';
            }

            function.CopyTo(names.AsSpan(length));
            length += function.Length;
            names[length++] = (byte)'\n';
        }

        batch.Events[^1].Stack = Stacks.OfNames(names.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(names);
    }
}
