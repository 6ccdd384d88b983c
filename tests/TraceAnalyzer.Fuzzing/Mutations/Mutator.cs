namespace TraceAnalyzer.Fuzzing.Mutations;

/// <summary>Makes inputs of seeds: a few small changes, most of which leave a file that is still told for what it was.</summary>
internal static class Mutator
{
    private const int MostBytes = 64 << 10;
    private const int RareLarge = 4096;
    private const int LargeBytes = 1 << 20;

    /// <summary>Changes one of <paramref name="seeds"/>.</summary>
    /// <param name="seeds">Intact files.</param>
    /// <param name="isText">True if lines and numbers may be changed too.</param>
    /// <param name="random">Decides everything.</param>
    public static byte[] Mutate(IReadOnlyList<byte[]> seeds, bool isText, Random random)
    {
        byte[] bytes = seeds[random.Next(seeds.Count)];
        if (random.Next(RareLarge) == 0)
            return Repeat(bytes, random);
        for (int changes = 1 + Small(random); changes > 0; changes--)
        {
            if (bytes.Length == 0)
                return bytes;
            bytes = isText && random.Next(3) > 0
                ? TextMutations.Apply(bytes, seeds, random)
                : ByteMutations.Apply(bytes, seeds, random);
            if (bytes.Length > MostBytes)
                bytes = bytes[..MostBytes];
        }

        return bytes;
    }

    /// <summary>0 in half of all cases, 1 in a quarter, and so on up to 15.</summary>
    internal static int Small(Random random) => int.TrailingZeroCount(random.Next(1 << 15) | (1 << 15));

    // What takes the square of its length takes long now.
    private static byte[] Repeat(byte[] bytes, Random random)
    {
        if (bytes.Length == 0)
            return bytes;
        int from = random.Next(bytes.Length);
        ReadOnlySpan<byte> piece = bytes.AsSpan(from, 1 + random.Next(Math.Min(bytes.Length - from, random.Next(2) == 0 ? 4 : 4096)));
        byte[] large = new byte[LargeBytes];
        bytes.AsSpan(0, Math.Min(from, large.Length)).CopyTo(large);
        for (int at = from; at < large.Length; at += piece.Length)
            piece[..Math.Min(piece.Length, large.Length - at)].CopyTo(large.AsSpan(at));
        return large;
    }
}
