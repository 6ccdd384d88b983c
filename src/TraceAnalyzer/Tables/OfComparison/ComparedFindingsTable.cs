using TraceAnalyzer.Reports.OfComparison;

namespace TraceAnalyzer.Tables.OfComparison;

/// <summary>What changed between the runs, and what did not.</summary>
public static class ComparedFindingsTable
{
    /// <summary>A row per finding.</summary>
    public static readonly TableOf<ComparisonReport> Findings = new("compare_findings", "What changed",
        [Column.Text("finding", "Finding"), ComparisonColumns.Run, Column.Text("verdict", "Verdict"), Column.Text("statement", "What was found"), Column.Text("rule", "Rule")],
        (comparison, rows) =>
        {
            foreach (ComparisonFinding finding in comparison.Findings)
                rows.Add(finding.Name, comparison.Runs[finding.Run].Label, ComparisonColumns.Camel(finding.Verdict), finding.Statement, finding.Rule);
        });
}
