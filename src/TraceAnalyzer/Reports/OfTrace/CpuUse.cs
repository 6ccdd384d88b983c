namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>What happened on a CPU: counted requests.</summary>
/// <param name="Cpu">The CPU.</param>
/// <param name="ReadRequests">Reads.</param>
/// <param name="ReadBytes">Bytes read.</param>
/// <param name="WriteRequests">Writes.</param>
/// <param name="WriteBytes">Bytes written.</param>
/// <param name="OtherRequests">Requests that move no data.</param>
public sealed record CpuUse(int Cpu, long ReadRequests, long ReadBytes, long WriteRequests, long WriteBytes, long OtherRequests);
