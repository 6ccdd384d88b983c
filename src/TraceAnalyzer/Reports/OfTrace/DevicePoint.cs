namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>What a device did at one request size and one number of requests in flight, measured apart from the run.</summary>
/// <param name="File">The file that says so.</param>
/// <param name="IsWrite">True for writing, false for reading.</param>
/// <param name="SizeBytes">Size of each request.</param>
/// <param name="Depth">Requests in flight, of all jobs together; at least 1.</param>
/// <param name="BytesPerSecond">Bandwidth.</param>
public sealed record DevicePoint(string File, bool IsWrite, long SizeBytes, double Depth, double BytesPerSecond);
