using TraceAnalyzer.Reports.OfComparison;

namespace TraceAnalyzer.Comparison;

/// <summary>How to compare.</summary>
public sealed record ComparisonOptions
{
    /// <summary>The device to compare, as reports write it (<c>259,0</c>), or its name; null for the busiest of each run, which need not be the same.</summary>
    public string? Device { get; init; }

    /// <summary>From where on a difference counts.</summary>
    public ComparisonThresholds Thresholds { get; init; } = new();
}
