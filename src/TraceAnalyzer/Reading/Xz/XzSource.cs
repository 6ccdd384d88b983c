using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Xz;

/// <summary>The compressed bytes, buffered because the decoder takes them one at a time, and counted because it aligns blocks by the position.</summary>
internal sealed class XzSource(Stream inner) : ForwardStream
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
