using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;

namespace TraceAnalyzer.Tables.OfComparison;

/// <summary>What changed between the runs, and what did not.</summary>
public static class ComparedFindingsTable
{
    /// <summary>A row per finding.</summary>
    public static readonly TableOf<ComparisonReport> Findings = new("compare_findings", "What changed",
        [Column.Text("finding", "Finding"), ComparisonColumns.Run, Column.Text("verdict", "Verdict"), Column.Text("statement", "What was found"), Column.Text("rule", "Rule")],
        static (comparison, rows) =>
        {
            foreach (Finding finding in comparison.Findings)
                rows.Add(finding.Id, comparison.Runs[finding.Run ?? 0].Label, finding.Verdict.Name(), finding.Sentence, finding.Rule);
        });
}
