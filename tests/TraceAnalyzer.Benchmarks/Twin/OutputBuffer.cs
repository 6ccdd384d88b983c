using System.Buffers.Text;

namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>A file behind one large buffer that text and records are formatted into in place.</summary>
public sealed class OutputBuffer(string path) : IDisposable
{
    private const int Room = 4096;

    private readonly FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
    private readonly byte[] buffer = new byte[1 << 20];
    private int used;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Take(bytes.Length));
    }

    public void Write(long number) => Pad(number, width: 1, ' ');

    /// <summary>The number, right-aligned in <paramref name="width"/> characters.</summary>
    public void Pad(long number, int width, char fill)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out int length);
        Span<byte> room = Take(Math.Max(width, length));
        room[..^length].Fill((byte)fill);
        digits[..length].CopyTo(room[^length..]);
    }

    /// <summary>The next <paramref name="length"/> bytes of the file, to be filled at once. At most 4,096.</summary>
    public Span<byte> Take(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Room);
        if (buffer.Length - used < length)
            Flush();
        used += length;
        return buffer.AsSpan(used - length, length);
    }

    public void Dispose()
    {
        Flush();
        file.Dispose();
    }

    private void Flush()
    {
        file.Write(buffer, 0, used);
        used = 0;
    }
}
