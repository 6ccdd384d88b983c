namespace TraceAnalyzer.Statistics;

/// <summary>Spearman's rank correlation (C. Spearman, 1904): the correlation of the ranks, equal values having the mean of their ranks.</summary>
internal static class RankCorrelation
{
    /// <summary>Correlation of the values with their positions, -1 to 1; null if there are fewer than two or all are equal.</summary>
    public static double? WithPosition(IReadOnlyList<double> values)
    {
        int count = values.Count;
        double[] ranks = Ranks(values);
        double mean = (count - 1) / 2.0;
        double covariance = 0;
        double ofPositions = 0;
        double ofRanks = 0;
        for (int i = 0; i < count; i++)
        {
            covariance += (i - mean) * (ranks[i] - mean);
            ofPositions += (i - mean) * (i - mean);
            ofRanks += (ranks[i] - mean) * (ranks[i] - mean);
        }

        return ofPositions == 0 || ofRanks == 0 ? null : covariance / Math.Sqrt(ofPositions * ofRanks);
    }

    /// <summary>The rank of each value, from 0; equal ones have the mean of theirs.</summary>
    public static double[] Ranks(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        double[] ranks = new double[values.Count];
        int first = 0;
        while (first < order.Length)
        {
            int end = first + 1;
            while (end < order.Length && values[order[end]] == values[order[first]])
                end++;
            for (int i = first; i < end; i++)
                ranks[order[i]] = (first + end - 1) / 2.0;
            first = end;
        }

        return ranks;
    }
}
