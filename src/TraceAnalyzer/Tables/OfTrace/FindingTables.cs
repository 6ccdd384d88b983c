using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>Findings and what they rest on (docs/analyses/findings.md).</summary>
public static class FindingTables
{
    /// <summary>A row per finding.</summary>
    public static readonly TableOf<TraceReport> Findings = new("findings", "Findings",
        [
            Column.Text("id", "Finding"), Column.Text("title", "Title"), Column.Text("verdict", "Verdict"), Column.Text("sentence", "What was found"), Column.Text("figure", "Figure"),
            Column.Share("trace_completeness", "Of the trace's events"), Column.Text("caveats", "Caveats"), Column.Text("rule", "Rule"),
        ],
        (report, rows) =>
        {
            foreach (Finding finding in report.Findings)
                rows.Add(finding.Id, finding.Title, finding.Verdict.Name(), finding.Sentence, finding.Figure, finding.TraceCompleteness, string.Join("; ", finding.Caveats), finding.Rule);
        })
    {
        Note = "caveats are joined by `; `",
    };

    /// <summary>A row per number that a finding rests on.</summary>
    public static readonly TableOf<TraceReport> Evidence = new("evidence", "Evidence of the findings",
        [
            Column.Text("id", "Finding"), Column.Text("name", "Number"), new Column("value", "Value", Unit.Count), Column.Text("unit", "Unit"), new Column("threshold", "Threshold", Unit.Count),
        ],
        (report, rows) =>
        {
            foreach (Finding finding in report.Findings)
            {
                foreach (Evidence evidence in finding.Evidence)
                    rows.Add(finding.Id, evidence.Name, evidence.Value, EvidenceUnits.Name(evidence.Unit), evidence.Threshold);
            }
        });
}
