// 0       8  11       20    26        36    42 45
// 259,0    0    40380    52.239606900   820  G WSM 4194320 + 8 [python3]
using System.Buffers.Binary;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading.Blkparse;

/// <summary>
/// The fast way through the header of blkparse's default lines: as long as every number fits its column
/// (<c>%3d,%-3d %2d %8d %5d.%09lu %5u %2s</c>), each column is one word, converted without looking for its ends.
/// </summary>
internal static class BlkparseColumns
{
    /// <summary>Where rwbs starts.</summary>
    public const int Rwbs = 45;

    private const int Cpu = 8;
    private const int Sequence = 11;
    private const int Seconds = 20;
    private const int Nanoseconds = 26;
    private const int Pid = 36;
    private const int Action = 42;

    // Columns of five are read as words of eight that end with them.
    private const int Five = 5 - sizeof(ulong);
    private const ulong BeforeFive = 0xFFFFFF;

    /// <summary>Reads what stands before rwbs.</summary>
    /// <param name="line">The line.</param>
    /// <param name="e">The event to fill in; undefined if it is not read.</param>
    /// <returns>False if the line is not laid out in these columns; it may be an event nevertheless.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> line, ref BlockEvent e)
    {
        if (line.Length < Rwbs || line[Cpu - 1] != ' ' || line[Sequence - 1] != ' ' || line[Seconds - 1] != ' '
            || line[Nanoseconds - 1] != '.' || line[Pid - 1] != ' ' || line[Action - 1] != ' ' || line[Rwbs - 1] != ' '
            || !TryReadDevice(line, out e.Device))
        {
            return false;
        }

        uint tens = line[Cpu] == ' ' ? 0 : (uint)line[Cpu] - '0';
        uint ones = (uint)line[Cpu + 1] - '0';
        uint lastDigit = (uint)line[Nanoseconds + 8] - '0';
        ulong seconds = (Word(line, Seconds + Five) & ~BeforeFive) | (BeforeFive & TextNumbers.Spaces);
        ulong pid = (Word(line, Pid + Five) & ~BeforeFive) | (BeforeFive & TextNumbers.Spaces);
        bool isRead = TextNumbers.TryReadPadded(Word(line, Sequence), out ulong sequence)
            & TextNumbers.TryReadPadded(seconds, out ulong secondsValue)
            & TextNumbers.TryReadPadded(Word(line, Nanoseconds), out ulong tenNs)
            & TextNumbers.TryReadPadded(pid, out ulong pidValue)
            & tens <= 9 & ones <= 9 & lastDigit <= 9 & line[Nanoseconds] != ' ';
        if (!isRead)
            return false;

        e.Cpu = (ushort)((tens * 10) + ones);
        e.Sequence = (uint)sequence;
        e.TimeNs = ((long)secondsValue * 1_000_000_000) + ((long)tenNs * 10) + lastDigit;
        e.Pid = (int)pidValue;
        e.Action = BlockActions.FromLetters(line[Action] == ' ' ? line.Slice(Action + 1, 1) : line.Slice(Action, 2));
        return e.Action != BlockAction.Unknown;
    }

    // "259,0  " or "  8,16 "
    private static bool TryReadDevice(ReadOnlySpan<byte> line, out DeviceId device)
    {
        ulong word = Word(line, 0);
        bool isRead = TextNumbers.TryReadPadded((word << 40) | (TextNumbers.Spaces >> 24), out ulong major) & line[3] == ',';
        int minorEnd = line[5] == ' ' ? 5 : line[6] == ' ' ? 6 : 7;
        TextNumbers.Number minor = TextNumbers.Read(line, 4);
        device = DeviceId.Of((uint)major, (uint)minor.Value);
        return isRead & minor.End == minorEnd & (minorEnd == 7 || line[6] == ' ');
    }

    private static ulong Word(ReadOnlySpan<byte> line, int position) => BinaryPrimitives.ReadUInt64LittleEndian(line[position..]);
}
