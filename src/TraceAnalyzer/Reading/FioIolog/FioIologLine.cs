using TraceAnalyzer.Reading.Lines;

// 99889 /dev/dm-0 read 16187392 16384
namespace TraceAnalyzer.Reading.FioIolog;

/// <summary>A line of an I/O log of fio, version 2 (without the time) or 3.</summary>
internal ref struct FioIologLine
{
    /// <summary>Time since the job's start in microseconds; 0 in version 2.</summary>
    public long TimeMicroseconds { get; private set; }

    /// <summary>Name of the file.</summary>
    public ReadOnlySpan<byte> File { get; private set; }

    /// <summary>The letters of a read, write, trim or sync; none (<c>default</c>) for what does no I/O: open, close, wait ...</summary>
    public Rwbs Rwbs { get; private set; }

    /// <summary>First byte in the file; 0 for a sync.</summary>
    public ulong OffsetBytes { get; private set; }

    /// <summary>Length in bytes; 0 for a sync.</summary>
    public uint LengthBytes { get; private set; }

    /// <summary>Version 2's <c>wait</c>: the time in milliseconds since the job's start until which fio waits; -1 for any other action.</summary>
    public long WaitUntilMilliseconds { get; private set; }

    /// <summary>Parses a line (without its newline). File names may contain spaces, so it is read from both ends.</summary>
    /// <returns>False if it is none.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, int version, out FioIologLine parsed)
    {
        parsed = new FioIologLine { WaitUntilMilliseconds = -1 };
        var cursor = new FieldCursor(line);
        ulong time = 0;
        if (version >= 3 && !cursor.TryReadNumber(long.MaxValue / 1000, out time))
            return false;
        parsed.TimeMicroseconds = (long)time;

        ReadOnlySpan<byte> rest = cursor.Rest;
        ReadOnlySpan<byte> last = TakeLast(ref rest);
        if (IsFileAction(last))
        {
            parsed.File = rest;
            return !rest.IsEmpty;
        }

        ReadOnlySpan<byte> offset = TakeLast(ref rest);
        ReadOnlySpan<byte> action = TakeLast(ref rest);
        parsed.File = rest;
        if (TryReadNumber(offset, out ulong number) && action.SequenceEqual("wait"u8))
        {
            // The number behind it means nothing.
            parsed.WaitUntilMilliseconds = (long)Math.Min(number, long.MaxValue / 1_000_000);
            return version == 2 && !rest.IsEmpty && TryReadNumber(last, out _);
        }

        parsed.OffsetBytes = number;
        return !rest.IsEmpty && TryReadNumber(offset, out _) && TryReadNumber(last, out ulong length) && parsed.TrySetAction(action, length);
    }

    private bool TrySetAction(scoped ReadOnlySpan<byte> action, ulong length)
    {
        if (action.StartsWith("sync"u8) || action.SequenceEqual("datasync"u8))
        {
            Rwbs = Rwbs.Of("FN");
            OffsetBytes = 0;
            return true;
        }

        if (action.SequenceEqual("read"u8))
            Rwbs = Rwbs.Of("R");
        else if (action.SequenceEqual("write"u8))
            Rwbs = Rwbs.Of("W");
        else if (action.SequenceEqual("trim"u8))
            Rwbs = Rwbs.Of("D");
        LengthBytes = (uint)length;
        return Rwbs != default && length <= uint.MaxValue && OffsetBytes <= ulong.MaxValue - length;
    }

    private static bool IsFileAction(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("add"u8) || word.SequenceEqual("open"u8) || word.SequenceEqual("close"u8) || word.SequenceEqual("unlink"u8);

    private static bool TryReadNumber(ReadOnlySpan<byte> word, out ulong value)
    {
        TextNumbers.Number number = TextNumbers.Read(word, 0);
        value = number.Value;
        return number.End > 0 && number.End == word.Length;
    }

    private static ReadOnlySpan<byte> TakeLast(scoped ref ReadOnlySpan<byte> text)
    {
        int space = text.LastIndexOf((byte)' ');
        ReadOnlySpan<byte> word = text[(space + 1)..];
        text = text[..Math.Max(space, 0)].TrimEnd((byte)' ');
        return word;
    }
}
