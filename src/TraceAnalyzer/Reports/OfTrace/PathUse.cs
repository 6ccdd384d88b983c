namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>What came along a path through the kernel: counted requests.</summary>
/// <param name="Path">The path, e.g. <c>readahead</c>; see docs/analyses/kernel-paths.md.</param>
/// <param name="Meaning">What that is, in a few words.</param>
/// <param name="ReadRequests">Reads.</param>
/// <param name="ReadBytes">Bytes read.</param>
/// <param name="WriteRequests">Writes.</param>
/// <param name="WriteBytes">Bytes written.</param>
/// <param name="OtherRequests">Requests that move no data.</param>
/// <param name="ShareOfBytes">Share of the device's bytes read and written, 0 to 1; null if there are none.</param>
public sealed record PathUse(
    string Path, string Meaning, long ReadRequests, long ReadBytes, long WriteRequests, long WriteBytes, long OtherRequests, double? ShareOfBytes);
