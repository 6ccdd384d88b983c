//   8,0    3        1     0.000000000   697  G   W 223490 + 8 [kjournald]
using System.Runtime.CompilerServices;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading.Blkparse;

/// <summary>
/// Lines of blkparse's default format: the header <c>maj,min cpu sequence sec.nsec pid action rwbs</c> and then what
/// <c>blkparse(1)</c>, "DEFAULT OUTPUT PER ACTION", lists for the action.
/// </summary>
internal static class BlkparseLineParser
{
    /// <summary>Most sectors an event can have: blktrace counts its bytes in 32 bits.</summary>
    public const ulong MaxSectors = uint.MaxValue / BlockEvent.SectorBytes;

    /// <summary>Highest major number of a device (<c>include/linux/kdev_t.h</c>).</summary>
    public const ulong MaxMajor = (1 << 12) - 1;

    /// <summary>Highest minor number of a device.</summary>
    public const ulong MaxMinor = (1 << 20) - 1;

    /// <summary>Parses a line, without its newline.</summary>
    /// <param name="line">The line.</param>
    /// <param name="parsed">The event to fill in; all zero before. Undefined if the line is none.</param>
    /// <param name="processName">The command name of the event's process; empty if the line has none.</param>
    /// <returns>False if the line is not an event.</returns>
    public static bool TryParseLine(ReadOnlySpan<byte> line, ref BlockEvent parsed, out ReadOnlySpan<byte> processName)
    {
        processName = default;
        int position = BlkparseColumns.TryReadHeader(line, ref parsed)
            ? ReadRwbs(line, TextNumbers.SkipSpaces(line, BlkparseColumns.Rwbs), ref parsed)
            : ReadHeader(line, ref parsed);
        return position >= 0 && TryReadRest(line[position..], ref parsed, ref processName);
    }

    /// <summary>As <see cref="TryParseLine"/>, without the fast way, to test it against.</summary>
    public static bool TryParseLinePlain(ReadOnlySpan<byte> line, ref BlockEvent parsed, out ReadOnlySpan<byte> processName)
    {
        processName = default;
        int position = ReadHeader(line, ref parsed);
        return position >= 0 && TryReadRest(line[position..], ref parsed, ref processName);
    }

    /// <summary>True if the text starts as every event does, <c>maj,min cpu</c>, whatever comes after.</summary>
    public static bool LooksLikeEvent(ReadOnlySpan<byte> text)
    {
        int position = ReadDevice(text, out _);
        return position >= 0 && position < text.Length && char.IsAsciiDigit((char)text[position]);
    }

    /// <summary>As <see cref="LooksLikeEvent"/>, with the major number padded as blkparse does, so that it is not entered in its middle.</summary>
    public static bool LooksPrinted(ReadOnlySpan<byte> text) => text.IndexOf((byte)',') >= 3 && LooksLikeEvent(text);

    /// <summary>The split's full second sector: blkparse 1.2.0 prints only its lower 32 bits.</summary>
    /// <param name="sector">Where the split bio starts.</param>
    /// <param name="printed">What is printed.</param>
    public static ulong RestoreSplitSector(ulong sector, ulong printed)
    {
        if (printed > uint.MaxValue || sector <= uint.MaxValue)
            return printed;
        ulong restored = (sector & ~(ulong)uint.MaxValue) | printed;
        return restored < sector ? restored + (1UL << 32) : restored;
    }

    // Returns where the action's own part starts, or -1.
    private static int ReadHeader(ReadOnlySpan<byte> line, ref BlockEvent e)
    {
        int position = ReadDevice(line, out e.Device);
        if (position < 0)
            return -1;

        TextNumbers.Number cpu = TextNumbers.Read(line, position);
        if (cpu.End == position || cpu.Value >= BlockEvent.UnknownCpu)
            return -1;
        e.Cpu = (ushort)cpu.Value;

        // Printed as a signed number.
        position = TextNumbers.SkipSpaces(line, cpu.End);
        bool negative = Is(line, position, '-');
        if (negative)
            position++;
        TextNumbers.Number sequence = TextNumbers.Read(line, position);
        if (sequence.End == position || sequence.Value > uint.MaxValue)
            return -1;
        e.Sequence = negative ? (uint)-(long)sequence.Value : (uint)sequence.Value;

        position = TextNumbers.SkipSpaces(line, sequence.End);
        bool isLate = Is(line, position, '-');
        if (isLate)
            position++;
        TextNumbers.Number seconds = TextNumbers.Read(line, position);
        if (seconds.End == position || !Is(line, seconds.End, '.'))
            return -1;
        TextNumbers.Number fraction = TextNumbers.Read(line, seconds.End + 1);
        if (fraction.End != seconds.End + 10 || !BlkparseTime.TryTell(seconds.Value, isLate, (long)fraction.Value, out e.TimeNs))
            return -1;

        position = TextNumbers.SkipSpaces(line, fraction.End);
        TextNumbers.Number pid = TextNumbers.Read(line, position);
        if (pid.End == position || pid.Value > uint.MaxValue)
            return -1;
        e.Pid = (int)pid.Value;

        position = SkipCgroup(line, TextNumbers.SkipSpaces(line, pid.End));
        int action = position;
        while (position < line.Length && line[position] > ' ')
            position++;
        e.Action = BlockActions.FromLetters(line[action..position]);
        return e.Action == BlockAction.Unknown ? -1 : ReadRwbs(line, TextNumbers.SkipSpaces(line, position), ref e);
    }

