using System.Collections.Immutable;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Findings;

/// <summary>Findings that exclude each other: where both are shown, each says so, as one of them says less than it seems.</summary>
public static class Contradictions
{
    /// <summary>Pairs of ids that cannot both be true of the same workload, and why.</summary>
    public static ImmutableArray<(string First, string Second, string Why)> Pairs { get; } =
    [
        ("uniform-access", "earlier-rows-more-often", "accesses that favor earlier positions are not uniform: the difference is within what counts as uniform"),
        ("read-only-after-write-out", "earlier-rows-more-often", "later positions are read less often because they are written later, but the workload is read-only"),
    ];

    /// <summary>The findings, those that contradict each other with a caveat.</summary>
    public static Finding[] Mark(IReadOnlyList<Finding> findings) =>
    [
        .. findings.Select(finding => finding with
        {
            Caveats =
            [
                .. finding.Caveats,
                .. Pairs.Where(pair => finding.Verdict == Verdict.Shown && (pair.First == finding.Id || pair.Second == finding.Id))
                    .Select(pair => (Other: findings.FirstOrDefault(other => other.Verdict == Verdict.Shown && other.Id == (pair.First == finding.Id ? pair.Second : pair.First)), pair.Why))
                    .Where(found => found.Other is not null)
                    .Select(found => $"contradicts '{found.Other!.Title}': {found.Why}"),
            ],
        }),
    ];
}
