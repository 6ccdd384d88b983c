using System.Buffers.Binary;

namespace TraceAnalyzer.Fuzzing.Seeds;

/// <summary>Puts LZMA2 chunks, damaged or not, into an .xz whose own fields are right, so that the damage is found where it is (The .xz File Format, sections 2 to 4).</summary>
internal static class XzBytes
{
    private const int Alignment = 4;
    private const int StreamHeaderBytes = 12;
    private const int Lzma2 = 0x21;
    private const int DictionaryOf64KiB = 8;

    /// <summary>An .xz of one block without a check.</summary>
    public static byte[] Of(ReadOnlySpan<byte> chunks, long unpackedBytes)
    {
        byte[] flags = [0, 0];
        byte[] header = [2, 0, Lzma2, 1, DictionaryOf64KiB, 0, 0, 0];
        byte[] block = [.. header, .. Crc32(header), .. chunks];
        List<byte> index = [0, 1, .. Number(block.Length), .. Number(unpackedBytes)];
        while (index.Count % Alignment != 0)
            index.Add(0);
        byte[] footer = [.. LittleEndian((uint)((index.Count + Alignment) / Alignment) - 1), .. flags];
        return
        [
            0xFD, .. "7zXZ\0"u8, .. flags, .. Crc32(flags),
            .. block, .. new byte[(Alignment - (block.Length % Alignment)) % Alignment],
            .. index, .. Crc32([.. index]),
            .. Crc32(footer), .. footer, .. "YZ"u8,
        ];
    }

    /// <summary>Chunks that hold <paramref name="bytes"/> as they are.</summary>
    public static byte[] Plain(ReadOnlySpan<byte> bytes)
    {
        const int MostPerChunk = 1 << 16;
        const int ResetsDictionary = 1, GoesOn = 2;
        var chunks = new List<byte>();
        for (int at = 0; at < bytes.Length; at += MostPerChunk)
        {
            int length = Math.Min(MostPerChunk, bytes.Length - at);
            chunks.Add(at == 0 ? (byte)ResetsDictionary : (byte)GoesOn);
            chunks.Add((byte)((length - 1) >> 8));
            chunks.Add((byte)(length - 1));
            chunks.AddRange(bytes.Slice(at, length));
        }

        chunks.Add(0);
        return [.. chunks];
    }

    /// <summary>The LZMA2 chunks of the first block of an .xz, with the zero that ends them.</summary>
    public static byte[] ChunksOf(ReadOnlySpan<byte> xz)
    {
        const int Packed = 0x80, WithProperties = 0xC0;
        int start = StreamHeaderBytes + ((xz[StreamHeaderBytes] + 1) * Alignment);
        int at = start;
        while (xz[at] != 0)
        {
            int control = xz[at];
            at += control < Packed
                ? 3 + BinaryPrimitives.ReadUInt16BigEndian(xz[(at + 1)..]) + 1
                : (control >= WithProperties ? 6 : 5) + BinaryPrimitives.ReadUInt16BigEndian(xz[(at + 3)..]) + 1;
        }

        return xz[start..(at + 1)].ToArray();
    }

    private static byte[] LittleEndian(uint number)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        return bytes;
    }

    private static List<byte> Number(long number)
    {
        var bytes = new List<byte>();
        for (; number >= 0x80; number >>= 7)
            bytes.Add((byte)(number | 0x80));
        bytes.Add((byte)number);
        return bytes;
    }

    // The polynomial of Ethernet, bit by bit.
    private static byte[] Crc32(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int i = 0; i < 8; i++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }

        return LittleEndian(~crc);
    }
}
