namespace TraceAnalyzer.Reading.Inputs;

/// <summary>A stream whose first bytes were looked at and are still to be read; works on pipes.</summary>
internal sealed class PeekedStream : ForwardStream
{
    private readonly Stream _inner;
    private byte[] _first;
    private int _taken;

    /// <summary>Looks at up to <paramref name="count"/> bytes of <paramref name="inner"/>, which it then owns.</summary>
    public PeekedStream(Stream inner, int count)
    {
        _inner = inner;
        byte[] first = new byte[count];
        int length = inner.ReadAtLeast(first, count, throwOnEndOfStream: false);
        _first = length == count ? first : first[..length];
    }

    /// <summary>The first bytes; fewer than asked for only if the stream is that short.</summary>
    public ReadOnlyMemory<byte> Peeked => _first;

    /// <summary>Looks on, at up to <paramref name="count"/> bytes in all; nothing may have been read yet.</summary>
    /// <returns>False if there are no more bytes than were looked at before.</returns>
    public bool PeekUpTo(int count)
    {
        int before = _first.Length;
        byte[] first = new byte[count];
        _first.CopyTo(first, 0);
        int length = before + _inner.ReadAtLeast(first.AsSpan(before), count - before, throwOnEndOfStream: false);
        _first = length == count ? first : first[..length];
        return length > before;
    }

    public override int Read(Span<byte> buffer)
    {
        if (_taken == _first.Length)
            return _inner.Read(buffer);
        int count = Math.Min(buffer.Length, _first.Length - _taken);
        _first.AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
        base.Dispose(disposing);
    }
}
