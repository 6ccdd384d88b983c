namespace TraceAnalyzer.Statistics;

/// <summary>A value of a distribution and how much of it there is.</summary>
/// <param name="Value">The value.</param>
/// <param name="Weight">How often it occurs, 0 or more.</param>
public readonly record struct WeightedValue(double Value, double Weight);

/// <summary>
/// How far apart two distributions on the line are. Both distances are read off the two cumulative distribution functions, whatever the
/// numbers of values; distributions are lists of distinct values, ascending, with weights that are not all 0.
/// </summary>
public static class DistributionDistance
{
    /// <summary>
    /// The Kolmogorov-Smirnov distance: the greatest difference of the two cumulative shares, 0 (alike) to 1 (nothing in common).
    /// F. J. Massey, "The Kolmogorov-Smirnov Test for Goodness of Fit", J. Am. Stat. Assoc. 46 (1951). It is an effect size here and no
    /// test: with a million requests any difference is significant.
    /// </summary>
    /// <exception cref="ArgumentException">A distribution is empty.</exception>
    public static double KolmogorovSmirnov(IReadOnlyList<WeightedValue> left, IReadOnlyList<WeightedValue> right)
    {
        double greatest = 0;
        Sweep(left, right, (difference, _) => greatest = Math.Max(greatest, difference));
        return Math.Min(1, greatest);
    }

    /// <summary>
    /// The earth mover's distance (1-Wasserstein), in the values' unit: how far each unit of weight has to be moved on average to turn one
    /// distribution into the other. On the line it is the area between the two cumulative distribution functions: S. S. Vallender,
    /// "Calculation of the Wasserstein Distance Between Probability Distributions on the Line", Theory Probab. Appl. 18 (1974);
    /// the name is of Y. Rubner, C. Tomasi, L. J. Guibas, Int. J. Comput. Vis. 40 (2000).
    /// </summary>
    /// <exception cref="ArgumentException">A distribution is empty.</exception>
    public static double EarthMover(IReadOnlyList<WeightedValue> left, IReadOnlyList<WeightedValue> right)
    {
        double area = 0;
        Sweep(left, right, (difference, width) => area += difference * width);
        return area;
    }

    /// <summary>The distribution of the binary logarithms, for distances in octaves (doublings); values below 1 count as 1.</summary>
    public static WeightedValue[] InOctaves(IReadOnlyList<WeightedValue> distribution)
    {
        ArgumentNullException.ThrowIfNull(distribution);
        return [.. distribution.Select(entry => entry with { Value = Math.Log2(Math.Max(1, entry.Value)) })];
    }

    // Tells, from each value that occurs to the next, by how much the cumulative shares differ and how far it is.
    private static void Sweep(IReadOnlyList<WeightedValue> left, IReadOnlyList<WeightedValue> right, Action<double, double> step)
    {
        double leftAll = Total(left, nameof(left));
        double rightAll = Total(right, nameof(right));
        double leftSum = 0;
        double rightSum = 0;
        int i = 0;
        int j = 0;
        while (i < left.Count || j < right.Count)
        {
            double value = Math.Min(i < left.Count ? left[i].Value : double.PositiveInfinity, j < right.Count ? right[j].Value : double.PositiveInfinity);
            for (; i < left.Count && left[i].Value == value; i++)
                leftSum += left[i].Weight;
            for (; j < right.Count && right[j].Value == value; j++)
                rightSum += right[j].Weight;
            double next = Math.Min(i < left.Count ? left[i].Value : double.PositiveInfinity, j < right.Count ? right[j].Value : double.PositiveInfinity);
            step(Math.Abs((leftSum / leftAll) - (rightSum / rightAll)), double.IsPositiveInfinity(next) ? 0 : next - value);
        }
    }

    private static double Total(IReadOnlyList<WeightedValue> distribution, string name)
    {
        ArgumentNullException.ThrowIfNull(distribution, name);
        double all = 0;
        for (int i = 0; i < distribution.Count; i++)
        {
            if (i > 0 && distribution[i].Value < distribution[i - 1].Value)
                throw new ArgumentException("the values of a distribution must ascend", name);
            all += distribution[i].Weight;
        }

        return all > 0 ? all : throw new ArgumentException("a distribution without weight has no distance", name);
    }
}
