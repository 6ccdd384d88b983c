using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reports;

/// <summary>From where to where a latency is, in blktrace's letters.</summary>
public enum LatencyKind
{
    /// <summary>Queue to issue.</summary>
    Q2D,

    /// <summary>Issue to completion.</summary>
    D2C,

    /// <summary>Queue to completion.</summary>
    Q2C,
}

/// <summary>The latencies of a <see cref="LatencyResult"/> by their kind.</summary>
public static class LatencyKinds
{
    /// <summary>Those that exist, in the order of a request's life, the whole last; none for null.</summary>
    public static IEnumerable<(LatencyKind Kind, LatencyStatistics Statistics)> Of(LatencyResult? latency)
    {
        if (latency?.Q2D is { } q2d)
            yield return (LatencyKind.Q2D, q2d);
        if (latency?.D2C is { } d2c)
            yield return (LatencyKind.D2C, d2c);
        if (latency?.Q2C is { } q2c)
            yield return (LatencyKind.Q2C, q2c);
    }

    /// <summary>The kind in which runs are compared with the one that <paramref name="first"/> is of: D2C where it has it, else Q2C. Different kinds are never compared.</summary>
    public static LatencyKind Compared(OperationReport? first) => first?.Latency is { D2C: null, Q2C: not null } ? LatencyKind.Q2C : LatencyKind.D2C;

    /// <summary>The latency of a kind; null if there is none.</summary>
    public static LatencyStatistics? OfKind(LatencyResult? latency, LatencyKind kind) => Of(latency).FirstOrDefault(entry => entry.Kind == kind).Statistics;
}
