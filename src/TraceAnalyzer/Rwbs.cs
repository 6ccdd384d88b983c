namespace TraceAnalyzer;

/// <summary>
/// The operation of an I/O as the kernel and blkparse spell it: up to eight ASCII letters, for example <c>RA</c>
/// (read-ahead), <c>WS</c> (synchronous write), <c>FWFSM</c>. Kernel <c>blk_fill_rwbs()</c> in
/// <c>kernel/trace/blktrace.c</c> and blkparse's <c>fill_rwbs()</c> write them.
/// </summary>
/// <param name="Packed">The letters, first letter in the lowest byte, zero-filled.</param>
public readonly record struct Rwbs(ulong Packed) : IComparable<Rwbs>
{
    /// <summary>The most letters an rwbs string can have here; the kernel's own limit (<c>RWBS_LEN</c>) is 8 to 9.</summary>
    public const int MaxLength = 8;

    /// <summary>Stands for all strings that are too many to be told apart; small letters, so no trace has it.</summary>
    public static readonly Rwbs Others = new(0x7372_6568_746Ful);

    /// <summary>Packs <paramref name="letters"/>; false if there are none or more than <see cref="MaxLength"/>, or one is not a capital letter.</summary>
    public static bool TryParse(ReadOnlySpan<byte> letters, out Rwbs rwbs)
    {
        rwbs = default;
        if (letters.Length is 0 or > MaxLength)
            return false;

        ulong packed = 0;
        for (int i = 0; i < letters.Length; i++)
        {
            if ((uint)(letters[i] - 'A') > 'Z' - 'A')
                return false;
            packed |= (ulong)letters[i] << (8 * i);
        }

        rwbs = new Rwbs(packed);
        return true;
    }

    /// <summary>Packs a literal such as <c>"WS"</c>.</summary>
    /// <exception cref="ArgumentException">It is not an rwbs string.</exception>
    public static Rwbs Of(string letters)
    {
        Span<byte> bytes = stackalloc byte[letters.Length];
        System.Text.Encoding.ASCII.GetBytes(letters, bytes);
        return TryParse(bytes, out Rwbs rwbs) ? rwbs : throw new ArgumentException($"'{letters}' is not an rwbs string", nameof(letters));
    }

    /// <summary>
    /// What the letters mean. A leading <c>F</c> before an operation letter is a pre-flush of that operation; <c>FN</c>
    /// (blktrace) and <c>FF</c> (tracepoints) are flushes. <c>ZA</c> (zone append) writes data; every other zone operation does not.
    /// </summary>
    public OperationClass Class
    {
        get
        {
            byte first = (byte)Packed;
            byte second = (byte)(Packed >> 8);
            if (first == 'F')
            {
                if (second is not ((byte)'R' or (byte)'W' or (byte)'D'))
                    return OperationClass.Flush;
                first = second;
                second = (byte)(Packed >> 16);
            }

            return first switch
            {
                (byte)'R' => OperationClass.Read,
                (byte)'W' => OperationClass.Write,
                (byte)'D' => OperationClass.Discard,
                (byte)'Z' when second == 'A' => OperationClass.Write,
                _ => OperationClass.Other,
            };
        }
    }

    /// <summary>True if <paramref name="letter"/> occurs anywhere: the study's way of telling reads (<c>R</c>) and writes (<c>W</c>).</summary>
    public bool Contains(char letter)
    {
        for (ulong rest = Packed; rest != 0; rest >>= 8)
        {
            if ((byte)rest == letter)
                return true;
        }

        return false;
    }

    /// <summary>Orders as the letters do.</summary>
    public int CompareTo(Rwbs other) =>
        System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(Packed).CompareTo(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(other.Packed));

    /// <summary>The letters.</summary>
    public override string ToString()
    {
        Span<char> letters = stackalloc char[MaxLength];
        int length = 0;
        for (ulong rest = Packed; rest != 0; rest >>= 8)
            letters[length++] = (char)(byte)rest;
        return new string(letters[..length]);
    }

    /// <summary>Orders as the letters do.</summary>
    public static bool operator <(Rwbs left, Rwbs right) => left.CompareTo(right) < 0;

    /// <summary>Orders as the letters do.</summary>
    public static bool operator >(Rwbs left, Rwbs right) => left.CompareTo(right) > 0;

    /// <summary>Orders as the letters do.</summary>
    public static bool operator <=(Rwbs left, Rwbs right) => left.CompareTo(right) <= 0;

    /// <summary>Orders as the letters do.</summary>
    public static bool operator >=(Rwbs left, Rwbs right) => left.CompareTo(right) >= 0;
}
