using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reports;

/// <summary>The latencies of a <see cref="LatencyResult"/> by their kind.</summary>
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

    /// <summary>The kind in which runs are compared with the one that <paramref name="first"/> is of: D2C where it has it, else Q2C. Different kinds are never compared.</summary>
    public static string Compared(OperationReport? first) => first?.Latency is { D2C: null, Q2C: not null } ? "Q2C" : "D2C";

    /// <summary>The latency of a kind; null if there is none.</summary>
    public static LatencyStatistics? OfKind(LatencyResult? latency, string kind) => Of(latency).FirstOrDefault(entry => entry.Kind == kind).Statistics;
}
