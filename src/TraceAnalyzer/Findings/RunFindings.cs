using System.Collections.Immutable;

namespace TraceAnalyzer.Findings;

/// <summary>The questions asked of every trace that moves data. A new one is a file in this folder and a line here.</summary>
public static class RunFindings
{
    /// <summary>The rules, in the order of reports and of docs/analyses/findings.md.</summary>
    public static ImmutableArray<FindingRule<TraceFacts>> All { get; } =
    [
        new DominantSize(),
        new RequestSizeCap(),
        new ReadOnlyAfterWriteOut(),
        new UniformAccess(),
        new EarlierRowsMoreOften(),
        new BufferedReads(),
        new SequentialReads(),
        new SaturatedDevice(),
        new LatencyCliff(),
        new SlowedByWrites(),
        new ReadsDominate(),
        new OffloadPath(),
        new SkewedExperts(),
        new PinningBeatsMemory(),
        new WearOut(),
        new LayoutFollowsUse(),
    ];
}
