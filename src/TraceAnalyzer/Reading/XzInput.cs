using SharpCompress.Compressors.Xz;

namespace TraceAnalyzer.Reading;

/// <summary>
/// Decompresses xz: one stream after the other, as parallel compressors and <c>cat</c> make them, with padding between
/// (The .xz File Format, version 1.2.1, section 2). LZMA2 alone is supported, which is what xz uses unasked. Damaged or cut data ends in an <see cref="InvalidDataException"/> after what came before it.
/// </summary>
internal sealed class XzInput(Stream compressed) : ForwardStream
{
    private readonly Source _source = new(compressed);
    private XZStream? _stream;
    private bool _ended;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            while (!_ended && !buffer.IsEmpty)
            {
                _stream ??= Next();
                if (_stream is null)
                    break;
                int count = _stream.Read(buffer);
                if (count > 0)
                    return count;
                _stream.Dispose();
                _stream = null;
            }

            return 0;
        }
        catch (NotImplementedException exception)
        {
            // Filters for machine code and the delta filter; without being asked xz uses none of them.
            throw new IOException($"packed with a filter of xz that is not supported ({exception.Message}); unpack it with 'xz -dc' first", exception);
        }
        catch (Exception exception) when (exception is not (IOException or InvalidDataException or OperationCanceledException))
        {
            // The decoder meets damage with exceptions of many kinds, some of them out of its own arithmetic.
            _ended = true;
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream?.Dispose();
            compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    private XZStream? Next()
    {
        ReadOnlySpan<byte> next = _source.Peek();
        while (next.Length == Source.Alignment && next.IndexOfAnyExcept((byte)0) < 0)
        {
            _source.Skip(next.Length);
            next = _source.Peek();
        }

        if (next.IsEmpty)
        {
            _ended = true;
            return null;
        }

        // The rest of the magic is the decoder's.
        return next[0] == 0xFD ? new XZStream(_source) : throw new InvalidDataException("no xz stream follows");
    }

    /// <summary>The compressed bytes, buffered because the decoder takes them one at a time, and counted because it aligns blocks by the position.</summary>
    private sealed class Source(Stream inner) : ForwardStream
    {
        /// <summary>Sizes in the format are multiples of this.</summary>
        public const int Alignment = 4;

        private readonly byte[] _buffer = new byte[1 << 16];
        private int _at;
        private int _end;
        private long _taken;

        public override long Position
        {
            get => _taken;
            set => throw new NotSupportedException();
        }

        /// <summary>The next <see cref="Alignment"/> bytes, or those that are left.</summary>
        public ReadOnlySpan<byte> Peek()
        {
            if (_end - _at < Alignment)
            {
                _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
                _end -= _at;
                _at = 0;
                _end += inner.ReadAtLeast(_buffer.AsSpan(_end), Alignment - _end, throwOnEndOfStream: false);
            }

            return _buffer.AsSpan(_at, Math.Min(Alignment, _end - _at));
        }

        public void Skip(int count)
        {
            _at += count;
            _taken += count;
        }

        public override int Read(Span<byte> buffer)
        {
            // The decoder takes less than it asked for as the end.
            int length = 0;
            while (length < buffer.Length && Fill())
            {
                int count = Math.Min(buffer.Length - length, _end - _at);
                _buffer.AsSpan(_at, count).CopyTo(buffer[length..]);
                Skip(count);
                length += count;
            }

            return length;
        }

        public override int ReadByte()
        {
            if (!Fill())
                return -1;
            _taken++;
            return _buffer[_at++];
        }

        private bool Fill()
        {
            if (_at < _end)
                return true;
            _at = 0;
            _end = inner.Read(_buffer);
            return _end > 0;
        }
    }
}
