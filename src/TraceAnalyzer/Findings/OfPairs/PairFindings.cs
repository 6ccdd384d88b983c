using System.Collections.Immutable;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>The questions asked of each run beside the first. A new one is a file in this folder and a line here.</summary>
public static class PairFindings
{
    /// <summary>The rules, in the order of comparisons and of docs/compare.md.</summary>
    public static ImmutableArray<FindingRule<PairFacts>> All { get; } =
    [
        new NothingCounted(),
        new DiffersCaution("counted action", "what counts as one request differs"),
        new DiffersCaution("filters", "different parts of the runs were counted"),
        new DiffersCaution("bin width", "peak bandwidths are means over bins of different widths"),
        new DiffersCaution("losses", "what is missing from the trace with losses is missing from its numbers"),
        new DiffersCaution("model", "bytes and times per token are those of different models"),
        new DiffersCaution("batch", "a decode step makes a token of each sequence, so compare what is per token and sequence"),
        new DiffersCaution("number of tokens", "totals, accesses per sector and duration follow from that"),
        new Identical(),
        .. OfEach(static @class => new BytesMoved(@class)),
        new MeanBandwidth(),
        new ReadShare(),
        .. OfClass(OperationClass.Read),
        .. OfClass(OperationClass.Write),
        new MeanQueueDepth(),
        .. OfEach(static @class => new TokenBytes(@class)),
        new TokenTime(),
        new GpuUtilization(),
        new ReadRepeats(),
    ];

    private static IEnumerable<FindingRule<PairFacts>> OfEach(Func<OperationClass, FindingRule<PairFacts>> make) => OperationClasses.MovingData.Select(make);

    private static ImmutableArray<FindingRule<PairFacts>> OfClass(OperationClass @class) =>
    [
        new IoPaths(@class),
        new RequestSizes(@class),
        new Footprint(@class),
        new Reuse(@class),
        new Uniformity(@class),
        new Latencies(@class),
        new Arrivals(@class),
    ];
}
