namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>How often a size occurs.</summary>
/// <param name="SizeBytes">The size.</param>
/// <param name="Requests">Requests of that size.</param>
public sealed record SizeCount(long SizeBytes, long Requests);
