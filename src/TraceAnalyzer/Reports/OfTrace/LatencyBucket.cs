namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>A bucket of a latency histogram.</summary>
/// <param name="UpToNs">Greatest latency that falls into it.</param>
/// <param name="Count">How many do.</param>
public sealed record LatencyBucket(long UpToNs, long Count);
