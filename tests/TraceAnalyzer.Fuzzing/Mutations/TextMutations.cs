using System.Text;

namespace TraceAnalyzer.Fuzzing.Mutations;

/// <summary>Changes of lines, words and numbers.</summary>
internal static class TextMutations
{
    private const int LongLine = 3000;

    private static readonly byte[][] s_numbers =
    [
        .. ((string[])[
            "0", "-0", "1", "-1", "255", "65536", "2147483647", "2147483648", "-2147483648", "4294967295", "4294967296", "9007199254740993",
            "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615", "18446744073709551616", "99999999999999999999999999999999",
            "1e5", "1e-7", "1e308", "1e309", "-1e999", "NaN", "Infinity", "-Infinity", "0x10", "1.5", "-2.75", ".5", "5.", "1_000", "1,5", "00000000000000000012", "",
            "0.000000000000000000000001", "123456789.123456789123456789", "null", "true", "٣"]).Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly byte[][] s_words =
    [
        .. ((string[])["\r\n", "\r", "\t", ",", ", ", ";", "\"", "'", "\\", "[", "]", "{", "}", "(null)", "[0]", " + ", " / ", "<-", ":", "%", "\0", "\uFEFF", "\u202E", "\uD7FF", "#", "- ", "&a", "*a", "!!x ", "? ", "..", "R", "WFS", "FN", "D", "C"])
            .Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Makes one change, to a copy.</summary>
    public static byte[] Apply(byte[] text, IReadOnlyList<byte[]> seeds, Random random)
    {
        switch (random.Next(12))
        {
            case 0 or 1 or 2 or 3:
                return WithNumber(text, random);
            case 4:
                return ByteMutations.Insert(text, random.Next(text.Length), s_words[random.Next(s_words.Length)]);
            case 5:
                (int at, int length) = Line(text, random);
                return ByteMutations.Remove(text, at, length);
            case 6:
                (at, length) = Line(text, random);
                return ByteMutations.Insert(text, Line(text, random).Start, text.AsSpan(at, length));
            case 7:
                byte[] other = seeds[random.Next(seeds.Count)];
                (at, length) = other.Length == 0 ? (0, 0) : Line(other, random);
                return ByteMutations.Insert(text, Line(text, random).Start, other.AsSpan(at, length));
            case 8:
                return WithoutWord(text, random);
            case 9:
                return WithWordOfElsewhere(text, random);
            case 10:
                return WithLongWord(text, random);
            default:
                return Cased(text, random);
        }
    }

    // The line that a random byte is part of, with its end.
    private static (int Start, int Length) Line(byte[] text, Random random)
    {
        int at = random.Next(text.Length);
        int start = text.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;
        int end = text.AsSpan(at).IndexOf((byte)'\n');
        return (start, (end < 0 ? text.Length : at + end + 1) - start);
    }

    private static byte[] WithNumber(byte[] text, Random random)
    {
        int from = random.Next(text.Length);
        int found = text.AsSpan(from).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (found < 0)
            return ByteMutations.Insert(text, from, s_numbers[random.Next(s_numbers.Length)]);
        int start = from + found;
        int length = text.AsSpan(start).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        length = length < 0 ? text.Length - start : length;
        return [.. text.AsSpan(0, start), .. s_numbers[random.Next(s_numbers.Length)], .. text.AsSpan(start + length)];
    }

    private static byte[] WithoutWord(byte[] text, Random random)
    {
        (int start, int length) = Word(text, random);
        return ByteMutations.Remove(text, start, length);
    }

    private static byte[] WithWordOfElsewhere(byte[] text, Random random)
    {
        (int start, int length) = Word(text, random);
        (int otherStart, int otherLength) = Word(text, random);
        return [.. text.AsSpan(0, start), .. text.AsSpan(otherStart, otherLength), .. text.AsSpan(start + length)];
    }

    private static byte[] WithLongWord(byte[] text, Random random)
    {
        (int start, int length) = Word(text, random);
        if (length == 0)
            return text;
        byte[] word = text[start..(start + length)];
        int times = 2 + random.Next(LongLine / length + 1);
        byte[] repeated = [.. Enumerable.Repeat(word, times).SelectMany(bytes => bytes)];
        return ByteMutations.Insert(text, start, repeated);
    }

    private static byte[] Cased(byte[] text, Random random)
    {
        byte[] changed = [.. text];
        int at = random.Next(text.Length);
        if (char.IsAsciiLetter((char)changed[at]))
            changed[at] ^= 0x20;
        else
            changed[at] = (byte)(' ' + random.Next(95));
        return changed;
    }

    private static (int Start, int Length) Word(byte[] text, Random random)
    {
        ReadOnlySpan<byte> separators = " \t\n,:\""u8;
        int at = random.Next(text.Length);
        int start = text.AsSpan(0, at).LastIndexOfAny(separators) + 1;
        int end = text.AsSpan(start).IndexOfAny(separators);
        return (start, end < 0 ? text.Length - start : end);
    }
}
