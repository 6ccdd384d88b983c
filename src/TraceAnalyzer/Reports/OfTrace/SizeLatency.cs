namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Latency of the requests of a range of sizes.</summary>
/// <param name="AboveBytes">Sizes above this ...</param>
/// <param name="UpToBytes">... and up to this, a power of two.</param>
/// <param name="Statistics">Their latency.</param>
public sealed record SizeLatency(long AboveBytes, long UpToBytes, LatencyStatistics Statistics);
