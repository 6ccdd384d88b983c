using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>A question about two runs whose title says that they are alike.</summary>
public abstract class PairRule(string id, string title) : FindingRule<PairFacts>(id, title)
{
    /// <summary>The answer: <see cref="Verdict.Same"/> or <see cref="Verdict.Different"/>.</summary>
    protected Finding Answer(bool same, string sentence, params Evidence?[] evidence) => Answer(same ? Verdict.Same : Verdict.Different, sentence, evidence);

    /// <summary>The greater number over the smaller one, 1 or more.</summary>
    protected static double Apart(double first, double other) => Math.Max(first, other) / Math.Min(first, other);

    /// <summary>True if two numbers differ by less than a share of the greater one.</summary>
    protected static bool IsWithin(double first, double other, double share) => Math.Abs(first - other) < share * Math.Max(first, other);

    /// <summary>Distances as evidence.</summary>
    protected static IEnumerable<Evidence> EvidenceOf(DistributionDistances? distances, Unit unit) => distances is null ? [] :
    [
        new Evidence("Kolmogorov-Smirnov distance", distances.KolmogorovSmirnov, Unit.Coefficient),
        new Evidence("earth mover's distance", distances.EarthMover, unit),
        new Evidence("earth mover's distance", distances.EarthMoverOctaves, Unit.Octaves),
    ];

    /// <summary>How much more or less, such as <c>18.2 % more</c>.</summary>
    protected static string Change(double first, double other) => Units.Change(other / first, "more", "less", "much");

    /// <summary>Percentage points.</summary>
    protected static string Points(double share) => $"{Units.Count(share * 100)} percentage points";
}
