namespace TraceAnalyzer.Statistics;

/// <summary>
/// Do two series rise together? Spearman's rank correlation against that of one with the other shifted in time, end to start: shifts keep what each series
/// has to do with its own past, which permutations would not, and which alone makes two slow series correlate.
/// </summary>
internal static class ShiftTest
{
    /// <summary>Fewest values: with fewer no p-value of 0.05 could come out.</summary>
    public const int Least = 40;

    /// <summary>The correlation and the share of shifts, none included, that have one as great; null for too few values. A constant series correlates with nothing: 0 and 1.</summary>
    public static (double Correlation, double PValue)? Of(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        int count = first.Count;
        if (count < Least || count != second.Count)
            return null;
        double[] left = Centered(RankCorrelation.Ranks(first));
        double[] right = Centered(RankCorrelation.Ranks(second));
        double scale = Math.Sqrt(left.Sum(value => value * value) * right.Sum(value => value * value));
        if (scale == 0)
            return (0, 1);
        double observed = Product(left, right, 0);
        int asGreat = Enumerable.Range(0, count).Count(shift => Product(left, right, shift) >= observed - (1e-9 * scale));
        return (observed / scale, (double)asGreat / count);
    }

    private static double[] Centered(double[] ranks)
    {
        double mean = ranks.Average();
        return Array.ConvertAll(ranks, rank => rank - mean);
    }

    private static double Product(double[] left, double[] right, int shift)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
            sum += left[i] * right[i + shift < right.Length ? i + shift : i + shift - right.Length];
        return sum;
    }
}
