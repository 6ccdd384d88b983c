namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Sectors accessed over space and time.</summary>
/// <param name="Class">Read or write.</param>
/// <param name="Columns">The time axis of the columns, which may be coarser or finer than <see cref="TraceReport.Time"/>.</param>
/// <param name="Rows">One entry a row of <see cref="DeviceReport.Space"/>: sectors accessed in each column. A row that ends in zeros is cut short.</param>
public sealed record SectorTimeResult(OperationClass Class, TimeBinning Columns, long[][] Rows);
