using TraceAnalyzer.Reports;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>Makes results of the runs of a <see cref="SectorAccessAccumulator"/>.</summary>
internal static class SectorAccessSummary
{
    /// <summary>The result, with rows if there is a space axis; null if no sector was touched.</summary>
    public static SectorAccessResult? Of(IReadOnlyList<SectorRun> runs, SpaceAxis? space)
    {
        if (runs.Count == 0)
            return null;
        AccessCount[] distribution = Distribution(runs);
        long touched = distribution.Sum(entry => entry.Sectors);
        long accessed = distribution.Sum(entry => entry.Sectors * entry.Accesses);
        LorenzPoint[] lorenz = Inequality.Lorenz(distribution);
        var result = new SectorAccessResult
        {
            TouchedSectors = touched,
            AccessedSectors = accessed,
            Runs = MaximalRuns(runs),
            MaxAccesses = distribution[^1].Accesses,
            MeanAccesses = (double)accessed / touched,
            Distribution = distribution,
            Gini = Inequality.Gini(lorenz),
            Lorenz = lorenz,
            HotShares = Inequality.HotShares(lorenz),
        };
        return space is null ? result : WithRows(result, runs, space);
    }

    /// <summary>Sectors touched at least once.</summary>
    public static long TouchedSectors(IReadOnlyList<SectorRun> runs) => runs.Sum(run => run.Sectors);

    private static AccessCount[] Distribution(IReadOnlyList<SectorRun> runs)
    {
        var sectors = new Dictionary<uint, long>();
        foreach (SectorRun run in runs)
            sectors[run.Accesses] = sectors.GetValueOrDefault(run.Accesses) + run.Sectors;
        return [.. sectors.OrderBy(pair => pair.Key).Select(pair => new AccessCount(pair.Key, pair.Value))];
    }

    // Where one request ends and another begins the count does not change, though the map has a cell there.
    private static long MaximalRuns(IReadOnlyList<SectorRun> runs)
    {
        long count = 1;
        for (int i = 1; i < runs.Count; i++)
        {
            if (runs[i].Start != runs[i - 1].End || runs[i].Accesses != runs[i - 1].Accesses)
                count++;
        }

        return count;
    }

    private static SectorAccessResult WithRows(SectorAccessResult result, IReadOnlyList<SectorRun> runs, SpaceAxis space)
    {
        var rows = new SpaceRows(space);
        long[] accessed = new long[rows.Count];
        long[] touched = new long[rows.Count];
        long[] max = new long[rows.Count];
        foreach (SectorRun run in runs)
        {
            ulong at = run.Start;
            while (at < run.End)
            {
                (int row, ulong until) = rows.RowAt(at);
                until = Math.Min(until, run.End);
                long sectors = (long)(until - at);
                accessed[row] += sectors * run.Accesses;
                touched[row] += sectors;
                max[row] = Math.Max(max[row], run.Accesses);
                at = until;
            }
        }

        return result with { RowAccessedSectors = accessed, RowTouchedSectors = touched, RowMaxAccesses = max };
    }
}
