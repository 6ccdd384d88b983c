namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Latency over time: a histogram for each column, by the time of issue.</summary>
/// <param name="Columns">The time axis of the columns.</param>
/// <param name="BucketUpToNs">Greatest latency of each bucket (a row of the heatmap), ascending, without gaps between them.</param>
/// <param name="FirstBucketAboveNs">Latencies of bucket 0 are above this.</param>
/// <param name="Counts">For each column the count in each bucket; null for a column without requests.</param>
/// <param name="P50Ns">For each column the median, 0 where there are no requests.</param>
/// <param name="P99Ns">For each column the 99th percentile, 0 where there are no requests.</param>
/// <param name="MaxNs">For each column the exact maximum, 0 where there are no requests.</param>
/// <param name="RelativeError">Greatest relative error of the percentiles.</param>
public sealed record LatencyOverTime(
    TimeBinning Columns, long[] BucketUpToNs, long FirstBucketAboveNs, long[]?[] Counts, double[] P50Ns, double[] P99Ns, long[] MaxNs, double RelativeError);
