namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Equal bins on the trace's clock. Bin i holds the times from <c>OriginNs + i * WidthNs</c> on, for one width.</summary>
/// <param name="OriginNs">Start of bin 0.</param>
/// <param name="WidthNs">Width, at least 1.</param>
/// <param name="Count">Number of bins; the last holds the last event. 0 for an empty trace.</param>
public sealed record TimeBinning(long OriginNs, long WidthNs, int Count);
