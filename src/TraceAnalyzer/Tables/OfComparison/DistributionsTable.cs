using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfComparison;

/// <summary>How far the distributions of each run are from those of the first.</summary>
public static class DistributionsTable
{
    /// <summary>A row per distribution and run.</summary>
    public static readonly TableOf<ComparisonReport> Distributions = new("compare_distributions", "Distances of distributions from those of run 1",
        [
            Column.Text("distribution", "Distribution"), ComparisonColumns.Class, Column.Text("unit", "Unit"), ComparisonColumns.Run, new("kolmogorov_smirnov", "Kolmogorov-Smirnov", Unit.Coefficient),
            Column.Count("earth_mover", "Earth mover"), new("earth_mover_octaves", "In octaves", Unit.Octaves),
        ],
        (comparison, rows) =>
        {
            foreach (ComparedDistribution distribution in comparison.Distributions)
            {
                for (int run = 0; run < comparison.Runs.Length; run++)
                {
                    if (distribution.Runs[run] is { } distances)
                    {
                        rows.Add(distribution.Name, distribution.Class.Name(), EnumNames.Camel(distribution.Unit), comparison.Runs[run].Label,
                            distances.KolmogorovSmirnov, distances.EarthMover, distances.EarthMoverOctaves);
                    }
                }
            }
        });
}