    // "maj,min " and the spaces around; returns what follows or -1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadDevice(ReadOnlySpan<byte> text, out DeviceId device)
    {
        device = default;
        int position = TextNumbers.SkipSpaces(text, 0);
        TextNumbers.Number major = TextNumbers.Read(text, position);
        if (major.End == position || !Is(text, major.End, ','))
            return -1;
        TextNumbers.Number minor = TextNumbers.Read(text, major.End + 1);
        if (minor.End == major.End + 1 || !Is(text, minor.End, ' ') || major.Value > MaxMajor || minor.Value > MaxMinor)
            return -1;
        device = DeviceId.Of((uint)major.Value, (uint)minor.Value);
        return TextNumbers.SkipSpaces(text, minor.End);
    }

    // blkparse 1.3.0 puts the cgroup's inode and generation, in hexadecimal, before the action of events that have one.
    private static int SkipCgroup(ReadOnlySpan<byte> line, int position)
    {
        if (position >= line.Length || line[position] is >= (byte)'A' and <= (byte)'Z')
            return position;

        int end = position;
        while (end < line.Length && (char.IsAsciiHexDigitLower((char)line[end]) || line[end] == ','))
            end++;
        return line[position..end].Contains((byte)',') ? TextNumbers.SkipSpaces(line, end) : position;
    }

    private static int ReadRwbs(ReadOnlySpan<byte> line, int position, ref BlockEvent e)
    {
        ulong packed = 0;
        int length = 0;
        while (position < line.Length && line[position] is >= (byte)'A' and <= (byte)'Z')
        {
            if (length == Rwbs.MaxLength)
                return -1;
            packed |= (ulong)line[position++] << (8 * length++);
        }

        if (length == 0 || (position < line.Length && line[position] != ' '))
            return -1;
        e.Rwbs = new Rwbs(packed);
        e.Class = e.Rwbs.Class;
        return TextNumbers.SkipSpaces(line, position);
    }

    private static bool TryReadRest(ReadOnlySpan<byte> rest, ref BlockEvent e, ref ReadOnlySpan<byte> name) => e.Action switch
    {
        BlockAction.Message => true,
        BlockAction.Complete or BlockAction.Requeue => TryReadCompletion(rest, ref e),
        BlockAction.Remap => TryReadRemap(rest, ref e),
        BlockAction.Split => TryReadSplit(rest, ref e, ref name),
        BlockAction.Unplug or BlockAction.UnplugTimer => TryReadUnplug(rest, ref e, ref name),
        _ => TryReadRequest(rest, ref e, ref name),
    };

    // "sector + count [name]", "[name]", "(elapsed) [name]"; passthrough: "bytes [name]" or "bytes (payload) [name]".
    private static bool TryReadRequest(ReadOnlySpan<byte> rest, ref BlockEvent e, ref ReadOnlySpan<byte> name)
    {
        int position = 0;
        TextNumbers.Number first = TextNumbers.Read(rest, 0);
        if (first.End > 0)
        {
            position = ReadCount(rest, first, ref e);
            if (position < 0)
                return false;
            if (position == first.End)
            {
                if (first.Value > uint.MaxValue)
                    return false;
                e.Sector = 0;
                e.LengthBytes = (uint)first.Value;
                e.Class = OperationClass.Other;
            }
        }

        position = SkipParentheses(rest, TextNumbers.SkipSpaces(rest, position));
        return TryReadName(rest[position..], ref name);
    }

    // "sector + count [error]", "sector [error]", both perhaps with "(elapsed)"; passthrough: "[error]" or "(payload) [error]".
    private static bool TryReadCompletion(ReadOnlySpan<byte> rest, ref BlockEvent e)
    {
        int position = 0;
        TextNumbers.Number sector = TextNumbers.Read(rest, 0);
        if (sector.End > 0)
        {
            position = ReadCount(rest, sector, ref e);
            if (position < 0)
                return false;
        }
        else
        {
            e.Class = OperationClass.Other;
        }

        position = SkipParentheses(rest, TextNumbers.SkipSpaces(rest, position));
        if (!Is(rest, position, '['))
            return false;
        bool negative = Is(rest, ++position, '-');
        if (negative)
            position++;
        TextNumbers.Number error = TextNumbers.Read(rest, position);
        if (error.End == position || error.Value > ushort.MaxValue || !Is(rest, error.End, ']') || !EndsAt(rest, error.End + 1))
            return false;

        // A negated errno in 16 bits, printed without sign.
        e.Error = negative ? (short)-(int)error.Value : (short)error.Value;
        return true;
    }

