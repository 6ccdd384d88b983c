using TraceAnalyzer.Findings;
using TraceAnalyzer.Findings.OfPairs;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Comparison;

/// <summary>How to compare.</summary>
public sealed record ComparisonOptions
{
    /// <summary>The device to compare, as reports write it (<c>259,0</c>), or its name; null for the busiest of each run, which need not be the same.</summary>
    public string? Device { get; init; }

    /// <summary>What decides the findings.</summary>
    public Thresholds Thresholds { get; init; } = new();

    /// <summary>The questions that are asked of each run beside the first.</summary>
    public IReadOnlyList<FindingRule<PairFacts>> Rules { get; init; } = PairFindings.All;
}
