using System.Text;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Lines;

/// <summary>Brings text of other encodings to the UTF-8 without a byte order mark that all readers of text expect.</summary>
internal static class TextEncodings
{
    /// <summary>How many first bytes tell the encoding: UTF-16 without a mark must have 16 ASCII characters there, as no binary format read here has.</summary>
    public const int PeekBytes = 32;

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];
    private static ReadOnlySpan<byte> Utf16Mark => [0xFF, 0xFE];
    private static ReadOnlySpan<byte> Utf16BigEndianMark => [0xFE, 0xFF];
    private static ReadOnlySpan<byte> Utf32Mark => [0xFF, 0xFE, 0, 0];

    /// <summary>
    /// The content of <paramref name="stream"/> without a UTF-8 byte order mark, and UTF-16 (with a mark, or ASCII throughout its start) as UTF-8; anything else,
    /// binary or text, as it is. What is not valid UTF-16 becomes U+FFFD. Reads the first bytes at once; the result owns the stream.
    /// </summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static Stream ToUtf8(Stream stream)
    {
        var peeked = new PeekedStream(stream, PeekBytes);
        (int markBytes, Encoding? encoding) = Recognize(peeked.Peeked.Span);
        peeked.ReadExactly(stackalloc byte[markBytes]);
        return encoding is null ? peeked : Encoding.CreateTranscodingStream(peeked, encoding, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    /// <summary>True if <see cref="ToUtf8"/> changes content that begins with <paramref name="first"/>.</summary>
    public static bool AreConverted(ReadOnlySpan<byte> first) => Recognize(first) != default;

    private static (int MarkBytes, Encoding? Encoding) Recognize(ReadOnlySpan<byte> first)
    {
        if (first.StartsWith(Utf8Mark))
            return (Utf8Mark.Length, null);
        if (first.StartsWith(Utf16Mark) && !first.StartsWith(Utf32Mark))
            return (Utf16Mark.Length, Encoding.Unicode);
        if (first.StartsWith(Utf16BigEndianMark))
            return (Utf16BigEndianMark.Length, Encoding.BigEndianUnicode);
        if (IsAsciiBeside(first, zero: 1))
            return (0, Encoding.Unicode);
        return IsAsciiBeside(first, zero: 0) ? (0, Encoding.BigEndianUnicode) : default;
    }

    // Whether every second byte is a zero and the others are text.
    private static bool IsAsciiBeside(ReadOnlySpan<byte> first, int zero)
    {
        if (first.Length < PeekBytes)
            return false;
        for (int i = 0; i < PeekBytes; i += 2)
        {
            if (first[i + zero] != 0 || first[i + 1 - zero] is not (>= (byte)' ' and <= (byte)'~' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                return false;
        }

        return true;
    }
}