    // "sector + count <- (maj,min) sector"
    private static bool TryReadRemap(ReadOnlySpan<byte> rest, ref BlockEvent e)
    {
        TextNumbers.Number sector = TextNumbers.Read(rest, 0);
        if (sector.End == 0)
            return false;
        int position = ReadCount(rest, sector, ref e);
        if (position <= sector.End || !rest[position..].StartsWith(" <- ("u8))
            return false;

        position += " <- ("u8.Length;
        TextNumbers.Number major = TextNumbers.Read(rest, position);
        if (major.End == position || major.Value > MaxMajor || !Is(rest, major.End, ','))
            return false;
        TextNumbers.Number minor = TextNumbers.Read(rest, major.End + 1);
        if (minor.End == major.End + 1 || minor.Value > MaxMinor || !rest[minor.End..].StartsWith(") "u8))
            return false;
        TextNumbers.Number from = TextNumbers.Read(rest, minor.End + 2);
        if (from.End == minor.End + 2 || !EndsAt(rest, from.End))
            return false;

        e.RelatedDevice = DeviceId.Of((uint)major.Value, (uint)minor.Value);
        e.RelatedSector = from.Value;
        return true;
    }

    // "sector / newsector [name]"
    private static bool TryReadSplit(ReadOnlySpan<byte> rest, ref BlockEvent e, ref ReadOnlySpan<byte> name)
    {
        TextNumbers.Number sector = TextNumbers.Read(rest, 0);
        if (sector.End == 0 || !rest[sector.End..].StartsWith(" / "u8))
            return false;
        int position = sector.End + 3;
        TextNumbers.Number second = TextNumbers.Read(rest, position);
        if (second.End == position)
            return false;

        e.Sector = sector.Value;
        e.RelatedSector = RestoreSplitSector(sector.Value, second.Value);
        return TryReadName(rest[TextNumbers.SkipSpaces(rest, second.End)..], ref name);
    }

    // "[name] count"
    private static bool TryReadUnplug(ReadOnlySpan<byte> rest, ref BlockEvent e, ref ReadOnlySpan<byte> name)
    {
        int close = rest.LastIndexOf((byte)']');
        if (close < 0 || !Is(rest, close + 1, ' '))
            return false;
        TextNumbers.Number count = TextNumbers.Read(rest, close + 2);
        e.RelatedSector = count.Value;
        return count.End > close + 2 && EndsAt(rest, count.End) && TryReadName(rest[..(close + 1)], ref name);
    }

    // " + count" after the sector. Returns where it ends; the sector's end if there is none; -1 if it cannot be right.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadCount(ReadOnlySpan<byte> rest, TextNumbers.Number sector, ref BlockEvent e)
    {
        e.Sector = sector.Value;
        if (!Is(rest, sector.End + 1, '+') || rest[sector.End] != ' ' || !Is(rest, sector.End + 2, ' '))
            return sector.End;

        TextNumbers.Number count = TextNumbers.Read(rest, sector.End + 3);
        if (count.End == sector.End + 3 || count.Value > MaxSectors)
            return -1;
        e.LengthSectors = (uint)count.Value;
        e.LengthBytes = (uint)count.Value * BlockEvent.SectorBytes;
        return count.End;
    }

    // Names may contain brackets; "(null)" is how printf shows that there is none.
    private static bool TryReadName(ReadOnlySpan<byte> rest, ref ReadOnlySpan<byte> name)
    {
        rest = rest.TrimEnd((byte)' ');
        if (rest.Length < 2 || rest[0] != '[' || rest[^1] != ']')
            return false;
        name = NameOrNone(rest[1..^1]);
        return true;
    }

    /// <summary>The name, or nothing if it is blkparse's word for nothing.</summary>
    public static ReadOnlySpan<byte> NameOrNone(ReadOnlySpan<byte> name) => name.SequenceEqual("(null)"u8) ? default : name;

    private static int SkipParentheses(ReadOnlySpan<byte> rest, int position)
    {
        if (!Is(rest, position, '('))
            return position;
        int length = rest[position..].IndexOf((byte)')');
        return length < 0 ? position : TextNumbers.SkipSpaces(rest, position + length + 1);
    }

    private static bool EndsAt(ReadOnlySpan<byte> text, int position) => TextNumbers.SkipSpaces(text, position) == text.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Is(ReadOnlySpan<byte> text, int position, char expected) =>
        (uint)position < (uint)text.Length && text[position] == expected;
}
