namespace TraceAnalyzer.Reports.OfRun;

/// <summary>Shares of time, 0 to 1; together 1. The GPU counts as busy in a sample's time if its utilization is above 0, which is an upper bound of its work; I/O is busy while requests are in flight.</summary>
/// <param name="Both">GPU and I/O.</param>
/// <param name="GpuOnly">GPU without I/O.</param>
/// <param name="IoOnly">I/O without GPU: the GPU waits for data, or works too little to be seen.</param>
/// <param name="Neither">Neither.</param>
/// <param name="SpanNs">The time they are shares of.</param>
public sealed record BusyShares(double Both, double GpuOnly, double IoOnly, double Neither, long SpanNs);
