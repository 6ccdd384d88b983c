namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>
/// That sector accesses are an estimate: there was too little memory to count all of the device's space, so a part of it was counted, exactly, and stands for
/// the whole. Described in docs/analyses/sector-access.md.
/// </summary>
/// <param name="SampledShare">Share of the device's space that was counted, a power of two below 1; which part, a hash of the place decides.</param>
/// <param name="SampledUnits">Touched units of 256 MiB that were counted.</param>
/// <param name="TouchedError">Relative standard error of the number of touched sectors, 0 to 1.</param>
/// <param name="ShareError">Standard error, at most, of each share of sectors or accesses (distribution, Lorenz curve, hot shares), 0 to 1; that of the Gini coefficient is at most twice that.</param>
public sealed record SectorAccessEstimate(double SampledShare, long SampledUnits, double TouchedError, double ShareError);
