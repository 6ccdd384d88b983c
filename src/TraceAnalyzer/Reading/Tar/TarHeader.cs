using System.Buffers.Binary;
using System.Text;

namespace TraceAnalyzer.Reading.Tar;

/// <summary>
/// A header block of 512 bytes, of any tar: <c>struct posix_header</c>, <c>oldgnu_header</c>, <c>sparse_header</c> and <c>star_header</c> of GNU tar's tar.h.
/// </summary>
internal readonly ref struct TarHeader(ReadOnlySpan<byte> block)
{
    /// <summary>Of headers, and what files are filled up to.</summary>
    public const int BlockBytes = 512;

    private const int PieceBytes = 24;

    private readonly ReadOnlySpan<byte> _block = block;

    /// <summary>The kind of entry.</summary>
    public char Kind => (char)_block[156];

    /// <summary>Bytes that are stored behind the header.</summary>
    /// <exception cref="InvalidDataException">The field is damaged.</exception>
    public long Stored => Number(_block.Slice(124, 12));

    /// <summary>Length of a file with holes, of the kind <c>S</c>.</summary>
    /// <exception cref="InvalidDataException">The field is damaged.</exception>
    public long SparseLength => Number(_block.Slice(483, 12));

    /// <summary>True if a block with more pieces of a file with holes follows.</summary>
    public bool HasMorePieces => _block[482] != 0;

    /// <summary>The entry's name.</summary>
    public string Name
    {
        get
        {
            string name = Text(_block[..100]);
            if (!_block[257..].StartsWith("ustar\0"u8))
                return name;

            // star has times at the prefix's end.
            string prefix = Text(_block.Slice(345, _block[508..].StartsWith("tar\0"u8) ? 131 : 155));
            return prefix.Length == 0 ? name : prefix + "/" + name;
        }
    }

    /// <summary>True if a block is a header: the sum of its bytes is what it says. Some tars summed signed bytes.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> block)
    {
        const int SumOffset = 148, SumBytes = 8;
        if (block.Length < BlockBytes || block[0] == 0)
            return false;
        block = block[..BlockBytes];
        int unsigned = SumBytes * ' ', signed = unsigned;
        for (int i = 0; i < block.Length; i++)
        {
            if (i is >= SumOffset and < SumOffset + SumBytes)
                continue;
            unsigned += block[i];
            signed += (sbyte)block[i];
        }

        return TryOctal(block.Slice(SumOffset, SumBytes), out long sum) && (sum == unsigned || sum == signed);
    }

    /// <summary>Adds the pieces that the header itself has.</summary>
    public void AddPieces(List<TarPiece> pieces) => AddPieces(_block.Slice(386, 4 * PieceBytes), pieces);

    /// <summary>Adds the pieces of a block that continues them; true if another follows.</summary>
    public static bool AddMorePieces(ReadOnlySpan<byte> block, List<TarPiece> pieces)
    {
        AddPieces(block[..(21 * PieceBytes)], pieces);
        return block[504] != 0;
    }

    private static void AddPieces(ReadOnlySpan<byte> bytes, List<TarPiece> pieces)
    {
        for (; !bytes.IsEmpty && bytes[0] != 0; bytes = bytes[PieceBytes..])
            pieces.Add(new TarPiece(Number(bytes[..12]), Number(bytes.Slice(12, 12))));
    }

    // Octal digits, or for what does not fit the bytes of the number, with the highest bit set.
    private static long Number(ReadOnlySpan<byte> field)
    {
        if (field[0] == 0x80)
        {
            long number = BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
            if (number >= 0 && !field[1..^8].ContainsAnyExcept((byte)0))
                return number;
        }
        else if (TryOctal(field, out long number))
        {
            return number;
        }

        throw new InvalidDataException("a number in a header is damaged");
    }

    private static bool TryOctal(ReadOnlySpan<byte> field, out long number)
    {
        number = 0;
        field = field.Trim(" \0"u8);
        foreach (byte digit in field)
        {
            if (digit is < (byte)'0' or > (byte)'7')
                return false;
            number = (number << 3) | (uint)(digit - '0');
        }

        return true;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }
}
