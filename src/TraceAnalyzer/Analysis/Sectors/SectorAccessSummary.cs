using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Sectors;

/// <summary>Makes results of sector access maps.</summary>
internal static class SectorAccessSummary
{
    /// <summary>The result of one map, without rows; null if no sector was touched.</summary>
    public static SectorAccessResult? Of(SectorAccessAccumulator map) => Of(new SectorAccessView([map]), space: null);

    /// <summary>The result, with rows if there is a space axis; null if no sector was touched.</summary>
    /// <param name="map">The map. If it holds a part of the units, the result is an estimate.</param>
    /// <param name="space">The rows; null for none.</param>
    /// <param name="rowAccesses">Sectors accessed in each row, where that is known apart from the map; else null.</param>
    public static SectorAccessResult? Of(SectorAccessView map, SpaceAxis? space, long[]? rowAccesses = null)
    {
        var sectors = new Dictionary<uint, long>();
        var sample = new UnitSample();
        var rows = space is null ? null : new RowSums(space);
        long count = 0;
        SectorRun last = default;
        foreach (SectorRun run in map.Runs())
        {
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(sectors, run.Accesses, out _) += run.Sectors;

            // Where one request ends and another begins, and where a unit ends, the count need not change.
            if (run.Start != last.End || run.Accesses != last.Accesses)
                count++;
            last = run;
            rows?.Add(run);
            if (map.Level > 0)
                sample.Add(run);
        }

        if (sectors.Count == 0)
            return null;
        long accessedInMap = sectors.Sum(pair => pair.Value * pair.Key);
        double scale = Math.ScaleB(1, map.Level);
        AccessCount[] distribution = [.. sectors.OrderBy(pair => pair.Key).Select(pair => new AccessCount(pair.Key, Scaled(pair.Value, scale)))];
        long touched = distribution.Sum(entry => entry.Sectors);
        long accessed = map.Level == 0 ? accessedInMap : map.AccessedSectors;
        LorenzPoint[] lorenz = Inequality.Lorenz(distribution);
        return new SectorAccessResult
        {
            TouchedSectors = touched,
            AccessedSectors = accessed,
            Runs = Scaled(count, scale),
            MaxAccesses = distribution[^1].Accesses,
            MeanAccesses = (double)accessed / touched,
            Distribution = distribution,
            Gini = Inequality.Gini(lorenz),
            Lorenz = lorenz,
            HotShares = Inequality.HotShares(lorenz),
            Estimate = map.Level == 0 ? null : sample.Estimate(map.Level, map.AccessedSectors),
            RowAccessedSectors = rows is null ? null : rowAccesses is not null && map.Level > 0 ? rowAccesses : Scaled(rows.Accessed, scale),
            RowTouchedSectors = rows is null ? null : map.Level > 0 && rowAccesses is not null ? rows.TouchedIf(rowAccesses, touched / (double)accessed) : Scaled(rows.Touched, scale),
            RowMaxAccesses = rows?.Max,
        };
    }

    private static long Scaled(long value, double scale) => scale == 1 ? value : (long)Math.Round(value * scale);

    private static long[] Scaled(long[] values, double scale) => scale == 1 ? values : Array.ConvertAll(values, value => Scaled(value, scale));

    private sealed class RowSums(SpaceAxis space)
    {
        private readonly SpaceRows _rows = new(space);

        public long[] Accessed { get; } = new long[space.RowStartSectors.Length];

        public long[] Touched { get; } = new long[space.RowStartSectors.Length];

        public long[] Max { get; } = new long[space.RowStartSectors.Length];

        public void Add(in SectorRun run)
        {
            ulong at = run.Start;
            while (at < run.End)
            {
                (int row, ulong until) = _rows.RowAt(at);
                until = Math.Min(until, run.End);
                long sectors = (long)(until - at);
                Accessed[row] += sectors * run.Accesses;
                Touched[row] += sectors;
                Max[row] = Math.Max(Max[row], run.Accesses);
                at = until;
            }
        }

        // As many of the sectors accessed as in the part of the row that is known, or, if none is, as on the whole device.
        public long[] TouchedIf(long[] rowAccesses, double share)
        {
            long[] touched = new long[rowAccesses.Length];
            for (int row = 0; row < touched.Length; row++)
                touched[row] = (long)Math.Round(rowAccesses[row] * (Accessed[row] > 0 ? Touched[row] / (double)Accessed[row] : share));
            return touched;
        }
    }
}
