namespace TraceAnalyzer.Reports.OfRun;

/// <summary>The trace's clock and wall-clock time.</summary>
/// <param name="Anchor">What they were joined by.</param>
/// <param name="OffsetNs">What to add to a time of the trace to get nanoseconds since 1970 UTC.</param>
/// <param name="UncertaintyNs">How far off that may be; null if it is not known, as with a single anchor.</param>
public sealed record RunClock(string Anchor, long OffsetNs, long? UncertaintyNs);
