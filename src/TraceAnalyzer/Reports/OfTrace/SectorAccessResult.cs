using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>How often the touched sectors were accessed.</summary>
public sealed record SectorAccessResult
{
    /// <summary>How far off the numbers can be where they are an estimate; null where they are exact. <see cref="AccessedSectors"/> is exact in any case, and <see cref="MaxAccesses"/> a lower bound in an estimate.</summary>
    public SectorAccessEstimate? Estimate { get; init; }

    /// <summary>Distinct sectors touched.</summary>
    public required long TouchedSectors { get; init; }

    /// <summary>Sum of the accesses of all sectors: sectors transferred.</summary>
    public required long AccessedSectors { get; init; }

    /// <summary>Maximal runs of neighboring sectors with the same access count.</summary>
    public required long Runs { get; init; }

    /// <summary>Greatest access count of a sector.</summary>
    public required long MaxAccesses { get; init; }

    /// <summary>Mean access count of the touched sectors.</summary>
    public required double MeanAccesses { get; init; }

    /// <summary>How many sectors have each access count, ascending; the study's distribution (count 0 dropped). The cumulated share of sectors is the study's CDF.</summary>
    public required AccessCount[] Distribution { get; init; }

    /// <summary>Gini coefficient of the access counts of the touched sectors: 0 = all alike, towards 1 = few have all.</summary>
    public required double Gini { get; init; }

    /// <summary>The Lorenz curve at each distinct count: cumulated share of sectors (coldest first) and of accesses, starting with (0, 0).</summary>
    public required LorenzPoint[] Lorenz { get; init; }

    /// <summary>Share of the accesses that go to the hottest 1, 10, 20 and 50 % of the touched sectors.</summary>
    public required HotShare[] HotShares { get; init; }

    /// <summary>For each row of <see cref="DeviceReport.Space"/>: accesses (sectors transferred) within the row. Null for operations without a map (discards).</summary>
    public long[]? RowAccessedSectors { get; init; }

    /// <summary>For each row of <see cref="DeviceReport.Space"/>: distinct sectors touched within the row.</summary>
    public long[]? RowTouchedSectors { get; init; }

    /// <summary>For each row of <see cref="DeviceReport.Space"/>: greatest access count of a sector of the row.</summary>
    public long[]? RowMaxAccesses { get; init; }

    /// <summary>Share of the accesses that go to the hottest sectors; null if it was not computed for that share.</summary>
    /// <param name="sectorShare">0.01, 0.1, 0.2 or 0.5 of the touched sectors.</param>
    public double? ShareOfHottest(double sectorShare) => HotShares.FirstOrDefault(hot => Math.Abs(hot.HottestSectorShare - sectorShare) < 1e-9)?.AccessShare;
}
