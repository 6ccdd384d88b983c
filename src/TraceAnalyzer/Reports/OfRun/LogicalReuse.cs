using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reports.OfRun;

/// <summary>What memory would save of the accesses that the framework logged itself (docs/analyses/reuse.md).</summary>
/// <param name="Source">The log.</param>
/// <param name="ReadBytes">Bytes of whole pages that it reads, each time.</param>
/// <param name="FootprintBytes">Bytes of the distinct pages that it reads or writes.</param>
/// <param name="Memory">What caches save, by all the memory they have: the sizes are not of memory that is added.</param>
public sealed record LogicalReuse(string Source, long ReadBytes, long FootprintBytes, MemoryPoint[] Memory);
