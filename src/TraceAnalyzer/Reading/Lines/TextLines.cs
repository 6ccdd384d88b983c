namespace TraceAnalyzer.Reading.Lines;

/// <summary>Walks through the lines of a text. Blank lines that follow each other are one empty line, which takes no time for each.</summary>
internal ref struct TextLines(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;

    /// <summary>Index of the line's first byte.</summary>
    public int Start { get; private set; }

    /// <summary>Its bytes, with the newline.</summary>
    public int Length { get; private set; }

    /// <summary>True if a newline ends it; without one it is the text's last and may be cut off.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>Lines shorter than this mean nothing, and many of them are one step; 0 if any line may mean something.</summary>
    public int Shortest { get; init; }

    /// <summary>How many lines that are too short the current step stands for; <see cref="Line"/> is then empty. 0 if it is a line like any other.</summary>
    public int TooShort { get; private set; }

    /// <summary>The line without newline, carriage return and trailing spaces.</summary>
    public ReadOnlySpan<byte> Line { get; private set; }

    /// <summary>Goes to the next line; false if there is none.</summary>
    public bool MoveNext()
    {
        Start += Length;
        ReadOnlySpan<byte> rest = _text[Start..];
        if (rest.IsEmpty)
            return false;

        int blank = BlankLines(rest);
        if (blank > 0)
        {
            IsTerminated = true;
            Length = blank;
            Line = default;
            TooShort = 0;
            return true;
        }

        int shorter = ShortLines(rest, Shortest, out int tooShort);
        TooShort = tooShort;
        if (tooShort > 0)
        {
            IsTerminated = true;
            Length = shorter;
            Line = default;
            return true;
        }

        int newline = rest.IndexOf((byte)'\n');
        IsTerminated = newline >= 0;
        Length = IsTerminated ? newline + 1 : rest.Length;
        Line = rest[..(IsTerminated ? newline : rest.Length)].TrimEnd(" \r"u8);
        return true;
    }

    /// <summary>Bytes of the blank lines, of spaces or nothing at all, that <paramref name="text"/> starts with.</summary>
    public static int BlankLines(ReadOnlySpan<byte> text)
    {
        int start = 0;
        while (start < text.Length && text[start] is (byte)' ' or (byte)'\t')
            start++;
        if (start == text.Length || text[start] is not ((byte)'\n' or (byte)'\r'))
            return 0;
        int end = text.IndexOfAnyExcept(" \t\r\n"u8);
        return text[..(end < 0 ? text.Length : end)].LastIndexOf((byte)'\n') + 1;
    }

    /// <summary>
    /// Bytes of the lines that <paramref name="text"/> starts with and that are, without their newlines, shorter than <paramref name="shortest"/>: too
    /// short to be anything of a format. Up to a line that is blank, starts with a space or as short lines of tools do (<c>^C</c>, <c># comment</c>, <c>$ prompt</c>,
    /// <c>@map</c>, <c>[ perf</c>, <c>cpus=4</c>, <c>version = 6</c>; see <see cref="ToolLines"/>), or that no newline ends.
    /// </summary>
    public static int ShortLines(ReadOnlySpan<byte> text, int shortest, out int lines)
    {
        lines = 0;
        int start = 0;
        for (int at = 0; at < text.Length && at - start < shortest; at++)
        {
            byte c = text[at];
            if (at == start && c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'^' or (byte)'#' or (byte)'$' or (byte)'@' or (byte)'[' or (byte)'c' or (byte)'v')
                break;
            if (c != '\n')
                continue;
            start = at + 1;
            lines++;
        }

        return start;
    }
}
