using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reports.OfRun;

/// <summary>Bytes by layer over time, reads and writes.</summary>
/// <param name="Columns">The time axis.</param>
/// <param name="ReadBytes">For each layer from 0 bytes read in each column; rows that end in zeros are cut short.</param>
/// <param name="WriteBytes">For each layer bytes written.</param>
public sealed record LayersOverTime(TimeBinning Columns, long[][] ReadBytes, long[][] WriteBytes);
