using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading.Bpftrace;

/// <summary>
/// Reads the text of the study's bpftrace probe: issue events only, without device, CPU, process or completion. What bpftrace
/// says before the first event (warnings, <c>Attaching 1 probe...</c>) is skipped, <c>Lost N events</c> is counted wherever it stands.
/// </summary>
public sealed class BpftraceCsvReader : TextTraceReader
{
    /// <summary>The format's name.</summary>
    public const string FormatName = "bpftrace CSV";

    // Shorter than anything that a line of events, or a prompt (a@b:~$), is.
    private const int ShortestLine = 6;


    private BpftraceCsvReader(TraceParts parts)
        : base(parts, FormatName)
    {
    }

    /// <inheritdoc/>
    public override bool HasCompletions => false;

    /// <summary>True if one of the lines is an event.</summary>
    public static bool Sniff(ReadOnlySpan<byte> bytes, ReadOptions options)
    {
        var lines = new TextLines(bytes);
        while (lines.MoveNext())
        {
            BlockEvent parsed = default;
            if (BpftraceCsvLineParser.TryParseLine(lines.Line, ref parsed))
                return true;
        }

        return false;
    }

    /// <summary>Opens a text; the only one of <paramref name="parts"/>.</summary>
    public static BpftraceCsvReader Open(TraceParts parts, ReadOptions options) => new(parts);

    /// <inheritdoc/>
    public override void AddEvents(TraceChunk chunk, EventBatch batch)
    {
        ReadOnlySpan<byte> bytes = chunk.Bytes;
        Span<BpftraceCsvLineParser.LineShape> shapes = stackalloc BpftraceCsvLineParser.LineShape[BpftraceCsvLineParser.Shapes];
        shapes.Clear();
        int position = 0;
        while (position < bytes.Length)
        {
            int end = char.IsAsciiDigit((char)bytes[position]) ? BpftraceCsvLineParser.ParseLines(bytes, position, batch, shapes) : position;
            end += TextLines.BlankLines(bytes[end..]);
            batch.UnderstoodBytes += end - position;
            position = end;
            if (position == bytes.Length)
                break;

            int lines = 0;
            int length = IsBeforeFirstEvent(chunk, batch) ? 0 : TextLines.ShortLines(bytes[position..], ShortestLine, out lines);
            if (length > 0)
                LineChunker.CountNotUnderstood(chunk, position, length, batch, lines);
            else
                length = DecodeOtherLine(chunk, position, batch);
            position += length;
        }
    }

    // Decodes a line that is not exactly as the probe writes events, and returns its length.
    private static int DecodeOtherLine(TraceChunk chunk, int start, EventBatch batch)
    {
        ReadOnlySpan<byte> line = chunk.Bytes[start..];
        int newline = line.IndexOf((byte)'\n');
        int length = newline < 0 ? line.Length : newline + 1;
        line = ToolLines.WithoutInterrupt(line[..(newline < 0 ? line.Length : newline)].TrimEnd((byte)'\r'));

        if (IsUnderstood(line, newline >= 0, IsBeforeFirstEvent(chunk, batch), batch))
            batch.UnderstoodBytes += length;
        else
            LineChunker.CountNotUnderstood(chunk, start, length, batch);
        return length;
    }

    private static bool IsUnderstood(ReadOnlySpan<byte> line, bool isTerminated, bool isBeforeFirstEvent, EventBatch batch)
    {
        if (MayBeEvent(line))
        {
            ref BlockEvent parsed = ref batch.Append();
            if (BpftraceCsvLineParser.TryParseLine(line, ref parsed) && (isTerminated || parsed.LengthBytes == (ulong)parsed.LengthSectors * BlockEvent.SectorBytes))
                return true;

            // An unterminated line whose sectors do not make its bytes has lost digits.
            batch.RemoveLast();
        }

        if (TryReadLost(line, out long lost))
        {
            batch.Diagnostics.Add(ReadCounter.LostEvents, lost);
            return true;
        }

        if (ToolLines.IsToolLine(line, out lost))
        {
            batch.Diagnostics.Add(ReadCounter.LostEvents, lost);
            return true;
        }

        return line.Trim(" \t"u8).IsEmpty || (isBeforeFirstEvent && isTerminated && !LooksLikeEvent(line));
    }

    private static bool IsBeforeFirstEvent(TraceChunk chunk, EventBatch batch) => batch.Count == 0 && chunk.Slices[0].FileOffset == 0;

    private static bool MayBeEvent(ReadOnlySpan<byte> line) => !line.IsEmpty && (char.IsAsciiDigit((char)line[0]) || line[0] is (byte)' ' or (byte)'\t');

    // Newer versions say "WARNING: Lost ...".
    private static bool TryReadLost(ReadOnlySpan<byte> line, out long lost)
    {
        lost = 0;
        if (line.StartsWith("WARNING: "u8))
            line = line["WARNING: "u8.Length..];
        if (!line.StartsWith("Lost "u8))
            return false;

        TextNumbers.Number number = TextNumbers.Read(line, "Lost "u8.Length);
        lost = (long)Math.Min(number.Value, int.MaxValue);
        return number.End > "Lost "u8.Length && line[number.End..].StartsWith(" event"u8);
    }

    private static bool LooksLikeEvent(ReadOnlySpan<byte> line)
    {
        TextNumbers.Number number = TextNumbers.Read(line, 0);
        return number.End > 0 && number.End < line.Length && line[number.End] == ',';
    }
}
