using System.Globalization;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Summaries;

/// <summary>A <see cref="ComparisonReport"/> as plain text: the runs, what changed and what did not, the numbers side by side.</summary>
public static class ComparisonSummary
{
    /// <summary>Writes the summary.</summary>
    public static void Write(ComparisonReport comparison, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        ArgumentNullException.ThrowIfNull(writer);
        WriteRuns(comparison, writer);
        WriteFindings(comparison, writer);
        foreach (MetricClass @class in comparison.Metrics.Select(metric => metric.Class).Distinct())
        {
            Table metrics = SideBySide.Metrics(comparison, @class);
            writer.WriteLine(metrics.Title);
            ConsoleTable.Write(Narrow(metrics, comparison.Runs.Length), writer);
        }
        ConsoleTable.Write(SideBySide.Distributions(comparison), writer);
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
        ConsoleTable.Write(HeadlineTable.Of(comparison), writer);
        ConsoleTable.Write(SideBySide.Settings(comparison), writer);
    }

    private static void WriteFindings(ComparisonReport comparison, TextWriter writer)
    {
        foreach (IGrouping<int, Finding> run in comparison.Findings.GroupBy(finding => finding.Run ?? 0))
        {
            writer.WriteLine($"Run {Name(run.Key)} against run {Name(0)}");
            foreach (Finding finding in run)
            {
                string verdict = finding.Verdict switch
                {
                    Verdict.Different or Verdict.Caution => finding.Verdict.Name().ToUpperInvariant(),
                    Verdict.NotAnswerable => "unknown",
                    _ => finding.Verdict.Name(),
                };
                writer.WriteLine($"  {verdict,-10} {PrintableText.Of(finding.Sentence)}");
            }

            writer.WriteLine();
        }
    }

    private static string Name(int run) => (run + 1).ToString(CultureInfo.InvariantCulture);

    // Two runs have room for the difference; of more, each stands beside its ratio to the first.
    private static Table Narrow(Table table, int runs) => runs == 2
        ? table
        : table.Select([.. table.Columns.Select(column => column.Name).Where(name => !name.StartsWith("difference", StringComparison.Ordinal) && !name.StartsWith("direction", StringComparison.Ordinal))]);
}
