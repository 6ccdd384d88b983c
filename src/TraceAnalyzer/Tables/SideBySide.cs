using System.Globalization;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables;

/// <summary>A comparison's numbers with a column per run, as people compare them; the tables of <see cref="ComparisonTables"/> have a row per run, as programs do.</summary>
public static class SideBySide
{
    private static readonly string[] s_numbers = ["run", "difference", "ratio", "direction"];

    /// <summary>A row per setting.</summary>
    public static Table Settings(ComparisonReport comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return new Table("compare_settings", "How each run was recorded and counted, and what was run",
            [Column.Text("setting", "Setting"), Column.Text("differs", "Differs"), .. comparison.Runs.Select((_, run) => Column.Text(RunName(run), RunName(run)))],
            [.. comparison.Settings.Select(setting => (Value[])[setting.Name, setting.Differs ? "differs" : "same", .. setting.Values.Select(value => (Value)value)])]);
    }

    /// <summary>A row per metric of a class, each run beside its difference from the first, their ratio and its direction (columns <c>run_2</c>, <c>difference_2</c>, <c>ratio_2</c>, <c>direction_2</c>, ...).</summary>
    public static Table Metrics(ComparisonReport comparison, MetricClass @class)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        bool isPair = comparison.Runs.Length == 2;
        bool weighs = Weighs(comparison, @class);
        string title = TitleOf(@class);
        return new Table("compare_" + EnumNames.Camel(@class), char.ToUpperInvariant(title[0]) + title[1..],
            [Column.Text("metric", "Metric"), .. comparison.Runs.SelectMany((_, run) => Headings(run))],
            [.. comparison.Metrics.Where(metric => metric.Class == @class).Select(metric => (Value[])[metric.Label, .. metric.Runs.SelectMany((value, run) => Cells(metric, value, run))])]);

        IEnumerable<Column> Headings(int run)
        {
            string name = RunName(run);
            string[] headings = run == 0 ? [name] : isPair ? [name, "Difference", "Ratio", "Direction"] : [name, $"{name} − 1", $"{name} / 1", "Direction"];
            return headings.Select((heading, i) => new Column(s_numbers[i] + "_" + (run + 1).ToString(CultureInfo.InvariantCulture), heading, i == 3 ? Unit.Text : Unit.Count));
        }

        Value[] Cells(ComparedMetric metric, MetricValue value, int run)
        {
            Value number = Value.Of(value.Value, metric.Unit);
            return run == 0 ? [number]
                : [number, Value.Of(value.Difference, Units.Difference(value.Difference, metric.Unit)), Value.Of(value.Ratio, Unit.Ratio), Direction(metric, value, weighs)];
        }
    }

    /// <summary>A row per distribution and run but the first.</summary>
    public static Table Distributions(ComparisonReport comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return new Table("compare_distributions", "Distances of distributions from those of run 1",
            [
                Column.Text("distribution", "Distribution"), Column.Text("run", "Run"), new Column("kolmogorov_smirnov", "Kolmogorov-Smirnov", Unit.Coefficient), Column.Text("earth_mover", "Earth mover"),
                new Column("earth_mover_octaves", "In octaves", Unit.Octaves),
            ],
            [
                .. from distribution in comparison.Distributions
                   from run in Enumerable.Range(1, comparison.Runs.Length - 1)
                   let distances = distribution.Runs[run]
                   where distances is not null
                   select (Value[])
                   [
                       $"{distribution.Class.Plural()}, {distribution.Label}", (run + 1).ToString(CultureInfo.InvariantCulture), distances.KolmogorovSmirnov,
                       Value.Of(distances.EarthMover, distribution.Unit), distances.EarthMoverOctaves,
                   ],
            ]);
    }

    /// <summary>What a class of numbers is called.</summary>
    public static string TitleOf(MetricClass @class) => @class switch
    {
        MetricClass.Transfers => "reads and writes",
        MetricClass.Run => "tokens and GPU",
        MetricClass.Read => "reads",
        _ => "writes",
    };

    /// <summary>True if a class moves enough bytes in every run for a difference to be called better or worse.</summary>
    public static bool Weighs(ComparisonReport comparison, MetricClass @class)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return @class == MetricClass.Run || comparison.Runs.Select((_, run) => ShareOfBytes(comparison, @class, run)).All(share => share >= comparison.Thresholds.NegligibleShare);
    }

    /// <summary>The direction of a change in a word; a welcome change is marked so where one direction is welcome and there is enough to judge by.</summary>
    public static string Direction(ComparedMetric metric, MetricValue value, bool weighs)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(value);
        bool counts = weighs && metric.Preference != MetricPreference.Neither && value.Direction is not (null or "equal" or "about equal");
        if (!counts)
            return value.Direction ?? Units.None;
        return value.Direction + (value.Difference > 0 == (metric.Preference == MetricPreference.Higher) ? " (better)" : " (worse)");
    }

    private static double ShareOfBytes(ComparisonReport comparison, MetricClass @class, int run)
    {
        double Bytes(MetricClass name) => comparison.Metrics.First(metric => metric.Name == "bytes" && metric.Class == name).Runs[run].Value ?? 0;
        return Bytes(MetricClass.Transfers) > 0 ? Bytes(@class) / Bytes(MetricClass.Transfers) : 0;
    }

    private static string RunName(int run) => string.Create(CultureInfo.InvariantCulture, $"Run {run + 1}");
}
