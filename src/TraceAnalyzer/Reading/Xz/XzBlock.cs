using System.Buffers.Binary;
using SharpCompress.Compressors.Xz;
using SharpCompress.Compressors.Xz.Filters;

namespace TraceAnalyzer.Reading.Xz;

/// <summary>One block (The .xz File Format, section 3): a header that names the filters, compressed bytes, padding, a check.</summary>
internal sealed class XzBlock : IDisposable
{
    private const ulong DeltaId = 0x03;
    private const ulong Lzma2Id = 0x21;

    // Bits of the block's flags.
    private const int FilterCountBits = 0x03;
    private const int ReservedBits = 0x3C;
    private const int HasCompressedSize = 0x40;
    private const int HasUncompressedSize = 0x80;

    private readonly XzSource _source;
    private readonly XzCheck _check;
    private readonly Lzma2Filter _lzma2 = new();
    private readonly List<XzDelta> _deltas = [];
    private byte[] _bytes = [];

    /// <summary>Reads the header.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="IOException">It asks for a filter other than LZMA2 and delta.</exception>
    public XzBlock(XzSource source, CheckType check)
    {
        _source = source;
        int headerBytes = (source.ReadByte() + 1) * XzSource.Alignment;
        byte[] header = new byte[headerBytes];
        header[0] = (byte)((headerBytes / XzSource.Alignment) - 1);
        source.ReadExactly(header.AsSpan(1));
        ReadOnlySpan<byte> fields = header.AsSpan(0, headerBytes - sizeof(uint));
        if (~Crc32.Update(uint.MaxValue, fields) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(fields.Length)))
            throw new InvalidDataException("the header of an xz block does not match its check");
        ReadFilters(header[..fields.Length]);
        _check = new XzCheck(check);
        _lzma2.SetBaseStream(source);
    }

    /// <summary>Decompresses on; 0 at the end of the block, once its check is found to be right.</summary>
    /// <exception cref="InvalidDataException">It is not right.</exception>
    public int Read(Span<byte> buffer)
    {
        // The decoder takes arrays alone.
        if (_bytes.Length < buffer.Length)
            _bytes = new byte[buffer.Length];
        int count = _lzma2.Read(_bytes, 0, buffer.Length);
        if (count == 0)
        {
            End();
            return 0;
        }

        Span<byte> bytes = _bytes.AsSpan(0, count);
        for (int i = _deltas.Count - 1; i >= 0; i--)
            _deltas[i].Undo(bytes);
        _check.Add(bytes);
        bytes.CopyTo(buffer);
        return count;
    }

    public void Dispose()
    {
        _check.Dispose();
        _lzma2.Dispose();
    }

    private void ReadFilters(byte[] header)
    {
        int flags = header[1];
        if ((flags & ReservedBits) != 0)
            throw new IOException("packed with a feature of xz that is not known; unpack it with 'xz -dc' first");
        int at = 2;
        if ((flags & HasCompressedSize) != 0)
            Number();
        if ((flags & HasUncompressedSize) != 0)
            Number();
        for (int last = flags & FilterCountBits, i = 0; i <= last; i++)
        {
            ulong id = Number();
            int length = (int)Number();
            byte[] properties = header[at..(at + length)];
            at += length;
            if (id == DeltaId && i < last && properties.Length == 1)
                _deltas.Add(new XzDelta(properties[0] + 1));
            else if (id == Lzma2Id && i == last)
                _lzma2.Init(properties);
            else
                throw new IOException($"packed with a filter of xz that is not supported (0x{id:X2}); unpack it with 'xz -dc' first");
        }

        ulong Number() => XzNumber.Read(() => header[at++]);
    }

    private void End()
    {
        Span<byte> padding = stackalloc byte[XzSource.Alignment];
        padding = padding[..(int)(-_source.Position & (XzSource.Alignment - 1))];
        _source.ReadExactly(padding);
        Span<byte> check = stackalloc byte[_check.Size];
        _source.ReadExactly(check);
        if (padding.ContainsAnyExcept((byte)0) || !_check.Agrees(check))
            throw new InvalidDataException("an xz block does not match its check");
    }
}
