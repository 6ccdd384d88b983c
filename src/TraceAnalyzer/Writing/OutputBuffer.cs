using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace TraceAnalyzer.Writing;

/// <summary>Bytes and text on their way into a stream, without an allocation per field.</summary>
internal sealed class OutputBuffer(Stream stream, int size = 256 * 1024)
{
    private const int LongestNumber = 20;

    private readonly byte[] _buffer = new byte[size];
    private int _used;

    /// <summary>Appends a byte.</summary>
    public void Append(byte value)
    {
        if (_used == size)
            Flush();
        _buffer[_used++] = value;
    }

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > size - _used)
        {
            int count = size - _used;
            bytes[..count].CopyTo(_buffer.AsSpan(_used));
            _used = size;
            bytes = bytes[count..];
            Flush();
        }

        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    /// <summary>Appends text in UTF-8.</summary>
    public void AppendUtf8(string text)
    {
        if (size - _used < 3 * text.Length)
            Flush();
        if (3 * text.Length > size)
            Append(Encoding.UTF8.GetBytes(text));
        else
            _used += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_used));
    }

    /// <summary>Appends a number in decimal digits.</summary>
    public void AppendNumber(long value)
    {
        Reserve(LongestNumber);
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_used), out int length);
        _used += length;
    }

    /// <summary>Appends a number in decimal digits.</summary>
    public void AppendNumber(ulong value)
    {
        Reserve(LongestNumber);
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_used), out int length);
        _used += length;
    }

    /// <summary>Appends a number right-aligned in at least <paramref name="width"/> characters, as C's <c>%*d</c>.</summary>
    public void AppendRight(long value, int width, byte fill = (byte)' ')
    {
        Reserve(LongestNumber + width);
        Span<byte> digits = stackalloc byte[LongestNumber];
        Utf8Formatter.TryFormat(value, digits, out int length);
        for (int i = length; i < width; i++)
            _buffer[_used++] = fill;
        digits[..length].CopyTo(_buffer.AsSpan(_used));
        _used += length;
    }

    /// <summary>Appends a number left-aligned in at least <paramref name="width"/> characters, as C's <c>%-*d</c>.</summary>
    public void AppendLeft(long value, int width)
    {
        Reserve(LongestNumber + width);
        int start = _used;
        AppendNumber(value);
        while (_used - start < width)
            _buffer[_used++] = (byte)' ';
    }

    /// <summary>Hands everything to the stream.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Flush()
    {
        stream.Write(_buffer, 0, _used);
        _used = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int bytes)
    {
        if (size - _used < bytes)
            Flush();
    }
}
