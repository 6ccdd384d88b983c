namespace TraceAnalyzer.Statistics;

/// <summary>A point of a Lorenz curve, both 0 to 1.</summary>
/// <param name="SectorShare">Share of the touched sectors, coldest first.</param>
/// <param name="AccessShare">Share of the accesses they have.</param>
public sealed record LorenzPoint(double SectorShare, double AccessShare);
