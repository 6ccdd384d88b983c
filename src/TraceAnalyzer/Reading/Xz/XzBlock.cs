using System.Buffers.Binary;
using System.Globalization;
using SharpCompress.Compressors.Xz;
using SharpCompress.Compressors.Xz.Filters;
using TraceAnalyzer.Reading.Inputs;

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
    private readonly Lzma2Chunks _chunks;
    private byte[] _bytes = [];
    private int _length;
    private int _taken;
    private Exception? _cut;

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
        _chunks = new Lzma2Chunks(source);
        _lzma2.SetBaseStream(_chunks);
    }

    /// <summary>Decompresses on; 0 at the end of the block, once its check is found to be right. Of a chunk that is damaged no byte is given.</summary>
    /// <exception cref="InvalidDataException">It is not right.</exception>
    /// <exception cref="EndOfStreamException">The input ends; what was packed ahead of its end has been given.</exception>
    public int Read(Span<byte> buffer)
    {
        if (_taken == _length)
        {
            if (_cut is not null)
                throw new EndOfStreamException(_cut.Message, _cut);
            if (!ReadChunk())
            {
                End();
                return 0;
            }
        }

        int count = Math.Min(buffer.Length, _length - _taken);
        _bytes.AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }

    public void Dispose()
    {
        _check.Dispose();
        _lzma2.Dispose();
    }

    private bool ReadChunk()
    {
        _taken = _length = 0;
        int becomes = _chunks.Load();
        if (becomes == 0)
            return false;
        if (_bytes.Length < becomes)
            _bytes = new byte[becomes];
        if (_chunks.IsCut)
            DecodeCut(becomes);
        else
            DecodeWhole(becomes);
        Span<byte> bytes = _bytes.AsSpan(0, _length);
        for (int i = _deltas.Count - 1; i >= 0; i--)
            _deltas[i].Undo(bytes);
        _check.Add(bytes);
        return true;
    }

    private void DecodeWhole(int becomes)
    {
        int length = 0;
        while (length < becomes && _lzma2.Read(_bytes, length, becomes - length) is > 0 and int count)
            length += count;
        _length = length == becomes ? length : throw new InvalidDataException("a chunk of an xz block is damaged");
    }

    // A byte at a time: what the decoder had of a longer read when it fails is lost.
    private void DecodeCut(int becomes)
    {
        try
        {
            while (_length < becomes && _lzma2.Read(_bytes, _length, 1) == 1)
                _length++;
            _cut = new EndOfStreamException("an xz stream ends within a block");
        }
        catch (Exception exception)
        {
            _cut = exception;
        }
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
                Init(properties);
            else
                throw new IOException($"packed with a filter of xz that is not supported (0x{id:X2}); unpack it with 'xz -dc' first");
        }

        ulong Number() => XzNumber.Read(() => header[at++]);
    }

    private void Init(byte[] properties)
    {
        // xz's lzma2_decoder.c: 2 or 3 times a power of two.
        long dictionaryBytes = properties is [<= 40] ? (2L | (properties[0] & 1)) << ((properties[0] / 2) + 11) : 0;
        if (dictionaryBytes > CompressedInput.MaxWindowBytes)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture,
                $"packed with a dictionary of {dictionaryBytes} bytes; up to {CompressedInput.MaxWindowBytes} are read: unpack it with 'xz -dc' first, or pack it with at most 'xz -9'"));
        }

        _lzma2.Init(properties);
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
