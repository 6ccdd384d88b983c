using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Cli;
using TraceAnalyzer.Cli.Commands;
using TraceAnalyzer.Comparison;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Figures;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Tests.Runs;

namespace TraceAnalyzer.Tests.Comparison;

[Trait("Kind", "capture")]
public sealed class CompareCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1", "$.devices[0].operations[1].interArrival.minNs[1]: expected values that ascend, found 1 after 106")]
    [InlineData("2", "$.devices[0].operations[1].interArrival.buckets[24]: expected values that ascend, found 10239 after 2147483648")]
    public void An_edited_report_is_named_with_the_place(string edited, string expected)
    {
        File.WriteAllBytes(_folder["report.json"], Reading.Tars.Unpacked(Repository.Path("tests", "TraceAnalyzer.Tests", "Cases", "compare-edited", edited + ".json.xz")));
        File.Copy(_folder["report.json"], _folder["other.json"]);
        ToolResult result = Tool.Run("compare", _folder["report.json"], _folder["other.json"], "-o", _folder["out"]);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Traces_folders_and_reports_compare_alike_and_give_the_same_bytes()
    {
        string trace = RunCaptures.Repository("nvmevirt/c-kvcache");
        string analysed = _folder["analysed"];
        using (var ignored = new StringWriter(CultureInfo.InvariantCulture))
        {
            AnalyzeCommand.Run(
                new AnalyzeCommand.Work([trace], new AnalysisOptions(), analysed, false, new FigureOptions(), false, new RunOptions()), ignored, ignored, TestContext.Current.CancellationToken);
        }

        string json = Save("model.json", SyntheticReports.ModelOffload());
        (_, string fromTrace) = Run("a", trace, json);
        (ExitCode code, string fromFolder) = Run("b", analysed, json);
        (_, string fromReport) = Run("c", Path.Combine(analysed, ReportJson.FileName), json);

        Assert.Equal(ExitCode.Success, code);
        Assert.Equal(fromTrace.Replace(_folder["a"], "", StringComparison.Ordinal), fromFolder.Replace(_folder["b"], "", StringComparison.Ordinal));
        Assert.Equal(fromTrace.Replace(_folder["a"], "", StringComparison.Ordinal), fromReport.Replace(_folder["c"], "", StringComparison.Ordinal));
        string[] files = [.. Directory.GetFiles(_folder["a"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Contains(ComparisonJson.FileName, files);
        Assert.Contains("compare-heatmap-read.png", files);
        Assert.All(ComparisonTables.All, table => Assert.Contains(table.FileName, files));
        foreach (string file in files)
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["a"], file)), File.ReadAllBytes(Path.Combine(_folder["b"], file)));
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["a"], file)), File.ReadAllBytes(Path.Combine(_folder["c"], file)));
        }
    }

    [Theory]
    [InlineData("{\"schemaVersion\":2}", "report schema version 2")]
    [InlineData("{\"schemaVersion\":1}", "no intact report")]
    [InlineData("{\"tokens\":3}", "no report of this tool")]
    [InlineData("GIF89a", "no intact report")]
    [InlineData("", "no intact report")]
    public void What_is_no_report_is_named_and_nothing_is_written(string content, string message)
    {
        string good = Save("good.json", SyntheticReports.OneRequest());
        string bad = _folder["bad.json"];
        File.WriteAllText(bad, content);
        TraceException exception = Assert.Throws<TraceException>(() => Run("out", good, bad));
        Assert.Contains("bad.json", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void A_missing_run_is_an_error() =>
        Assert.Contains("nowhere", Assert.Throws<TraceException>(() => Run("out", Save("good.json", SyntheticReports.OneRequest()), _folder["nowhere"])).Message, StringComparison.Ordinal);

    [Fact]
    public void One_run_or_thirteen_are_a_usage_error()
    {
        string good = Save("good.json", SyntheticReports.OneRequest());
        Assert.Throws<UsageException>(() => Run("out", good));
        Assert.Throws<UsageException>(() => Run("out", [.. Enumerable.Repeat(good, 13)]));
    }

    [Fact]
    public void Options_that_a_saved_report_cannot_follow_are_refused()
    {
        string good = Save("good.json", SyntheticReports.OneRequest());
        var work = Work("out", good, good) with { Analysis = new AnalysisOptions { Filter = new EventFilter { FromNs = 1 } } };
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Assert.Throws<UsageException>(() => CompareCommand.Run(work, text, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Losses_show_in_the_exit_code()
    {
        TraceReport report = SyntheticReports.OneRequest();
        report = report with { Integrity = [new IntegrityCounter("lostEvents", 3, "events the tracer reported lost", null)] };
        Assert.Equal(ExitCode.Losses, Run("out", Save("a.json", SyntheticReports.OneRequest()), Save("b.json", report)).Code);
    }

    [Fact]
    public void Json_has_its_schema_version_first_and_one_entry_a_run()
    {
        Run("out", Save("a.json", SyntheticReports.KvOffload()), Save("b.json", SyntheticReports.ModelOffload()));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["out"], ComparisonJson.FileName)));
        JsonProperty first = json.RootElement.EnumerateObject().First();
        Assert.Equal(("schemaVersion", ComparisonReport.CurrentSchemaVersion), (first.Name, first.Value.GetInt32()));
        Assert.All(json.RootElement.GetProperty("metrics").EnumerateArray(), metric => Assert.Equal(2, metric.GetProperty("runs").GetArrayLength()));
        Assert.All(json.RootElement.GetProperty("distributions").EnumerateArray(), distribution => Assert.Equal(2, distribution.GetProperty("runs").GetArrayLength()));
        Assert.Equal("bytesPerSecond", json.RootElement.GetProperty("metrics").EnumerateArray().First(metric => metric.GetProperty("name").GetString() == "meanBandwidth").GetProperty("unit").GetString());
    }

    private string Save(string name, TraceReport report)
    {
        using FileStream file = File.Create(_folder[name]);
        ReportJson.Write(report, file);
        return _folder[name];
    }

    private CompareCommand.Work Work(string output, params string[] runs) =>
        new(runs, new ReadOptions(), new AnalysisOptions(), new ComparisonOptions(), _folder[output], false, new FigureOptions());

    private (ExitCode Code, string Text) Run(string output, params string[] runs)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        return (CompareCommand.Run(Work(output, runs), text, TestContext.Current.CancellationToken), text.ToString());
    }
}
