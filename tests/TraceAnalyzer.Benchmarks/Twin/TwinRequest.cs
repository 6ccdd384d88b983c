namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>One request with the times of its four events, on a monotonic clock.</summary>
public readonly record struct TwinRequest(long QueueNs, long GetNs, long IssueNs, long CompleteNs, long Sector, bool IsWrite, int Cpu);
