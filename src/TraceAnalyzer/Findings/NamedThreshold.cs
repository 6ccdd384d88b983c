using System.Collections.Immutable;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Findings;

/// <summary>A threshold as <c>--threshold NAME=NUMBER</c> takes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Least">Least number that makes sense.</param>
/// <param name="Most">Greatest one.</param>
/// <param name="Of">Its number.</param>
/// <param name="With">The thresholds with another number of it.</param>
public sealed record NamedThreshold(string Name, double Least, double Most, Func<Thresholds, double> Of, Func<Thresholds, double, Thresholds> With)
{
    // Ratios and octaves have no end; beyond this they say nothing.
    private const double Greatest = 1e9;

    /// <summary>All thresholds, in the order of <see cref="Thresholds"/>.</summary>
    public static ImmutableArray<NamedThreshold> All { get; } =
    [
        new("dominating-share", 0, 1, static all => all.DominatingShare, static (all, value) => all with { DominatingShare = value }),
        new("read-only-write-share", 0, 1, static all => all.ReadOnlyWriteShare, static (all, value) => all with { ReadOnlyWriteShare = value }),
        new("uniform-gini", 0, 1, static all => all.UniformGini, static (all, value) => all with { UniformGini = value }),
        new("non-uniform-gini", 0, 1, static all => all.NonUniformGini, static (all, value) => all with { NonUniformGini = value }),
        new("gini-difference", 0, 1, static all => all.GiniDifference, static (all, value) => all with { GiniDifference = value }),
        new("earlier-rows-correlation", -1, 0, static all => all.EarlierRowsCorrelation, static (all, value) => all with { EarlierRowsCorrelation = value }),
        new("earlier-rows-ratio", 1, Greatest, static all => all.EarlierRowsRatio, static (all, value) => all with { EarlierRowsRatio = value }),
        new("skewed-expert-share", 0, 1, static all => all.SkewedExpertShare, static (all, value) => all with { SkewedExpertShare = value }),
        new("pinning-share", 0, 1, static all => all.PinningShare, static (all, value) => all with { PinningShare = value }),
        new("drive-years", 0, Greatest, static all => all.DriveYears, static (all, value) => all with { DriveYears = value }),
        new("drive-writes-per-day", 0, Greatest, static all => all.DriveWritesPerDay, static (all, value) => all with { DriveWritesPerDay = value }),
        new("buffered-share", 0, 1, static all => all.BufferedShare, static (all, value) => all with { BufferedShare = value }),
        new("sequential-share", 0, 1, static all => all.SequentialShare, static (all, value) => all with { SequentialShare = value }),
        new("saturated-share", 0, Greatest, static all => all.SaturatedShare, static (all, value) => all with { SaturatedShare = value }),
        new("served-share", 0, 1, static all => all.ServedShare, static (all, value) => all with { ServedShare = value }),
        new("read-write-ratio", 0, Greatest, static all => all.ReadWriteRatio, static (all, value) => all with { ReadWriteRatio = value }),
        new("negligible-share", 0, 1, static all => all.NegligibleShare, static (all, value) => all with { NegligibleShare = value }),
        new("same-bytes-share", 0, 1, static all => all.SameBytesShare, static (all, value) => all with { SameBytesShare = value }),
        new("rate-ratio", 1, Greatest, static all => all.RateRatio, static (all, value) => all with { RateRatio = value }),
        new("share-difference", 0, 1, static all => all.ShareDifference, static (all, value) => all with { ShareDifference = value }),
        new("latency-octaves", 0, Greatest, static all => all.LatencyOctaves, static (all, value) => all with { LatencyOctaves = value }),
        new("arrival-octaves", 0, Greatest, static all => all.ArrivalOctaves, static (all, value) => all with { ArrivalOctaves = value }),
        new("kolmogorov-smirnov", 0, 1, static all => all.KolmogorovSmirnov, static (all, value) => all with { KolmogorovSmirnov = value }),
        new("tail-ratio", 1, Greatest, static all => all.TailRatio, static (all, value) => all with { TailRatio = value }),
        new("cliff-ratio", 1, Greatest, static all => all.CliffRatio, static (all, value) => all with { CliffRatio = value }),
        new("reuse-ratio", 1, Greatest, static all => all.ReuseRatio, static (all, value) => all with { ReuseRatio = value }),
        new("intensity-ratio", 1, Greatest, static all => all.IntensityRatio, static (all, value) => all with { IntensityRatio = value }),
        new("gpu-ratio", 1, Greatest, static all => all.GpuRatio, static (all, value) => all with { GpuRatio = value }),
    ];
}
