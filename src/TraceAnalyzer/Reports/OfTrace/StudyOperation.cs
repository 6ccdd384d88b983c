namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>The study's per-rwbs numbers.</summary>
/// <param name="Rwbs">The rwbs string.</param>
/// <param name="Sizes">Requests of each size in KiB, truncated.</param>
/// <param name="Access">For each access count: sectors that have it, and the CDF.</param>
public sealed record StudyOperation(string Rwbs, StudySize[] Sizes, StudyAccess[] Access);
