using System.Text.Json;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Comparison;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Tests.Figures;
using TraceAnalyzer.Tests.Runs;

namespace TraceAnalyzer.Tests.Comparison;

/// <summary>docs/compare.md and docs/comparison-schema.md say what is written.</summary>
public sealed class ComparisonDocumentTests
{
    [Fact]
    public void The_schema_names_every_json_property()
    {
        ComparisonReport comparison = ReportComparison.Compare([SyntheticReports.KvOffload(), SyntheticReports.ModelOffload()], new ComparisonOptions());
        using JsonDocument json = JsonDocument.Parse(ComparisonFiles.Json(comparison));
        HashSet<string> names = [];
        Collect(json.RootElement, names);
        string document = Document("comparison-schema.md");
        Assert.True(names.Count > 40, "the comparison has too few properties to test with");
        Assert.All(names, name => Assert.Contains($"`{name}`", document, StringComparison.Ordinal));
    }

    [Fact]
    public void The_schema_has_the_header_of_every_csv_file()
    {
        string document = Document("comparison-schema.md");
        Assert.All(ComparisonCsv.Tables, table => Assert.Contains($"`{table.FileName}`: `{table.Header.Replace(",", ", ", StringComparison.Ordinal)}`", document, StringComparison.Ordinal));
    }

    [Fact]
    public void The_document_shows_what_the_sample_prints()
    {
        TraceReport[] reports = [.. ((string[])["flexgen/kv-offload-omp1", "flexgen/model-offload-b1-omp1"]).Select(name =>
        {
            using ITraceReader reader = TraceFormats.Open([RunCaptures.Repository(name)]);
            return TraceAnalysis.Run(reader, new AnalysisOptions(), cancellation: TestContext.Current.CancellationToken);
        })];
        string printed = ComparisonFiles.Console(ReportComparison.Compare(reports, new ComparisonOptions())).TrimEnd('\n');
        Assert.Contains($"```text\n{printed}\n```", Document("compare.md"), StringComparison.Ordinal);
    }

    private static string Document(string name) => File.ReadAllText(Path.Combine(RunCaptures.Repository(""), "..", "docs", name));

    private static void Collect(JsonElement element, HashSet<string> names)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                names.Add(property.Name);
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
