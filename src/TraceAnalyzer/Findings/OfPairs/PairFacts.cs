using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;

namespace TraceAnalyzer.Findings.OfPairs;

/// <summary>What findings of two runs are judged by.</summary>
/// <param name="First">The first run, which all are compared with.</param>
/// <param name="Other">The other.</param>
/// <param name="Run">Its index in all arrays by run, 1 or more.</param>
public sealed record PairFacts(RunView First, RunView Other, int Run)
{
    /// <summary>How the runs were recorded and counted.</summary>
    public required ComparedSetting[] Settings { get; init; }

    /// <summary>The headline numbers.</summary>
    public required ComparedMetric[] Metrics { get; init; }

    /// <summary>Distances of the distributions.</summary>
    public required ComparedDistribution[] Distributions { get; init; }

    /// <summary>Bandwidth over time.</summary>
    public required AlignedBandwidth[] Bandwidth { get; init; }

    /// <summary>The settings of the two that differ, but for the width of the bins, which changes no count.</summary>
    public IEnumerable<ComparedSetting> DifferingSettings => Settings.Where(setting => setting.Name != "bin width" && setting.Values[0] != setting.Values[Run]);

    /// <summary>Distances of a distribution of a class; null if not both have it.</summary>
    /// <param name="name">As <see cref="ComparedDistribution.Name"/> has it.</param>
    /// <param name="class">Read or write.</param>
    public DistributionDistances? Distances(string name, OperationClass @class) =>
        Distributions.FirstOrDefault(distribution => distribution.Name == name && distribution.Class == @class)?.Runs[Run];

    /// <summary>True if a class has a share of the bytes of a run that counts.</summary>
    public static bool Matters(RunView run, OperationClass @class, Thresholds thresholds) => run.ShareOfBytes(@class) >= thresholds.NegligibleShare;

    /// <summary>True if a class has a share of the bytes of both runs that counts.</summary>
    public bool MatterBoth(OperationClass @class, Thresholds thresholds) => Matters(First, @class, thresholds) && Matters(Other, @class, thresholds);
}
