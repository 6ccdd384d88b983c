namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>What a process did: counted requests.</summary>
/// <param name="Pid">Process (thread) number; -1 if the source does not say.</param>
/// <param name="Name">Command name; null if the trace does not say.</param>
/// <param name="ReadRequests">Reads.</param>
/// <param name="ReadBytes">Bytes read.</param>
/// <param name="WriteRequests">Writes.</param>
/// <param name="WriteBytes">Bytes written.</param>
/// <param name="OtherRequests">Requests that move no data.</param>
public sealed record ProcessUse(int Pid, string? Name, long ReadRequests, long ReadBytes, long WriteRequests, long WriteBytes, long OtherRequests);
