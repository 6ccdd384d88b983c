using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>
/// How two distributions of times are alike: in their body and in their tail. Either alone can hide the other: a Kolmogorov-Smirnov distance does not see how
/// far the slowest hundredth is off, and percentiles do not see the shape between them.
/// </summary>
/// <param name="IsSameBody">True if the distances are below the thresholds.</param>
/// <param name="IsSameTail">True if the 99th percentiles are.</param>
internal readonly record struct Alikeness(bool IsSameBody, bool IsSameTail)
{
    /// <summary>True if both are the same.</summary>
    public bool IsSame => IsSameBody && IsSameTail;

    /// <summary>Judges two distributions.</summary>
    public static Alikeness Of(LatencyStatistics first, LatencyStatistics other, DistributionDistances distances, double octaves, Thresholds thresholds)
    {
        bool isSameBody = distances.EarthMoverOctaves < octaves || distances.KolmogorovSmirnov < thresholds.KolmogorovSmirnov;
        double least = Math.Min(first.P99Ns, other.P99Ns);
        double most = Math.Max(first.P99Ns, other.P99Ns);
        return new Alikeness(isSameBody, most == least || (least > 0 && most / least < thresholds.TailRatio));
    }

    /// <summary>The rule in words.</summary>
    public static string Criterion(double octaves, Thresholds thresholds) =>
        $"different if the earth mover's distance is {Units.Count(octaves)} octaves or more and the Kolmogorov-Smirnov distance {Units.Count(thresholds.KolmogorovSmirnov)} or more, or if the 99th percentiles differ by a factor of {Units.Count(thresholds.TailRatio)} or more";

    /// <summary>In which direction, as a comparative, if median and 99th percentile agree on one; else null.</summary>
    public static string? Direction(LatencyStatistics first, LatencyStatistics other, string more, string less) =>
        other.P50Ns >= first.P50Ns && other.P99Ns >= first.P99Ns ? more : other.P50Ns <= first.P50Ns && other.P99Ns <= first.P99Ns ? less : null;

    /// <summary>Median and 99th percentile of both, the other run first.</summary>
    public static string Percentiles(LatencyStatistics first, LatencyStatistics other) =>
        $"p50 {Units.Duration(other.P50Ns)} against {Units.Duration(first.P50Ns)}, p99 {Units.Duration(other.P99Ns)} against {Units.Duration(first.P99Ns)}";
}
