using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading.Blkparse;

/// <summary>
/// Reads what blkparse prints: its default format, or that of a <c>-f</c> string. With either, what blkparse prints in its
/// own way is known too: messages (which <c>-f</c> does not change), statistics, the files it opened.
/// </summary>
public sealed class BlkparseReader : TextTraceReader
{
    /// <summary>The format's name.</summary>
    public const string FormatName = "blkparse text";

    // "a (1)", a process of the statistics.
    private const int ShortestLine = 5;

    // A message has at most 128 bytes (BLK_TN_MAX_MSG).
    private const int MostLookedBack = 4096;

    private readonly BlkparseFormat? _format;

    // True if blank lines, and lines shorter than the shortest record, are not part of a record.
    private readonly bool _hasLines;
    private readonly int _shortestLine;

    private BlkparseReader(TraceParts parts, BlkparseFormat? format)
        : base(
            parts,
            format is null ? FormatName : FormatName + ", custom format" + format.Assumptions,
            format is { IsOneLine: false } records ? bytes => AfterLastRecord(records, bytes) : bytes => BeforeLastEvent(format, bytes))
    {
        _format = format;
        _hasLines = format is null || format.IsOneLine;
        _shortestLine = format is null ? ShortestLine : Math.Min(ShortestLine, format.ShortestLine);
    }

    // What a piece of the text is.
    private enum Piece
    {
        Event,
        NoEvent,
        NotUnderstood,
    }

    /// <inheritdoc/>
    public override bool HasCompletions => _format is null || _format.HasNanoseconds;

    /// <summary>
    /// True if one of the lines is an event, of the default format or of <see cref="ReadOptions.BlkparseFormat"/>, without which
    /// a custom format cannot be told from any other text.
    /// </summary>
    /// <exception cref="TraceException">The format string cannot be understood.</exception>
    public static bool Sniff(ReadOnlySpan<byte> bytes, ReadOptions options)
    {
        BlkparseFormat? format = BlkparseFormat.Compile(options);
        while (!bytes.IsEmpty)
        {
            BlockEvent parsed = default;
            if (ReadPiece(format, bytes, endsText: true, isAfterMessage: false, ref parsed, out _, out int length, out _) == Piece.Event)
                return true;
            bytes = bytes[length..];
        }

        return false;
    }

    /// <summary>Opens a text; the only one of <paramref name="parts"/>.</summary>
    /// <exception cref="TraceException"><see cref="ReadOptions.BlkparseFormat"/> cannot be understood.</exception>
    public static BlkparseReader Open(TraceParts parts, ReadOptions options) => new(parts, BlkparseFormat.Compile(options));

    /// <inheritdoc/>
    public override void AddEvents(TraceChunk chunk, EventBatch batch)
    {
        ReadOnlySpan<byte> bytes = chunk.Bytes;
        bool isAfterMessage = false;
        int length;
        for (int position = 0; position < bytes.Length; position += length)
        {
            if (_hasLines && (length = SkipLines(chunk, position, isAfterMessage, batch)) > 0)
                continue;
            ref BlockEvent parsed = ref batch.Append();
            Piece piece = ReadPiece(_format, bytes[position..], endsText: true, isAfterMessage, ref parsed, out ReadOnlySpan<byte> name, out length, out long lostEvents);
            if (piece == Piece.Event)
            {
                isAfterMessage = parsed.Action == BlockAction.Message;
                if (isAfterMessage)
                    batch.Payloads.Add(parsed, MessageOf(bytes.Slice(position, length)), cgroupId: null);
                if (!name.IsEmpty)
                    batch.Processes.Observe(parsed.Pid, name);
                batch.Sequences.Observe(parsed, chunk.Slices[0].FileOffset + position);
                batch.UnderstoodBytes += length;
                continue;
            }

            batch.RemoveLast();
            if (piece == Piece.NoEvent)
            {
                batch.UnderstoodBytes += length;
                if (lostEvents > 0)
                    batch.Diagnostics.Add(ReadCounter.LostEvents, lostEvents);
            }
            else
            {
                LineChunker.CountNotUnderstood(chunk, position, length, batch);
            }
        }
    }

    // Takes many blank or short lines in one go. Returns their bytes.
    private int SkipLines(TraceChunk chunk, int position, bool isAfterMessage, EventBatch batch)
    {
        ReadOnlySpan<byte> text = chunk.Bytes[position..];
        int length = TextLines.BlankLines(text);
        batch.UnderstoodBytes += length;
        if (length > 0 || isAfterMessage)
            return length;
        length = TextLines.ShortLines(text, _shortestLine, out int lines);
        if (length > 0)
            LineChunker.CountNotUnderstood(chunk, position, length, batch, lines);
        return length;
    }

