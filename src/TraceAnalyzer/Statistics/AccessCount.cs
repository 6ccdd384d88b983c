namespace TraceAnalyzer.Statistics;

/// <summary>How many sectors have an access count.</summary>
/// <param name="Accesses">The count, at least 1.</param>
/// <param name="Sectors">Sectors that have it.</param>
public sealed record AccessCount(long Accesses, long Sectors);
