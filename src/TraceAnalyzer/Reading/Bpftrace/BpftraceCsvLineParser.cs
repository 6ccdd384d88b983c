// 380374513676, WSM, 36864, 3672488, 72
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TraceAnalyzer.Reading.Lines;

namespace TraceAnalyzer.Reading.Bpftrace;

/// <summary>
/// Lines of the study's bpftrace probe, <c>printf("%llu, %s, %d, %llu, %d\n", nsecs, args->rwbs, args->bytes, args->sector, args->nr_sector)</c>
/// on <c>tracepoint:block:block_rq_issue</c>.
/// </summary>
internal static class BpftraceCsvLineParser
{
    // Two numbers of fewer than 16 digits and two texts of up to 16 bytes, all looked at 16 bytes at a time.
    private const int LongestOfShape = 4 * 16;

    private const int ShapeBits = 4;

    /// <summary>How many shapes of lines are remembered.</summary>
    public const int Shapes = 1 << ShapeBits;

    /// <summary>Parses a line (without its newline), with or without spaces after the commas.</summary>
    /// <param name="line">The line.</param>
    /// <param name="parsed">The event to fill in; all zero before. Undefined if the line is none.</param>
    /// <returns>False if the line is not an event.</returns>
    public static bool TryParseLine(ReadOnlySpan<byte> line, ref BlockEvent parsed)
    {
        int position = SkipSpaces(line, 0);
        TextNumbers.Number time = TextNumbers.Read(line, position);
        if (time.End == position || time.Value > long.MaxValue || !TrySkipComma(line, time.End, out position))
            return false;

        int letters = position;
        while (position < line.Length && line[position] is >= (byte)'A' and <= (byte)'Z')
            position++;
        if (!Rwbs.TryParse(line[letters..position], out Rwbs rwbs) || !TrySkipComma(line, position, out position))
            return false;

        // The probe prints unsigned bytes with %d: 2 GiB and more (discards) come out negative.
        bool negative = position < line.Length && line[position] == '-';
        if (negative)
            position++;
        TextNumbers.Number bytes = TextNumbers.Read(line, position);
        if (bytes.End == position || bytes.Value > (negative ? 1u << 31 : uint.MaxValue) || !TrySkipComma(line, bytes.End, out position))
            return false;

        TextNumbers.Number sector = TextNumbers.Read(line, position);
        if (sector.End == position || !TrySkipComma(line, sector.End, out position))
            return false;

        TextNumbers.Number sectors = TextNumbers.Read(line, position);
        if (sectors.End == position || sectors.Value > uint.MaxValue || SkipSpaces(line, sectors.End) != line.Length)
            return false;

        uint lengthBytes = negative ? (uint)-(long)bytes.Value : (uint)bytes.Value;
        // Some kernels give a flush the sector -1.
        ulong first = sector.Value == ulong.MaxValue && lengthBytes == 0 ? 0 : sector.Value;
        if (first > BlockEvent.MaxSector)
            return false;
        Fill(ref parsed, time.Value, rwbs, rwbs.Class, lengthBytes, first, (uint)sectors.Value);
        return true;
    }

    /// <summary>
    /// Parses lines exactly as the probe writes them, from <paramref name="position"/> on, and appends their events, until a
    /// line is any other (which <see cref="TryParseLine"/> may know) or the text ends. The one hot loop of this format.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Start of a line.</param>
    /// <param name="batch">What the events are added to.</param>
    /// <param name="shapes">Of lines before, <see cref="Shapes"/> in number; all zero at first.</param>
    /// <returns>Start of the first line not parsed.</returns>
    public static int ParseLines(ReadOnlySpan<byte> text, int position, EventBatch batch, Span<LineShape> shapes)
    {
        // Lines mostly differ from some line before in time and sector only: what stands between and behind these is compared as a whole, and need not be read.
        ref LineShape shape = ref shapes[0];
        int lineStart = position;
        while (true)
        {
            while (lineStart <= text.Length - LongestOfShape)
            {
                ref byte line = ref Unsafe.Add(ref MemoryMarshal.GetReference(text), lineStart);
                int at = TextNumbers.ReadWithin16(ref line, out ulong time);
                if (at == 0)
                    break;
                if (!shape.Between.StandsAt(ref Unsafe.Add(ref line, at)))
                {
                    shape = ref shapes[PlaceOfShape(ref Unsafe.Add(ref line, at))];
                    if (!shape.Between.StandsAt(ref Unsafe.Add(ref line, at)))
                        break;
                }

                at += shape.Between.Length;
                int digits = TextNumbers.ReadWithin16(ref Unsafe.Add(ref line, at), out ulong sector);
                at += digits;
                if (digits == 0 || !shape.Ending.StandsAt(ref Unsafe.Add(ref line, at)))
                    break;
                ref BlockEvent added = ref batch.Append(shape.Event);
                added.TimeNs = (long)time;
                added.Sector = sector;
                lineStart += at + shape.Ending.Length;
            }

            int next = ParseLine(text, lineStart, batch, shapes);
            if (next == lineStart)
                return lineStart;
            lineStart = next;
        }
    }

