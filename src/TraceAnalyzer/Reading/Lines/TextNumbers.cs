using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TraceAnalyzer.Reading.Lines;

/// <summary>Reads unsigned decimal numbers and the spaces between them out of text, eight bytes at a time. Most of the time spent on a text trace is spent here.</summary>
internal static class TextNumbers
{
    /// <summary>Eight spaces.</summary>
    public const ulong Spaces = 0x2020202020202020;

    // Eight digits '0'.
    private const ulong Zeros = 0x3030303030303030;

    private const int Word = sizeof(ulong);

    /// <summary>A number and where it ends.</summary>
    public readonly struct Number(ulong value, int end)
    {
        // As wide as a register: a narrower one makes each return wait for its own store.
        private readonly long _end = end;

        /// <summary>The number.</summary>
        public ulong Value { get; } = value;

        /// <summary>Index of the first byte after it; where it was to start if there is no number, or one above 2^64-1.</summary>
        public int End => (int)_end;
    }

    /// <summary>Reads the digits that start at <paramref name="position"/>, which may lie at the end of <paramref name="text"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Number Read(ReadOnlySpan<byte> text, int position)
    {
        if (BitConverter.IsLittleEndian && position <= text.Length - Word)
        {
            ulong word = LoadDigits(text, position);
            ulong others = NotDigits(word);
            if (others != 0)
            {
                // The bits below the first byte that is not a digit; without a digit the value is of no use.
                int digitBits = BitOperations.TrailingZeroCount(others) & ~7;
                return new Number(Combine(word << (64 - digitBits)), position + (digitBits >> 3));
            }
        }

        return ReadLong(text, position);
    }

    /// <summary>Reads a number of 1 to 15 digits at <paramref name="start"/>, where 16 bytes can be read.</summary>
    /// <returns>Its digits; 0 if there is no such number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadWithin16(ref readonly byte start, out ulong value) =>
        Sse41.IsSupported ? ReadInVector(in start, out value) : ReadInWords(in start, out value);

    /// <summary>As <see cref="ReadWithin16"/>, all digits at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int ReadInVector(ref readonly byte start, out ulong value)
    {
        Vector128<byte> digits = Vector128.LoadUnsafe(in start) - Vector128.Create((byte)'0');
        int count = BitOperations.TrailingZeroCount(Vector128.GreaterThan(digits, Vector128.Create((byte)9)).ExtractMostSignificantBits() | (1u << Vector128<byte>.Count));

        // Right-aligned behind zeros; then neighbors to pairs, pairs to fours, fours to eights.
        digits = Ssse3.Shuffle(digits, Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(RightAlign), (nuint)count));
        Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(digits, Vector128.Create((short)0x010A).AsSByte());
        Vector128<int> fours = Sse2.MultiplyAddAdjacent(pairs, Vector128.Create(0x0001_0064).AsInt16());
        Vector128<int> eights = Sse2.MultiplyAddAdjacent(Sse41.PackUnsignedSaturate(fours, fours).AsInt16(), Vector128.Create(0x0001_2710).AsInt16());
        ulong both = eights.AsUInt64().ToScalar();
        value = ((both & uint.MaxValue) * 100_000_000) + (both >> 32);
        return count < Vector128<byte>.Count ? count : 0;
    }

    /// <summary>As <see cref="ReadWithin16"/>, eight digits at a time.</summary>
    internal static int ReadInWords(ref readonly byte start, out ulong value)
    {
        Number number = Read(MemoryMarshal.CreateReadOnlySpan(in start, 2 * Word), 0);
        value = number.Value;
        return number.End < 2 * Word ? number.End : 0;
    }

    /// <summary>As <see cref="Read"/>, digit by digit: for the ends of texts, and to test the fast way against.</summary>
    public static Number ReadPlain(ReadOnlySpan<byte> text, int position) => Continue(text, position, position, 0);

    /// <summary>Reads a number of up to eight digits that is right-aligned with spaces, out of a column of eight bytes, the first in the lowest byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadPadded(ulong column, out ulong value)
    {
        // Against '0', a digit is 0 to 9 and a space is 0x10; padding is all bytes that are spaces.
        ulong word = column ^ 0x3030303030303030;
        ulong spaces = word & 0x1010101010101010;
        ulong padding = (spaces >> 4) * 0xFF;
        ulong digits = word & ~padding;
        value = Combine(digits);
        return (word & padding) == spaces & (padding & (padding + 1)) == 0 & padding != ulong.MaxValue & NotDigits(digits) == 0;
    }

    /// <summary>Index of the first byte at or after <paramref name="position"/> that is not a space; the text's length if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipSpaces(ReadOnlySpan<byte> text, int position)
    {
        if (BitConverter.IsLittleEndian && position <= text.Length - Word)
        {
            ulong others = Load(text, position) ^ Spaces;
            if (others != 0)
                return position + (BitOperations.TrailingZeroCount(others) >> 3);
        }

        return SkipSpacesPlain(text, position);
    }

    private static int SkipSpacesPlain(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length && text[position] == ' ')
            position++;
        return position;
    }

    // Numbers of eight digits and more, and numbers within the last eight bytes.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Number ReadLong(ReadOnlySpan<byte> text, int position)
    {
        if (!BitConverter.IsLittleEndian || position > text.Length - (2 * Word))
            return ReadPlain(text, position);

        ulong high = LoadDigits(text, position);
        if (NotDigits(high) != 0)
            return ReadPlain(text, position);

        ulong low = LoadDigits(text, position + Word);
        ulong others = NotDigits(low);
        ulong value = Combine(high);
        if (others == 0)
            return Continue(text, position, position + (2 * Word), (value * 100_000_000) + Combine(low));

        int digits = BitOperations.TrailingZeroCount(others) >> 3;
        return digits == 0
            ? new Number(value, position + Word)
            : new Number((value * PowersOfTen[digits]) + Combine(low << (64 - (8 * digits))), position + Word + digits);
    }

    private static Number Continue(ReadOnlySpan<byte> text, int start, int position, ulong value)
    {
        while (position < text.Length)
        {
            uint digit = (uint)text[position] - '0';
            if (digit > 9)
                break;
            if (value > ulong.MaxValue / 10 || value * 10 > ulong.MaxValue - digit)
                return new Number(0, start);
            value = (value * 10) + digit;
            position++;
        }

        return new Number(value, position);
    }

    // The 16 bytes from n on bring n bytes to the end of a vector, behind zeros.
    private static ReadOnlySpan<byte> RightAlign =>
    [
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    ];

    private static ReadOnlySpan<uint> PowersOfTen => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

    // The caller has checked that eight bytes can be read.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(ReadOnlySpan<byte> text, int position) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), position));

    private static ulong LoadDigits(ReadOnlySpan<byte> text, int position) => Load(text, position) ^ Zeros;

    // The top bit of the first byte above 9 and, carries permitting, of later ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong NotDigits(ulong word) => (word | (word + 0x7676767676767676)) & 0x8080808080808080;

    // Eight digits, the first in the lowest byte: neighbors to pairs, pairs to fours, fours to eight.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Combine(ulong word)
    {
        ulong pairs = (word * 10) + (word >> 8);
        return (((pairs & 0x000000FF000000FF) * 0x000F424000000064)
            + (((pairs >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32;
    }
}
