using System.Buffers.Binary;

namespace TraceAnalyzer.Fuzzing.Mutations;

/// <summary>Changes that any file may suffer, whatever is in it.</summary>
internal static class ByteMutations
{
    private static readonly byte[] s_bytes = [0, 1, 0x7F, 0x80, 0xFF, (byte)'\n', (byte)' ', (byte)'0', (byte)'9', (byte)'-'];
    private static readonly long[] s_numbers =
        [0, 1, -1, 127, 255, 256, short.MaxValue, ushort.MaxValue, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 31, 1L << 32, long.MaxValue, long.MinValue, 1L << 54, 1L << 62];

    /// <summary>Makes one change, to a copy.</summary>
    public static byte[] Apply(byte[] bytes, IReadOnlyList<byte[]> seeds, Random random)
    {
        int at = random.Next(bytes.Length);
        switch (random.Next(10))
        {
            case 0:
                return With(bytes, at, (byte)(bytes[at] ^ (1 << random.Next(8))));
            case 1:
                return With(bytes, at, s_bytes[random.Next(s_bytes.Length)]);
            case 2:
                return With(bytes, at, (byte)random.Next(256));
            case 3:
                return WithNumber(bytes, at & (random.Next(2) == 0 ? ~3 : ~0), s_numbers[random.Next(s_numbers.Length)], random);
            case 4:
                return random.Next(2) == 0 ? bytes[..at] : bytes[at..];
            case 5:
                return Insert(bytes, at, Noise(random));
            case 6:
                return Remove(bytes, at, Length(bytes, at, random));
            case 7:
                return Insert(bytes, random.Next(bytes.Length), bytes.AsSpan(at, Length(bytes, at, random)));
            case 8:
                byte[] other = seeds[random.Next(seeds.Count)];
                return [.. bytes[..at], .. other[random.Next(other.Length + 1)..]];
            default:
                return Swap(bytes, random);
        }
    }

    /// <summary>A copy with <paramref name="inserted"/> at <paramref name="at"/>.</summary>
    internal static byte[] Insert(byte[] bytes, int at, ReadOnlySpan<byte> inserted) => [.. bytes.AsSpan(0, at), .. inserted, .. bytes.AsSpan(at)];

    /// <summary>A copy without a piece.</summary>
    internal static byte[] Remove(byte[] bytes, int at, int length) => [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + length)];

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        changed[at] = value;
        return changed;
    }

    private static byte[] WithNumber(byte[] bytes, int at, long number, Random random)
    {
        byte[] changed = [.. bytes];
        Span<byte> eight = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(eight, number);
        if (random.Next(4) == 0)
            eight.Reverse();
        Span<byte> place = changed.AsSpan(at, Math.Min(1 << random.Next(4), changed.Length - at));
        eight[..place.Length].CopyTo(place);
        return changed;
    }

    private static byte[] Swap(byte[] bytes, Random random)
    {
        int length = 1 + random.Next(Math.Max(1, bytes.Length / 4));
        int left = random.Next(bytes.Length - length + 1);
        int right = random.Next(bytes.Length - length + 1);
        byte[] changed = [.. bytes];
        bytes.AsSpan(left, length).CopyTo(changed.AsSpan(right));
        bytes.AsSpan(right, length).CopyTo(changed.AsSpan(left));
        return changed;
    }

    private static byte[] Noise(Random random)
    {
        byte[] noise = new byte[1 + random.Next(random.Next(8) == 0 ? 600 : 16)];
        if (random.Next(2) == 0)
            random.NextBytes(noise);
        else
            Array.Fill(noise, s_bytes[random.Next(s_bytes.Length)]);
        return noise;
    }

    private static int Length(byte[] bytes, int at, Random random) => 1 + random.Next(Math.Min(bytes.Length - at, random.Next(2) == 0 ? 8 : 1024));
}
