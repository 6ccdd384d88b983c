using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Median and 99th percentile over time, in columns wide enough for a line's level to be seen.</summary>
/// <param name="Columns">The columns, merged from the report's.</param>
/// <param name="P50Ns">Median in each column, NaN where there are no requests.</param>
/// <param name="P99Ns">99th percentile in each column, NaN where there are no requests.</param>
internal sealed record LatencyLines(TimeBinning Columns, double[] P50Ns, double[] P99Ns)
{
    // About 3 figure units each: longer than the line is thick.
    private const int MaxColumns = 100;

    /// <summary>The report's own percentiles where its columns are wide enough on <paramref name="axis"/>, else those of its merged histograms.</summary>
    public static LatencyLines Of(LatencyOverTime latency, TimeBinning axis)
    {
        int factor = TimeColumns.FactorOf(latency.Columns, axis, MaxColumns);
        TimeBinning columns = TimeColumns.Merge(latency.Columns, factor);
        if (factor == 1)
            return new LatencyLines(columns, Known(latency.P50Ns, columns.Count), Known(latency.P99Ns, columns.Count));

        var p50 = new double[columns.Count];
        var p99 = new double[columns.Count];
        for (int column = 0; column < columns.Count; column++)
        {
            long[] counts = Sum(latency, column * factor, factor);
            p50[column] = Quantile(latency, counts, 0.5);
            p99[column] = Quantile(latency, counts, 0.99);
        }

        return new LatencyLines(columns, p50, p99);
    }

    // 0 stands for a column without requests, where the line is interrupted.
    private static double[] Known(double[] percentileNs, int count)
    {
        var line = new double[count];
        for (int i = 0; i < count; i++)
            line[i] = i < percentileNs.Length && percentileNs[i] > 0 ? percentileNs[i] : double.NaN;
        return line;
    }

    private static long[] Sum(LatencyOverTime latency, int first, int count)
    {
        var sum = new long[latency.BucketUpToNs.Length];
        for (int column = first; column < Math.Min(first + count, latency.Counts.Length); column++)
        {
            long[] counts = latency.Counts[column] ?? [];
            for (int i = 0; i < Math.Min(counts.Length, sum.Length); i++)
                sum[i] += counts[i];
        }

        return sum;
    }

    // Nearest rank, and within its bucket in proportion, on the logarithmic axis that buckets are even on.
    private static double Quantile(LatencyOverTime latency, long[] counts, double share)
    {
        double rank = share * counts.Sum(count => (double)count);
        double below = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0 && below + counts[i] >= rank)
            {
                double low = Math.Log(Math.Max(1, i > 0 ? latency.BucketUpToNs[i - 1] : latency.FirstBucketAboveNs));
                double high = Math.Log(Math.Max(1, latency.BucketUpToNs[i]));
                return Math.Exp(low + ((high - low) * (rank - below) / counts[i]));
            }

            below += counts[i];
        }

        return double.NaN;
    }
}
