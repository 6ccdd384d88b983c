using System.Buffers.Binary;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Xz;

/// <summary>
/// The chunks of LZMA2, each of at most 64 KiB that become at most 2 MiB, one at a time. The decoder takes bytes that are not there for 255 and decodes on,
/// so it is given whole chunks; one that the input cuts is known to be before a byte of it is decoded, and ends in an exception where it is cut.
/// </summary>
internal sealed class Lzma2Chunks(XzSource source) : ForwardStream
{
    // Control bytes (xz's lzma2_decoder.c): 0 ends, 1 and 2 are uncompressed, from 0x80 on compressed, from 0xC0 on with properties.
    private const int LastUncompressed = 2;
    private const int Compressed = 0x80;
    private const int WithProperties = 0xC0;

    private readonly byte[] _bytes = new byte[6 + (1 << 16)];
    private int _length;
    private int _taken;

    /// <summary>True if the input ends within the chunk.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Loads the next chunk.</summary>
    /// <returns>How many bytes it becomes; 0 behind the last.</returns>
    /// <exception cref="InvalidDataException">There can be no such chunk.</exception>
    /// <exception cref="EndOfStreamException">The input ends within its header.</exception>
    public int Load()
    {
        source.ReadExactly(_bytes.AsSpan(0, 1));
        int control = _bytes[0];
        if (control == 0)
            return 0;
        if (control is > LastUncompressed and < Compressed)
            throw new InvalidDataException("a chunk of an xz block is of no known kind");
        int headerBytes = control < Compressed ? 3 : control < WithProperties ? 5 : 6;
        source.ReadExactly(_bytes.AsSpan(1, headerBytes - 1));
        int becomes = BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(1)) + 1;
        int stored = becomes;
        if (control >= Compressed)
        {
            becomes += (control & 0x1F) << 16;
            stored = BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(3)) + 1;
        }

        int read = source.Read(_bytes.AsSpan(headerBytes, stored));
        IsCut = read < stored;
        _length = headerBytes + read;
        _taken = 0;
        return becomes;
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length > _length - _taken)
            throw new EndOfStreamException("an xz stream ends within a block");
        _bytes.AsSpan(_taken, buffer.Length).CopyTo(buffer);
        _taken += buffer.Length;
        return buffer.Length;
    }

    public override int ReadByte() => _taken < _length ? _bytes[_taken++] : throw new EndOfStreamException("an xz stream ends within a block");
}
