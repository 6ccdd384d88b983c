using System.Numerics;

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

    /// <summary>Adds the values of <paramref name="added"/>, which is not longer, to those of <paramref name="sum"/>.</summary>
    public static void Add(Span<long> sum, ReadOnlySpan<long> added)
    {
        int i = 0;
        for (; i <= added.Length - Vector<long>.Count; i += Vector<long>.Count)
            (new Vector<long>(sum[i..]) + new Vector<long>(added[i..])).CopyTo(sum[i..]);
        for (; i < added.Length; i++)
            sum[i] += added[i];
    }

    /// <summary>Adds up groups of <paramref name="factor"/> neighbors in place.</summary>
    public static void Join(long[] values, int factor)
    {
        for (int target = 0; target * factor < values.Length; target++)
        {
            long sum = 0;
            int end = Math.Min((target + 1) * factor, values.Length);
            for (int i = target * factor; i < end; i++)
            {
                sum += values[i];
                values[i] = 0;
            }

            values[target] = sum;
        }
    }

    /// <summary>Adds up groups of <paramref name="factor"/> neighbors into an array of <paramref name="count"/> sums.</summary>
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
