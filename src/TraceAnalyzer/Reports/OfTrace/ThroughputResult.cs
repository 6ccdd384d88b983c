namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Requests and bytes in each bin of <see cref="TraceReport.Time"/>; both arrays have its length. Divide by the width for rates.</summary>
/// <param name="Requests">Requests in each bin.</param>
/// <param name="Bytes">Bytes in each bin.</param>
public sealed record ThroughputResult(long[] Requests, long[] Bytes);
