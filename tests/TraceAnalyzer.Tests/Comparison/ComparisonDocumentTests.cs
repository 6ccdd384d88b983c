using System.Text.Json;
using System.Text.RegularExpressions;
using TraceAnalyzer.Comparison;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Figures;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Tests.Runs;

namespace TraceAnalyzer.Tests.Comparison;

/// <summary>docs/compare.md and docs/comparison-schema.md say what is written.</summary>
[Trait("Kind", "capture")]
public sealed class ComparisonDocumentTests
{
    [Fact]
    public void The_schema_names_every_json_property()
    {
        ComparisonReport comparison = ReportComparison.Compare([WithRun(SyntheticReports.KvOffload()), WithRun(SyntheticReports.ModelOffload())], new ComparisonOptions());
        Assert.Contains(comparison.Bandwidth, bandwidth => bandwidth.Spans is not null);
        using JsonDocument json = JsonDocument.Parse(ComparisonFiles.Json(comparison));
        HashSet<string> names = [];
        Collect(json.RootElement, names);
        string document = Document("comparison-schema.md");
        Assert.True(names.Count > 40, "the comparison has too few properties to test with");
        Assert.All(names, name => Assert.Contains($"`{name}`", document, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kv-vs-model", "compare.md")]
    [InlineData("flexgen-vs-deepspeed", "compare-frameworks.md")]
    public void The_document_shows_what_the_sample_prints(string sample, string document)
    {
        string script = File.ReadAllText(Path.Combine(RunCaptures.Repository(""), "..", "samples", sample, "run.sh"));
        TraceReport[] reports = [.. Regex.Matches(script, "\\$root/traces/([a-z0-9./-]+)").Select(match => RunAnalysis.Of(RunCaptures.Repository(match.Groups[1].Value)))];
        Assert.Equal(2, reports.Length);
        string printed = ComparisonFiles.Console(ReportComparison.Compare(reports, new ComparisonOptions())).TrimEnd('\n');
        Golden.EqualInDocument(document, "```text\n", "\n```\n", printed);
    }

    private static TraceReport WithRun(TraceReport report) => report with { Run = SampleReport.Full().Run };

    private static string Document(string name) => File.ReadAllText(Path.Combine(RunCaptures.Repository(""), "..", "docs", name));

    private static void Collect(JsonElement element, HashSet<string> names)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                names.Add(property.Name);
                // Reports have a document of their own.
                if (property.Name != "reports")
                    Collect(property.Value, names);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
                Collect(item, names);
        }
    }
}
