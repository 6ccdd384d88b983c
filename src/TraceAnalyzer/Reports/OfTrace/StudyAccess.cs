namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Sector accesses in the study's way.</summary>
/// <param name="Accesses">The access count.</param>
/// <param name="Sectors">Sectors that have it.</param>
/// <param name="Cdf">Share of the touched sectors whose count is not greater.</param>
public sealed record StudyAccess(long Accesses, long Sectors, double Cdf);
