namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>
/// The numbers as the CHEOPS'25 study's scripts define them, which differ from this tool's own on purpose
/// (issue events only; read = the rwbs string contains <c>R</c>, write = it contains <c>W</c>; whole seconds of the trace clock;
/// sizes truncated to KiB).
/// </summary>
/// <param name="FirstSecond">The trace clock's whole second of the first entry of the series below.</param>
/// <param name="ReadBytes">Bytes read in each second; seconds without any are 0; both series share one range.</param>
/// <param name="WriteBytes">Bytes written in each second.</param>
/// <param name="Operations">For each exact rwbs string, sizes and sector accesses.</param>
public sealed record StudyReport(long FirstSecond, long[] ReadBytes, long[] WriteBytes, StudyOperation[] Operations)
{
    /// <summary>The trace clock's whole second of each entry of the series, where there are too many seconds to list those without I/O; null where entries follow each other second by second.</summary>
    public long[]? Seconds { get; init; }
}
