namespace TraceAnalyzer.Reports.OfRun;

/// <summary>When requests were in flight on the busiest device, on the trace's clock: each interval from an issue that found nothing in flight to the completion that left nothing.</summary>
/// <param name="JoinedGapNs">Pauses up to this long lie within an interval, so that there are at most 2,048; 0 if every pause is shown.</param>
/// <param name="StartNs">Start of each, ascending.</param>
/// <param name="EndNs">End of each (not included).</param>
public sealed record IoIntervals(long JoinedGapNs, long[] StartNs, long[] EndNs);
