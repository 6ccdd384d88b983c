using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Requests in cells of time and latency, at the resolution that paper shows; rows are equally high on a logarithmic axis.</summary>
/// <param name="Columns">The columns, merged from the report's.</param>
/// <param name="LowLog10">Lower end of row 0: decimal logarithm of nanoseconds.</param>
/// <param name="RowLog10">Height of a row.</param>
/// <param name="Values">Requests in each row and column. A bucket of the report that spans rows is spread over them.</param>
internal sealed record LatencyGrid(TimeBinning Columns, double LowLog10, double RowLog10, float[][] Values)
{
    private const int MaxColumns = 480;
    private const int MaxRows = 64;

    /// <summary>Upper end of the last row.</summary>
    public double HighLog10 => LowLog10 + (Values.Length * RowLog10);

    /// <summary>Merges the report's cells for paper that shows the whole of <paramref name="axis"/>; null if there are no requests.</summary>
    public static LatencyGrid? Of(LatencyOverTime latency, TimeBinning axis)
    {
        double[] ends = Array.ConvertAll(latency.BucketUpToNs, ns => Math.Log10(Math.Max(1, ns)));
        double FirstEnd(int bucket) => bucket > 0 ? ends[bucket - 1] : Math.Log10(Math.Max(1, latency.FirstBucketAboveNs));
        (int first, int last) = UsedBuckets(latency);
        if (last < first)
            return null;

        // Rows are no lower than the buckets: lower ones would only repeat a bucket's count as if it were known better.
        double low = FirstEnd(first);
        double high = Math.Max(ends[last], low + 0.05);
        double bucket = Enumerable.Range(first, last - first + 1).Average(i => ends[i] - FirstEnd(i));
        int rows = (int)Math.Clamp(Math.Floor((high - low) / Math.Max(bucket, 1e-9)), 1, MaxRows);
        double row = (high - low) / rows;

        int factor = TimeColumns.FactorOf(latency.Columns, axis, MaxColumns);
        TimeBinning columns = TimeColumns.Merge(latency.Columns, factor);
        var values = new float[rows][];
        for (int i = 0; i < rows; i++)
            values[i] = new float[columns.Count];

        for (int column = 0; column < Math.Min(latency.Counts.Length, latency.Columns.Count); column++)
        {
            if (latency.Counts[column] is not { } counts)
                continue;
            for (int i = 0; i < Math.Min(counts.Length, ends.Length); i++)
            {
                if (counts[i] > 0)
                    Spread(values, column / factor, (FirstEnd(i) - low) / row, (ends[i] - low) / row, counts[i]);
            }
        }

        return new LatencyGrid(columns, low, row, values);
    }

    // In proportion to the overlap with each row.
    private static void Spread(float[][] values, int column, double from, double to, long count)
    {
        int first = Math.Clamp((int)from, 0, values.Length - 1);
        int last = Math.Clamp((int)Math.Ceiling(to) - 1, first, values.Length - 1);
        if (first == last)
        {
            values[first][column] += count;
            return;
        }

        for (int row = first; row <= last; row++)
        {
            double overlap = Math.Min(to, row + 1) - Math.Max(from, row);
            values[row][column] += (float)(count * overlap / (to - from));
        }
    }

    private static (int First, int Last) UsedBuckets(LatencyOverTime latency)
    {
        int first = int.MaxValue;
        int last = -1;
        foreach (long[]? counts in latency.Counts)
        {
            for (int i = 0; i < Math.Min(counts?.Length ?? 0, latency.BucketUpToNs.Length); i++)
            {
                if (counts![i] == 0)
                    continue;
                first = Math.Min(first, i);
                last = Math.Max(last, i);
            }
        }

        return (first, last);
    }
}
