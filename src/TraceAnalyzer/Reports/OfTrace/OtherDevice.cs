namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>The least time with another device (docs/analyses/verdict.md).</summary>
/// <param name="Change">What is other.</param>
/// <param name="Unit">What is meant by the time: <c>run</c> or <c>token</c>, the median of the decoded ones.</param>
/// <param name="NowNs">The time now, in nanoseconds.</param>
/// <param name="LeastNs">The least time then, if the program stays as it is.</param>
/// <param name="OverlappedNs">The least time then, if the program did all that it does with nothing in flight while requests are.</param>
public sealed record OtherDevice(string Change, string Unit, double NowNs, double LeastNs, double OverlappedNs);
