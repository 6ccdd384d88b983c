using System.Buffers.Binary;
using SharpCompress.Compressors.Xz;

namespace TraceAnalyzer.Reading.Xz;

/// <summary>What follows the blocks of a stream: the index, which says how large each was, and the footer (The .xz File Format, sections 4 and 2.1.2).</summary>
/// <param name="Blocks">How many blocks it tells of.</param>
/// <param name="Bytes">Their uncompressed bytes together.</param>
internal readonly record struct XzIndex(ulong Blocks, ulong Bytes)
{
    private const int FooterBytes = 12;

    /// <summary>Reads both, and checks that they are undamaged and belong together.</summary>
    /// <exception cref="InvalidDataException">They are not.</exception>
    public static XzIndex Read(XzSource source)
    {
        uint crc = uint.MaxValue;
        long start = source.Position;
        Next();
        ulong blocks = Number();
        ulong bytes = 0;
        for (ulong i = 0; i < blocks; i++)
        {
            Number();
            bytes += Number();
        }

        while (((source.Position - start) & (XzSource.Alignment - 1)) != 0)
            Next();
        Span<byte> check = stackalloc byte[sizeof(uint)];
        source.ReadExactly(check);
        long length = source.Position - start;
        Span<byte> footer = stackalloc byte[FooterBytes];
        source.ReadExactly(footer);
        ReadOnlySpan<byte> checkedPart = footer[4..10];
        bool isWhole = BinaryPrimitives.ReadUInt32LittleEndian(check) == ~crc
            && BinaryPrimitives.ReadUInt32LittleEndian(footer) == ~Crc32.Update(uint.MaxValue, checkedPart)
            && (BinaryPrimitives.ReadUInt32LittleEndian(checkedPart) + 1L) * XzSource.Alignment == length
            && footer[10..].SequenceEqual("YZ"u8);
        return isWhole ? new XzIndex(blocks, bytes) : throw new InvalidDataException("the index of an xz stream is damaged");

        byte Next()
        {
            int value = source.ReadByte();
            if (value < 0)
                throw new EndOfStreamException("an xz stream ends within its index");
            crc = Crc32.Update(crc, [(byte)value]);
            return (byte)value;
        }

        ulong Number() => XzNumber.Read(Next);
    }
}
