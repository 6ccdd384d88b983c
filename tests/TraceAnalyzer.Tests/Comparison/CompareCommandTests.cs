using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
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
    [InlineData("{\"schemaVersion\":1}", "not an intact report")]
    [InlineData("{\"tokens\":3}", "no report of this tool")]
    [InlineData("GIF89a", "not an intact report")]
    [InlineData("", "not an intact report")]
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

    [Theory]
    [InlineData(FigureFormat.Png)]
    [InlineData(FigureFormat.Svg)]
    public void A_saved_comparison_gives_the_same_files_as_its_reports(FigureFormat format)
    {
        string[] saved = [Save("kv.json", WithRun(SyntheticReports.KvOffload())), Save("model.json", WithRun(SyntheticReports.ModelOffload()))];
        var figures = new FigureOptions { Format = format, Dpi = FigureOptions.MinDpi };
        Assert.Equal(ExitCode.Success, Run(Work("a", saved) with { Figures = figures }).Code);
        (ExitCode code, string text) = Run(Work("b", Path.Combine(_folder["a"], ComparisonJson.FileName)) with { Figures = figures });
        Run(Work("c", _folder["b"]) with { Figures = figures });

        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("Run 2 against run 1", text, StringComparison.Ordinal);
        string[] files = [.. Directory.GetFiles(_folder["a"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Contains("compare.html", files);
        Assert.Contains($"compare-gpu.{(format == FigureFormat.Png ? "png" : "svg")}", files);
        foreach (string again in (string[])[_folder["b"], _folder["c"]])
        {
            Assert.Equal(files, Directory.GetFiles(again).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["a"], file)), File.ReadAllBytes(Path.Combine(again, file))));
        }
    }

    [Theory]
    [InlineData("reports", "[]", "saved by an older build")]
    [InlineData("reports", "null", "not an intact comparison")]
    [InlineData("schemaVersion", "2", "comparison schema version 2")]
    [InlineData("runs", "[]", "$.runs: expected two to twelve, found 0")]
    [InlineData("runs.0.durationNs", "-1", "$.runs[0].durationNs: expected a time that is not negative, found -1")]
    [InlineData("runs.1.device", "\"9,9\"", "$.reports[1].devices: expected the device that is compared")]
    [InlineData("runs.1.label", "\"flexgen-kv-offload-opt-6.7b\"", "$.runs: expected labels that differ")]
    [InlineData("metrics.0.runs", "[]", "$.metrics[0]: expected 2 entries, found 0")]
    [InlineData("metrics.0.runs.0.value", "1e300", "expected a number of at most 2^63")]
    [InlineData("metrics.0", "null", "$.metrics[0]: expected a value, found null")]
    [InlineData("settings.0.values", "[\"a\"]", "$.settings[0]: expected 2 entries, found 1")]
    [InlineData("distributions.0.runs", "[null]", "$.distributions[0]: expected 2 entries, found 1")]
    [InlineData("findings.0.run", "2", "$.findings[0].run: expected the index of a run after the first, found 2")]
    [InlineData("bandwidth.0.class", "\"seen\"", "found something else at $.bandwidth[0].class, line")]
    [InlineData("bandwidth.0.class", "\"discard\"", "$.bandwidth[0].class: expected read or write, found discard")]
    [InlineData("bandwidth.0.alignment", "\"width\"", "found something else at $.bandwidth[0].alignment, line")]
    [InlineData("metrics.0.class", "\"all\"", "found something else at $.metrics[0].class, line")]
    [InlineData("reports.0.devices.0.operations.0.class", "\"transfers\"", "$.reports[0].devices[0].operations[0].class: expected a class of operations, found transfers")]
    [InlineData("bandwidth.0.bytesPerSecond.0", "[-1]", "$.bandwidth[0].bytesPerSecond[0]: expected rates that are not negative")]
    [InlineData("bandwidth.0.bytesPerSecond.0", "null", "$.bandwidth[0].bytesPerSecond[0]: expected a value, found null")]
    [InlineData("bandwidth.0.binWidthNs", "[1]", "$.bandwidth[0].binWidthNs: expected 2 entries, found 1")]
    [InlineData("reports.0.devices.0.operations.0.sectorAccess.gini", "7", "expected a share from 0 to 1, found 7")]
    [InlineData("reports.0.devices.0.space.rowSectors", "0", "$.reports[0].devices[0].space.rowSectors: expected at least 1, found 0")]
    public void An_edited_comparison_is_refused_with_the_place(string place, string value, string expected)
    {
        Run("a", Save("kv.json", SyntheticReports.KvOffload()), Save("model.json", SyntheticReports.ModelOffload()));
        string path = Path.Combine(_folder["a"], ComparisonJson.FileName);
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        string[] steps = place.Split('.');
        JsonNode parent = steps[..^1].Aggregate(json, (node, step) => int.TryParse(step, out int index) ? node[index]! : node[step]!);
        if (int.TryParse(steps[^1], out int last))
            parent[last] = JsonNode.Parse(value);
        else
            parent[steps[^1]] = JsonNode.Parse(value);
        File.WriteAllText(_folder["edited.json"], json.ToJsonString());

        TraceException exception = Assert.Throws<TraceException>(() => Run("b", _folder["edited.json"]));

        Assert.Contains("edited.json", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["b"]));
    }

    [Fact]
    public void Options_that_a_saved_comparison_cannot_follow_are_refused()
    {
        Run("a", Save("kv.json", SyntheticReports.KvOffload()), Save("model.json", SyntheticReports.ModelOffload()));
        Assert.Throws<UsageException>(() => Run(Work("b", _folder["a"]) with { Comparison = new ComparisonOptions { Device = "259,0" } }));
        Assert.Throws<UsageException>(() => Run(Work("b", _folder["a"]) with { Analysis = new AnalysisOptions { BinWidthNs = 1_000_000 } }));
    }

    private static TraceReport WithRun(TraceReport report) => report with { Run = SampleReport.Full().Run };

    private string Save(string name, TraceReport report)
    {
        using FileStream file = File.Create(_folder[name]);
        ReportJson.Write(report, file);
        return _folder[name];
    }

    private CompareCommand.Work Work(string output, params string[] runs) =>
        new(runs, new ReadOptions(), new AnalysisOptions(), new ComparisonOptions(), _folder[output], false, new FigureOptions());

    private (ExitCode Code, string Text) Run(string output, params string[] runs) => Run(Work(output, runs));

    private static (ExitCode Code, string Text) Run(CompareCommand.Work work)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        return (CompareCommand.Run(work, text, TestContext.Current.CancellationToken), text.ToString());
    }
}