    // Reads what the text starts with: a record of the format, or a line.
    private static Piece ReadPiece(
        BlkparseFormat? format,
        ReadOnlySpan<byte> text,
        bool endsText,
        bool isAfterMessage,
        ref BlockEvent parsed,
        out ReadOnlySpan<byte> name,
        out int length,
        out long lostEvents)
    {
        lostEvents = 0;
        if (format is not null && format.TryRead(text, endsText, ref parsed, out name, out length))
            return HasPossibleSectors(parsed) ? Piece.Event : Piece.NotUnderstood;

        int newline = text.IndexOf((byte)'\n');
        bool isTerminated = newline >= 0;
        length = isTerminated ? newline + 1 : text.Length;
        ReadOnlySpan<byte> line = text[..(isTerminated ? newline : length)];
        if (!line.IsEmpty && line[^1] == '\r')
            line = line[..^1];
        line = ToolLines.WithoutInterrupt(line);

        // Without a newline it may be cut, and a number at its end may have lost digits; or it is many records of a format without newlines.
        bool isWhole = isTerminated || (format is not { IsOneLine: false } && !line.IsEmpty && !char.IsAsciiDigit((char)line[^1]));
        bool mayBeEvent = !line.IsEmpty && (line[0] == ' ' || char.IsAsciiDigit((char)line[0]));
        if (mayBeEvent && isWhole && BlkparseLineParser.TryParseLine(line, ref parsed, out name))
            return HasPossibleSectors(parsed) ? Piece.Event : Piece.NotUnderstood;

        name = default;
        if (!(mayBeEvent && BlkparseLineParser.LooksLikeEvent(line)) && (BlkparseSummary.IsSummaryLine(line, out lostEvents) || isAfterMessage))
            return Piece.NoEvent;
        if (format is { IsOneLine: false })
            length = LengthOfDamage(format, text[..length], endsText);
        return Piece.NotUnderstood;
    }

    // Beyond these a number is damaged.
    private static bool HasPossibleSectors(in BlockEvent e) => e.Sector <= BlockEvent.MaxSector && e.RelatedSector <= BlockEvent.MaxSector;

    // "  8,0    0        0     0.1 0  m   N text": what stands behind the letters.
    private static ReadOnlySpan<byte> MessageOf(ReadOnlySpan<byte> line)
    {
        int at = line.IndexOf(" m   N "u8);
        return at < 0 ? default : line[(at + 7)..].TrimEnd("\r\n"u8);
    }

    // Up to the next place where a record can be read. A number must not be entered in its middle.
    private static int LengthOfDamage(BlkparseFormat format, ReadOnlySpan<byte> line, bool endsText)
    {
        for (int i = 1; i < line.Length; i++)
        {
            BlockEvent parsed = default;
            if (!char.IsAsciiDigit((char)line[i - 1]) && format.TryRead(line[i..], endsText, ref parsed, out _, out _))
                return i;
        }

        return line.Length;
    }

    // Messages may contain newlines, so only a line that starts an event surely starts a line of blkparse's.
    private static int BeforeLastEvent(BlkparseFormat? format, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> before = bytes;
        while (before.LastIndexOf((byte)'\n') is var newline and >= 0 && bytes.Length - newline < MostLookedBack)
        {
            if (StartsEvent(format, bytes[(newline + 1)..]))
                return newline + 1;
            before = bytes[..newline].TrimEnd("\r\n"u8);
        }

        return LineChunker.AfterLastNewline(bytes);
    }

    private static bool StartsEvent(BlkparseFormat? format, ReadOnlySpan<byte> text)
    {
        BlockEvent parsed = default;
        return BlkparseLineParser.LooksLikeEvent(text) || (format is not null && format.TryRead(text, endsInput: false, ref parsed, out _, out _));
    }

    // For formats whose records are not lines.
    private static int AfterLastRecord(BlkparseFormat format, ReadOnlySpan<byte> bytes)
    {
        int cut = 0;
        for (int position = 0; position < bytes.Length;)
        {
            BlockEvent parsed = default;
            Piece piece = ReadPiece(format, bytes[position..], endsText: false, isAfterMessage: true, ref parsed, out _, out int length, out _);
            position += length;
            if (piece == Piece.Event && parsed.Action != BlockAction.Message && position < bytes.Length)
                cut = position;
        }

        return cut;
    }
}
