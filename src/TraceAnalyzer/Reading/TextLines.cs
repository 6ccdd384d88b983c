namespace TraceAnalyzer.Reading;

/// <summary>Walks through the lines of a text.</summary>
internal ref struct TextLines(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;

    /// <summary>Index of the line's first byte.</summary>
    public int Start { get; private set; }

    /// <summary>Its bytes, with the newline.</summary>
    public int Length { get; private set; }

    /// <summary>True if a newline ends it; without one it is the text's last and may be cut off.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>The line without newline, carriage return and trailing spaces.</summary>
    public ReadOnlySpan<byte> Line { get; private set; }

    /// <summary>Goes to the next line; false if there is none.</summary>
    public bool MoveNext()
    {
        Start += Length;
        ReadOnlySpan<byte> rest = _text[Start..];
        if (rest.IsEmpty)
            return false;

        int newline = rest.IndexOf((byte)'\n');
        IsTerminated = newline >= 0;
        Length = IsTerminated ? newline + 1 : rest.Length;
        Line = rest[..(IsTerminated ? newline : rest.Length)].TrimEnd(" \r"u8);
        return true;
    }
}
