using System.Globalization;

namespace TraceAnalyzer.Reports;

/// <summary>A <see cref="ComparisonReport"/> as plain text: the runs, what changed and what did not, the numbers side by side.</summary>
public static class ComparisonSummary
{
    private const int MaxSettingLength = 28;

    /// <summary>Writes the summary.</summary>
    public static void Write(ComparisonReport comparison, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        ArgumentNullException.ThrowIfNull(writer);
        WriteRuns(comparison, writer);
        WriteFindings(comparison, writer);
        foreach (string @class in comparison.Metrics.Select(metric => metric.Class).Distinct())
            WriteMetrics(comparison, @class, writer);
        WriteDistributions(comparison, writer);
    }

    private static void WriteRuns(ComparisonReport comparison, TextWriter writer)
    {
        for (int run = 0; run < comparison.Runs.Length; run++)
        {
            ComparedRun described = comparison.Runs[run];
            string others = described.OtherDevices.Length == 0 ? "" : $" (not compared: {string.Join("; ", described.OtherDevices.Select(PrintableText.Of))})";
            writer.WriteLine($"Run {Name(run)}  {PrintableText.Of(described.Label)}, device {PrintableText.Of(described.Device ?? "none")}{others}");
        }

        writer.WriteLine();
        var table = new AlignedTable(["setting", "differs", .. RunNames(comparison)]);
        foreach (ComparedSetting setting in comparison.Settings)
            table.Add([setting.Name, setting.Differs ? "yes" : "no", .. setting.Values.Select(Shortened)]);
        table.Write(writer);
    }

    private static void WriteFindings(ComparisonReport comparison, TextWriter writer)
    {
        foreach (IGrouping<int, ComparisonFinding> run in comparison.Findings.GroupBy(finding => finding.Run))
        {
            writer.WriteLine($"Run {Name(run.Key)} against run {Name(0)}");
            foreach (ComparisonFinding finding in run)
            {
                string verdict = finding.Verdict switch
                {
                    ComparisonVerdict.Same => "same",
                    ComparisonVerdict.Different => "DIFFERENT",
                    _ => "CAUTION",
                };
                writer.WriteLine($"  {verdict,-10} {PrintableText.Of(finding.Statement)}");
            }

            writer.WriteLine();
        }
    }

    // Two runs have room for the difference; of more, each stands beside its ratio to the first.
    private static void WriteMetrics(ComparisonReport comparison, string @class, TextWriter writer)
    {
        bool isPair = comparison.Runs.Length == 2;
        string title = TitleOf(@class);
        string[] columns = [.. RunNames(comparison).SelectMany((name, run) => run == 0 ? (string[])[name] : isPair ? [name, "difference", "ratio", "direction"] : [name, "ratio"])];
        bool weighs = Weighs(comparison, @class);
        var table = new AlignedTable([title, .. columns]);
        foreach (ComparedMetric metric in comparison.Metrics.Where(metric => metric.Class == @class))
        {
            table.Add([metric.Label, .. metric.Runs.SelectMany((value, run) =>
            {
                string text = MetricText.Value(value.Value, metric.Unit);
                return run == 0 ? (string[])[text]
                    : isPair ? [text, MetricText.Difference(value.Difference, metric.Unit), MetricText.Ratio(value.Ratio), Direction(metric, value, weighs)]
                    : [text, MetricText.Ratio(value.Ratio)];
            })]);
        }

        table.Write(writer);
    }

    /// <summary>What a class of numbers is called.</summary>
    public static string TitleOf(string @class) => @class switch
    {
        "transfers" => "reads and writes",
        "run" => "tokens and GPU",
        _ => @class + "s",
    };

    /// <summary>True if a class moves enough bytes in every run for a difference to be called better or worse.</summary>
    public static bool Weighs(ComparisonReport comparison, string @class)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return @class == "run" || comparison.Runs.Select((_, run) => ShareOfBytes(comparison, @class, run)).All(share => share >= comparison.Thresholds.NegligibleShare);
    }

    /// <summary>The direction of a change in a word; a welcome change is marked so where one direction is welcome and there is enough to judge by.</summary>
    public static string Direction(ComparedMetric metric, MetricValue value, bool weighs)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(value);
        bool counts = weighs && metric.Preference != MetricPreference.Neither && value.Direction is not (null or "equal" or "about equal");
        if (!counts)
            return value.Direction ?? MetricText.None;
        return value.Direction + (value.Difference > 0 == (metric.Preference == MetricPreference.Higher) ? " (better)" : " (worse)");
    }

    private static void WriteDistributions(ComparisonReport comparison, TextWriter writer)
    {
        var table = new AlignedTable("distribution", "run", "Kolmogorov-Smirnov", "earth mover", "in octaves");
        foreach (ComparedDistribution distribution in comparison.Distributions)
        {
            for (int run = 1; run < comparison.Runs.Length; run++)
            {
                if (distribution.Runs[run] is { } distances)
                {
                    table.Add($"{distribution.Class}s, {distribution.Label}", Name(run), MetricText.Value(distances.KolmogorovSmirnov, MetricUnit.Coefficient),
                        MetricText.Value(distances.EarthMover, distribution.Unit), distances.EarthMoverOctaves.ToString("0.00", CultureInfo.InvariantCulture));
                }
            }
        }

        table.Write(writer);
    }

    private static double ShareOfBytes(ComparisonReport comparison, string @class, int run)
    {
        double Bytes(string name) => comparison.Metrics.First(metric => metric.Name == "bytes" && metric.Class == name).Runs[run].Value ?? 0;
        return Bytes("transfers") > 0 ? Bytes(@class) / Bytes("transfers") : 0;
    }

    private static IEnumerable<string> RunNames(ComparisonReport comparison) => comparison.Runs.Select((_, run) => "run " + Name(run));

    private static string Name(int run) => (run + 1).ToString(CultureInfo.InvariantCulture);

    private static string Shortened(string value)
    {
        string text = PrintableText.Of(value);
        return text.Length <= MaxSettingLength ? text : text[..(MaxSettingLength - 3)] + "...";
    }
}
