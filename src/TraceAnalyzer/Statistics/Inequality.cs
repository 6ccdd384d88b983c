namespace TraceAnalyzer.Statistics;

/// <summary>
/// How unevenly accesses are spread over sectors. Lorenz curve (M. O. Lorenz, 1905) and Gini coefficient
/// (C. Gini, 1912), here as one minus twice the area below the Lorenz curve, which is piecewise linear between distinct counts: exact, no sampling.
/// </summary>
internal static class Inequality
{
    /// <summary>Shares of hottest sectors that are reported.</summary>
    public static readonly double[] HottestShares = [0.01, 0.10, 0.20, 0.50];

    /// <summary>The Lorenz curve of a distribution given by ascending counts, from (0, 0) to (1, 1).</summary>
    public static LorenzPoint[] Lorenz(IReadOnlyList<AccessCount> distribution)
    {
        double sectors = distribution.Sum(entry => entry.Sectors);
        double accesses = distribution.Sum(entry => (double)entry.Accesses * entry.Sectors);
        var curve = new LorenzPoint[distribution.Count + 1];
        curve[0] = new LorenzPoint(0, 0);
        double sectorsSoFar = 0;
        double accessesSoFar = 0;
        for (int i = 0; i < distribution.Count; i++)
        {
            sectorsSoFar += distribution[i].Sectors;
            accessesSoFar += (double)distribution[i].Accesses * distribution[i].Sectors;
            curve[i + 1] = new LorenzPoint(sectorsSoFar / sectors, accessesSoFar / accesses);
        }

        return curve;
    }

    /// <summary>Gini coefficient of a Lorenz curve: 0 if all sectors are accessed alike, towards 1 if few have all accesses.</summary>
    public static double Gini(IReadOnlyList<LorenzPoint> lorenz)
    {
        double twiceArea = 0;
        for (int i = 1; i < lorenz.Count; i++)
            twiceArea += (lorenz[i].SectorShare - lorenz[i - 1].SectorShare) * (lorenz[i].AccessShare + lorenz[i - 1].AccessShare);
        return Math.Max(0, 1 - twiceArea);
    }

    /// <summary>Share of the accesses that the hottest share of the sectors has, read off the Lorenz curve from its upper end.</summary>
    public static HotShare[] HotShares(IReadOnlyList<LorenzPoint> lorenz) =>
        [.. HottestShares.Select(share => new HotShare(share, 1 - AccessShareAt(lorenz, 1 - share)))];

    private static double AccessShareAt(IReadOnlyList<LorenzPoint> lorenz, double sectorShare)
    {
        for (int i = 1; i < lorenz.Count; i++)
        {
            LorenzPoint left = lorenz[i - 1];
            LorenzPoint right = lorenz[i];
            if (sectorShare <= right.SectorShare)
                return left.AccessShare + ((right.AccessShare - left.AccessShare) * (sectorShare - left.SectorShare) / (right.SectorShare - left.SectorShare));
        }

        return 1;
    }
}
