namespace TraceAnalyzer.Statistics;

/// <summary>What the hottest sectors get, both 0 to 1.</summary>
/// <param name="HottestSectorShare">Share of the touched sectors, hottest first.</param>
/// <param name="AccessShare">Share of the accesses they have.</param>
public sealed record HotShare(double HottestSectorShare, double AccessShare);
