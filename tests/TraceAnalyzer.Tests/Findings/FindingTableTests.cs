using System.Text;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Findings;
using TraceAnalyzer.Findings.OfPairs;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Text;
using static TraceAnalyzer.Tests.Findings.SmallRun;

namespace TraceAnalyzer.Tests.Findings;

/// <summary>The tables of findings and thresholds, their documents, and how they are saved.</summary>
public sealed class FindingTableTests
{
    [Fact]
    public void Every_rule_has_an_id_of_its_own_and_a_place_in_the_documents()
    {
        string[] ofRuns = [.. RunFindings.All.Select(rule => rule.Id)];
        string[] ofPairs = [.. PairFindings.All.Select(rule => rule.Id)];

        Assert.Equal(ofRuns.Distinct(), ofRuns);
        Assert.Equal(ofPairs.Distinct(), ofPairs);
        Assert.All(ofRuns, id => Assert.Contains($"\n## {id}\n", Repository.Text("docs", "analyses", "findings.md").ReplaceLineEndings("\n")));
        Assert.All(ofPairs, id => Assert.Contains($"`{id}`", Repository.Text("docs", "compare.md")));
        Assert.All(Contradictions.Pairs, pair => Assert.All([pair.First, pair.Second], id => Assert.Contains(id, ofRuns)));
    }

    [Fact]
    public void Every_threshold_can_be_set_and_is_documented_with_its_default()
    {
        string page = Repository.Text("docs", "analyses", "findings.md");
        var defaults = new Thresholds();

        Assert.Equal(typeof(Thresholds).GetProperties().Count(property => property.PropertyType == typeof(double)), NamedThreshold.All.Length);
        Assert.All(NamedThreshold.All, threshold =>
        {
            double value = threshold.Of(defaults);
            Assert.InRange(value, threshold.Least, threshold.Most);
            Assert.Contains(FormattableString.Invariant($"| `{threshold.Name}` | {value} |"), page);
            Assert.Equal(threshold.Most, threshold.Of(threshold.With(defaults, threshold.Most)));
            Assert.NotEqual(defaults, threshold.With(defaults, threshold.Most));
        });
    }

    [Fact]
    public void Verdicts_and_units_are_saved_under_the_names_of_schema_1()
    {
        TraceReport report = Report([.. Enumerable.Range(0, 40).Select(i => Read(i * Ms, (ulong)(i % 20) * 256))]);
        string json = Json(report);

        Assert.Contains("\"verdict\": \"shown\"", json, StringComparison.Ordinal);
        Assert.Contains("\"verdict\": \"not answerable\"", json, StringComparison.Ordinal);
        Assert.Contains("\"unit\":\"coefficient\"", json.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\"dominatingShare\":0.5", json.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(report.Findings.Select(finding => (finding.Id, finding.Verdict, finding.Rule)), Saved(json).Findings.Select(finding => (finding.Id, finding.Verdict, finding.Rule)));
        Assert.Equal(report.Thresholds, Saved(json).Thresholds);
    }

    [Fact]
    public void Reports_of_older_versions_are_still_read()
    {
        // As written before there were rules and thresholds.
        const string Old = """
            [{ "id": "uniform-access", "title": "Sectors are read uniformly", "verdict": "not shown", "sentence": "...", "evidence":
              [{ "name": "Gini coefficient", "value": 0.2, "unit": "coefficient", "threshold": 0.1 }, { "name": "a", "value": 1, "unit": "times" }, { "name": "b", "value": 1, "unit": "GiB/s" },
               { "name": "c", "value": 1, "unit": "B/s" }, { "name": "d", "value": 1, "unit": "bytes" }, { "name": "e", "value": 1, "unit": "share" }], "figure": "lorenz", "traceCompleteness": 1, "caveats": [] }]
            """;
        string json = Json(SampleReport.Full() with { Findings = [], Thresholds = null });
        TraceReport report = Saved(json.Replace("\"findings\": []", "\"findings\": " + Old, StringComparison.Ordinal));

        Finding finding = Assert.Single(report.Findings);
        Assert.Equal((Verdict.NotShown, Unit.Coefficient, 0.1, null), (finding.Verdict, finding.Evidence[0].Unit, finding.Evidence[0].Threshold, finding.Rule));
        Assert.Equal([Unit.Ratio, Unit.GiBPerSecond, Unit.BytesPerSecond, Unit.Bytes, Unit.Share], finding.Evidence.Skip(1).Select(evidence => evidence.Unit));
        Assert.Null(report.Thresholds);
        Assert.Throws<TraceException>(() => Saved(json.Replace("\"findings\": []", "\"findings\": " + Old.Replace("not shown", "perhaps", StringComparison.Ordinal), StringComparison.Ordinal)));
    }

    [Fact]
    public void A_rule_of_ones_own_is_asked_beside_the_others()
    {
        TraceReport report = Report([Read(0, 0), Read(Ms, 256)], new AnalysisOptions { Rules = [.. RunFindings.All, new EvenCount()], Thresholds = new Thresholds { DominatingShare = 0.9 } });

        // Rules about what this trace has nothing of do not answer; the others are in their order.
        string[] answered = [.. report.Findings.Select(finding => finding.Id)];
        Assert.Equal([.. RunFindings.All.Select(rule => rule.Id).Intersect(answered), "even-count"], answered);
        Assert.Contains("dominating-size", answered);
        Assert.Equal((Verdict.Shown, "shown if the number is even"), (report.Findings[^1].Verdict, report.Findings[^1].Rule));
        Assert.Contains("90 %", report.Findings[0].Rule, StringComparison.Ordinal);
    }

    private static string Json(TraceReport report)
    {
        using var stream = new MemoryStream();
        ReportJson.Write(report, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static TraceReport Saved(string json) => ReportJson.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)));

    private sealed class EvenCount() : FindingRule<TraceFacts>("even-count", "The number of reads is even")
    {
        public override string Criterion(Thresholds thresholds) => "shown if the number is even";

        public override Finding Judge(TraceFacts facts, Thresholds thresholds) => Answer(facts.Read!.Overview.Requests % 2 == 0 ? Verdict.Shown : Verdict.NotShown, "");
    }
}
