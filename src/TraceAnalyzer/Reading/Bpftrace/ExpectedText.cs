using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TraceAnalyzer.Reading.Bpftrace;

/// <summary>Up to 16 bytes of text that are expected to stand again elsewhere.</summary>
internal readonly struct ExpectedText
{
    private readonly Vector128<byte> _bytes;
    private readonly Vector128<byte> _mask;

    private ExpectedText(Vector128<byte> bytes, Vector128<byte> mask, int length)
    {
        _bytes = bytes;
        _mask = mask;
        Length = length;
    }

    /// <summary>Its bytes; 0 if nothing is expected, which stands nowhere.</summary>
    public int Length { get; }

    /// <summary>Expects <paramref name="text"/>, or nothing if that is longer than 16 bytes.</summary>
    public static ExpectedText Of(ReadOnlySpan<byte> text)
    {
        if (text.Length > Vector128<byte>.Count)
            return default;
        Span<byte> bytes = stackalloc byte[Vector128<byte>.Count];
        bytes.Clear();
        text.CopyTo(bytes);
        Vector128<byte> mask = Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)text.Length));
        return new ExpectedText(Vector128.Create<byte>(bytes), mask, text.Length);
    }

    /// <summary>True if the text stands at <paramref name="at"/>, behind which 16 bytes can be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool StandsAt(ref readonly byte at) => Length != 0 && (Vector128.LoadUnsafe(in at) & _mask) == _bytes;
}
