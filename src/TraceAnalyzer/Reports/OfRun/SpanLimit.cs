using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reports.OfRun;

/// <summary>What limits a phase or a token, by the rules for the whole (docs/analyses/verdict.md).</summary>
public sealed record SpanLimit
{
    /// <summary>Name of the phase, or <c>prefill</c> or <c>decode</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Number of the token, 0 for the prefill; null for phases.</summary>
    public int? Index { get; init; }

    /// <summary>Start on the trace's clock.</summary>
    public required long StartNs { get; init; }

    /// <summary>End on the trace's clock.</summary>
    public required long EndNs { get; init; }

    /// <summary>Share of the whole time with requests in flight, 0 to 1, as in the tables of phases and tokens; time before the trace's first event and after its last counts as nothing in flight.</summary>
    public required double InFlightShare { get; init; }

    /// <summary>Mean number in flight over the time with any in flight; null if that is 0.</summary>
    public double? MeanBusyDepth { get; init; }

    /// <summary>Bytes of the requests issued in the span over the time with anything in flight; null if that is 0, or if a filter leaves some of them out.</summary>
    public double? BusyBytesPerSecond { get; init; }

    /// <summary>What limits.</summary>
    public required LimitKind Kind { get; init; }

    /// <summary>Time of it before the trace's first event or after its last, in nanoseconds.</summary>
    public long OutsideTraceNs { get; init; }

    /// <summary>What limits without that time, where that is another answer; else null.</summary>
    public LimitKind? KindInTrace { get; init; }
}
