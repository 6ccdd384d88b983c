namespace TraceAnalyzer.Statistics;

/// <summary>A sum in each bin of a <see cref="TimeScale"/>.</summary>
internal static class BinnedSeries
{
    /// <summary>Makes room for <paramref name="bin"/>.</summary>
    public static void EnsureLength(ref long[] values, int bin)
    {
        if (bin >= values.Length)
            Array.Resize(ref values, Math.Max(bin + 1, values.Length * 2));
    }

    /// <summary>Adds up groups of <paramref name="factor"/> neighbours in place.</summary>
    public static void Join(long[] values, int factor)
    {
        for (int i = 0; i < values.Length; i++)
        {
            long value = values[i];
            values[i] = 0;
            values[i / factor] += value;
        }
    }

    /// <summary>Adds up groups of <paramref name="factor"/> neighbours into an array of <paramref name="count"/> sums.</summary>
    public static long[] Joined(long[] values, long factor, int count)
    {
        long[] joined = new long[count];
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] != 0)
                joined[Math.Min(i / factor, count - 1)] += values[i];
        }

        return joined;
    }
}