    // Parses one line field by field, and notes its shape. Returns the start of the next line, or of this one if it is any other.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ParseLine(ReadOnlySpan<byte> text, int lineStart, EventBatch batch, Span<LineShape> shapes)
    {
        TextNumbers.Number time = TextNumbers.Read(text, lineStart);
        int position = time.End;
        if (position == lineStart || time.Value > long.MaxValue || !IsSeparator(text, position))
            return lineStart;
        position += 2;

        if (!BitConverter.IsLittleEndian || position > text.Length - sizeof(ulong))
            return lineStart;
        ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), position));
        int letterBits = BitOperations.TrailingZeroCount(Commas(word)) & ~7;
        if (letterBits is 0 or 64 || !IsSeparator(text, position + (letterBits >> 3)))
            return lineStart;
        if (!Rwbs.TryParse(text.Slice(position, letterBits >> 3), out Rwbs rwbs))
            return lineStart;

        position += (letterBits >> 3) + 2;
        TextNumbers.Number bytes = TextNumbers.Read(text, position);
        if (bytes.End == position || bytes.Value > uint.MaxValue || !IsSeparator(text, bytes.End))
            return lineStart;

        int sectorStart = bytes.End + 2;
        TextNumbers.Number sector = TextNumbers.Read(text, sectorStart);
        if (sector.End == sectorStart || sector.Value > BlockEvent.MaxSector || !IsSeparator(text, sector.End))
            return lineStart;

        position = sector.End + 2;
        TextNumbers.Number sectors = TextNumbers.Read(text, position);
        if (sectors.End == position || sectors.Value > uint.MaxValue || sectors.End >= text.Length || text[sectors.End] != '\n')
            return lineStart;

        ref BlockEvent added = ref batch.Append();
        Fill(ref added, time.Value, rwbs, rwbs.Class, (uint)bytes.Value, sector.Value, (uint)sectors.Value);
        shapes[PlaceOfShape(in text[time.End])] = new LineShape(ExpectedText.Of(text[time.End..sectorStart]), ExpectedText.Of(text[sector.End..(sectors.End + 1)]), added);
        return sectors.End + 1;
    }

    // By the letters and the first digits of the bytes, of which a trace has few.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PlaceOfShape(ref readonly byte between) =>
        (int)(Unsafe.ReadUnaligned<ulong>(in between) * 0x9E3779B97F4A7C15 >> (64 - ShapeBits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill(ref BlockEvent e, ulong timeNs, Rwbs rwbs, OperationClass @class, uint bytes, ulong sector, uint sectors)
    {
        e.TimeNs = (long)timeNs;
        e.Sector = sector;
        e.Rwbs = rwbs;
        e.LengthBytes = bytes;
        e.LengthSectors = sectors;
        e.Device = DeviceId.Unknown;
        e.Pid = BlockEvent.UnknownPid;
        e.Cpu = BlockEvent.UnknownCpu;
        e.Action = BlockAction.Issue;
        e.Class = @class;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSeparator(ReadOnlySpan<byte> text, int position) =>
        position < text.Length - 1 && text[position] == ',' && text[position + 1] == ' ';

    // The top bit of the first byte that is a comma and, carries permitting, of later ones.
    private static ulong Commas(ulong word)
    {
        word ^= 0x2C2C2C2C2C2C2C2C;
        return (word - 0x0101010101010101) & ~word & 0x8080808080808080;
    }

    private static bool TrySkipComma(ReadOnlySpan<byte> line, int position, out int after)
    {
        position = SkipSpaces(line, position);
        after = position;
        if (position >= line.Length || line[position] != ',')
            return false;
        after = SkipSpaces(line, position + 1);
        return true;
    }

    private static int SkipSpaces(ReadOnlySpan<byte> line, int position)
    {
        while (position < line.Length && (line[position] is (byte)' ' or (byte)'\t'))
            position++;
        return position;
    }

    /// <summary>What lines have in common that differ in time and sector only.</summary>
    internal readonly struct LineShape(ExpectedText between, ExpectedText ending, BlockEvent like)
    {
        // All but time and sector.
        public readonly BlockEvent Event = like;

        public ExpectedText Between { get; } = between;

        public ExpectedText Ending { get; } = ending;
    }
}
