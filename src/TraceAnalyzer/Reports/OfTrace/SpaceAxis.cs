namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>The touched space as rows of equal length. Rows ascend; a row whose start is not the previous row's end follows a gap that nothing touched.</summary>
/// <param name="RowSectors">Sectors a row covers, a power of two; rows start at its multiples.</param>
/// <param name="RowStartSectors">First sector of each row.</param>
public sealed record SpaceAxis(long RowSectors, long[] RowStartSectors);
