using System.Buffers.Binary;
using System.Text;

namespace TraceAnalyzer.ModelFiles;

/// <summary>Reads the numbers and strings of a header one after the other, at most <see cref="ModelLimits.MostHeaderBytes"/> of it. What is missing or too long is an error that names file and place.</summary>
/// <param name="name">The file's name, for messages.</param>
/// <param name="content">The file from its start.</param>
internal sealed class HeaderStream(string name, Stream content)
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _at;
    private int _end;

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>True if numbers have their highest byte first.</summary>
    public bool IsBigEndian { get; set; }

    /// <summary>An error at the place that was read last.</summary>
    /// <param name="expected">What was expected, and what was found instead.</param>
    /// <param name="at">The place; where nothing is said, here.</param>
    public TraceException Fault(string expected, long? at = null) => new(FormattableString.Invariant($"{name}: byte {at ?? Position}: {expected}"));

    /// <summary>A number of 8, 16, 32 or 64 bits.</summary>
    public ulong Number(int bytes, string what)
    {
        Span<byte> digits = stackalloc byte[8];
        digits.Clear();
        Read(IsBigEndian ? digits[(8 - bytes)..] : digits[..bytes], what);
        return IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(digits) : BinaryPrimitives.ReadUInt64LittleEndian(digits);
    }

    /// <summary>A number of 32 bits.</summary>
    public uint Number32(string what) => (uint)Number(sizeof(uint), what);

    /// <summary>A number of 64 bits that is at most <paramref name="most"/>.</summary>
    public long Count(long most, string what)
    {
        long at = Position;
        ulong number = Number(sizeof(ulong), what);
        return number <= (ulong)most ? (long)number : throw Fault(FormattableString.Invariant($"expected {what} of at most {most}, found {number}"), at);
    }

    /// <summary>A string: its length in 64 bits and that many bytes of UTF-8, at most <paramref name="most"/>.</summary>
    public string Text(int most, string what)
    {
        int length = (int)Count(most, $"the length of {what}");
        return Encoding.UTF8.GetString(Bytes(length, what));
    }

    /// <summary>So many bytes; they are read piece by piece, so that a wrong length does not take memory for what is not there.</summary>
    public byte[] Bytes(long length, string what)
    {
        CheckLength(length, what);
        byte[] bytes = new byte[Math.Min(length, _buffer.Length)];
        for (int read = 0; read < length;)
        {
            if (read == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(length, 2L * read));
            read += Take(bytes.AsSpan(read), what);
        }

        return bytes;
    }

    /// <summary>Passes over so many bytes.</summary>
    public void Skip(long length, string what)
    {
        CheckLength(length, what);
        while (length > 0)
        {
            Fill(what);
            int piece = (int)Math.Min(length, _end - _at);
            _at += piece;
            Position += piece;
            length -= piece;
        }
    }

    private void CheckLength(long length, string what)
    {
        if (length > ModelLimits.MostHeaderBytes - Position)
            throw Fault(FormattableString.Invariant($"expected a header of at most {ModelLimits.MostHeaderBytes} bytes; {what} takes {length}"));
    }

    // As much as is at hand; at least a byte.
    private int Take(Span<byte> bytes, string what)
    {
        Fill(what);
        int piece = Math.Min(bytes.Length, _end - _at);
        _buffer.AsSpan(_at, piece).CopyTo(bytes);
        _at += piece;
        Position += piece;
        return piece;
    }

    private void Read(Span<byte> bytes, string what)
    {
        if (bytes.Length > ModelLimits.MostHeaderBytes - Position)
            throw Fault(FormattableString.Invariant($"expected a header of at most {ModelLimits.MostHeaderBytes} bytes"));
        for (int i = 0; i < bytes.Length; i++)
        {
            Fill(what);
            bytes[i] = _buffer[_at++];
            Position++;
        }
    }

    private void Fill(string what)
    {
        if (_at < _end)
            return;
        _at = 0;
        _end = content.Read(_buffer);
        if (_end == 0)
            throw Fault($"expected {what}, but the file ends here");
    }
}
