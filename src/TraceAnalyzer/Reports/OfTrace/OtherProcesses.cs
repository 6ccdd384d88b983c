namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>What processes did that are too many to list: counted requests.</summary>
/// <param name="AtLeast">How many processes, at least: beyond 131,072 of an operation they are not told apart any more.</param>
/// <param name="ReadRequests">Reads.</param>
/// <param name="ReadBytes">Bytes read.</param>
/// <param name="WriteRequests">Writes.</param>
/// <param name="WriteBytes">Bytes written.</param>
/// <param name="OtherRequests">Requests that move no data.</param>
public sealed record OtherProcesses(long AtLeast, long ReadRequests, long ReadBytes, long WriteRequests, long WriteBytes, long OtherRequests);
