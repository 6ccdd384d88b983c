namespace TraceAnalyzer.Statistics;

/// <summary>
/// Finds the stretch of a series whose values stand most above the others, and tests it: the scan statistic of circular binary segmentation
/// (A. B. Olshen, E. S. Venkatraman, R. Lucito and M. Wigler, Biostatistics 5, 2004), one-sided, not circular, against random permutations of the series.
/// </summary>
internal static class StretchTest
{
    /// <summary>Fewest values inside a stretch, and outside of it.</summary>
    public const int Least = 3;

    /// <summary>Permutations: with these a p-value of 0.05 has a standard error of 0.007.</summary>
    public const int Permutations = 999;

    /// <summary>The stretch [Start, End) with the greatest statistic and its p-value; null for too few values.</summary>
    /// <param name="values">The series.</param>
    /// <param name="seed">Seed of the permutations: the same input gives the same answer.</param>
    public static (int Start, int End, double PValue)? Of(ReadOnlySpan<double> values, int seed = 1)
    {
        if (values.Length < 2 * Least)
            return null;
        double[] sums = new double[values.Length + 1];
        (int start, int end, double greatest) = Scan(values, sums);
        var random = new Random(seed);
        double[] shuffled = values.ToArray();
        int asGreat = 0;
        for (int i = 0; i < Permutations; i++)
        {
            random.Shuffle(shuffled);
            // What differs by rounding alone is the same.
            if (Scan(shuffled, sums).Statistic >= greatest * (1 - 1e-9))
                asGreat++;
        }

        return (start, end, (1.0 + asGreat) / (1 + Permutations));
    }

    // The sum inside over what it would be at the overall mean, scaled so that stretches of all lengths vary alike.
    private static (int Start, int End, double Statistic) Scan(ReadOnlySpan<double> values, double[] sums)
    {
        int count = values.Length;
        double mean = 0;
        foreach (double value in values)
            mean += value;
        mean /= count;
        for (int i = 0; i < count; i++)
            sums[i + 1] = sums[i] + values[i] - mean;

        (int Start, int End, double Statistic) best = (0, Least, double.NegativeInfinity);
        for (int length = Least; length <= count - Least; length++)
        {
            double scale = 1 / Math.Sqrt((double)length * (count - length) / count);
            for (int start = 0; start + length <= count; start++)
            {
                double statistic = (sums[start + length] - sums[start]) * scale;
                if (statistic > best.Statistic)
                    best = (start, start + length, statistic);
            }
        }

        return best;
    }
}
