using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reports;

/// <summary>The latencies of a <see cref="LatencyResult"/> as a list.</summary>
public static class LatencyKinds
{
    /// <summary>Those that exist, in the order of a request's life, the whole last; none for null.</summary>
    public static IEnumerable<(string Kind, LatencyStatistics Statistics)> Of(LatencyResult? latency)
    {
        if (latency?.Q2D is { } q2d)
            yield return ("Q2D", q2d);
        if (latency?.D2C is { } d2c)
            yield return ("D2C", d2c);
        if (latency?.Q2C is { } q2c)
            yield return ("Q2C", q2c);
    }
}
