namespace TraceAnalyzer.Reading;

/// <summary>A moment on two clocks.</summary>
/// <param name="TraceNs">On the trace's clock, in nanoseconds.</param>
/// <param name="UnixNs">Wall-clock time, in nanoseconds since 1970 UTC.</param>
public readonly record struct WallClockAnchor(long TraceNs, long UnixNs);
