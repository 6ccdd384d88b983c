using System.Text;
using System.Text.Json;
using TraceAnalyzer.Output;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Cli;

/// <summary>How much is printed, and in what form.</summary>
public sealed class ConsoleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ConsoleTests() => File.WriteAllText(Trace, SmallTrace.Text);

    private string Trace => _folder["small.txt"];

    private string Output => _folder["out"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Quiet_PrintsNothing_AndWritesAll()
    {
        ToolResult result = Tool.Run("analyze", Trace, "-o", Output, "--quiet");

        Assert.Equal(new ToolResult(0, "", ""), result);
        Assert.True(File.Exists(Path.Combine(Output, ReportJson.FileName)));
    }

    [Fact]
    public void Quiet_StillSaysWhatFails()
    {
        ToolResult result = Tool.Run("info", _folder["none"], "-q");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("none", result.Error);
    }

    [Fact]
    public void JsonOfAnalyze_IsTheReportItWrote()
    {
        ToolResult result = Tool.Run("analyze", Trace, "-o", Output, "--json");

        Assert.Equal(File.ReadAllText(Path.Combine(Output, ReportJson.FileName)).TrimEnd(), result.Output.TrimEnd());
    }

    [Fact]
    public void JsonOfInfo_IsAReport()
    {
        ToolResult result = Tool.Run("info", Trace, "--json");

        using var json = new MemoryStream(Encoding.UTF8.GetBytes(result.Output));
        Assert.Equal((4, 272 * 512 + 4096), SmallTrace.Of(ReportJson.Read(json), "read"));
    }

    [Fact]
    public void JsonOfCompare_IsTheComparisonItWrote()
    {
        File.WriteAllText(_folder["other.txt"], SmallTrace.Text.Replace("2000 + 8", "3000 + 8", StringComparison.Ordinal));

        ToolResult result = Tool.Run("compare", Trace, _folder["other.txt"], "-o", Output, "--json");

        Assert.Equal(File.ReadAllText(Path.Combine(Output, ComparisonJson.FileName)).TrimEnd(), result.Output.TrimEnd());
    }

    [Fact]
    public void JsonOfTensors_HasTheTransfers()
    {
        File.WriteAllText(_folder["deepnvme-aio-ext4-load-cpu-1024-mb.txt"], "aio load_cpu: 1.0 GB, 0.25 secs,  4.0 GB/sec\n");

        ToolResult result = Tool.Run("tensors", _folder.Path, "--json");

        using JsonDocument json = JsonDocument.Parse(result.Output);
        JsonElement transfer = json.RootElement.GetProperty("transfers")[0];
        Assert.Equal(0.25, transfer.GetProperty("seconds").GetDouble());
        Assert.Equal(1L << 30, transfer.GetProperty("sizeBytes").GetInt64());
    }

    [Fact]
    public void JsonOfConvert_SaysWhatWasWrittenAndWhatWasNot()
    {
        ToolResult result = Tool.Run("convert", Trace, "-o", _folder["small.fio"], "--json");

        using JsonDocument json = JsonDocument.Parse(result.Output);
        JsonElement only = json.RootElement[0];
        Assert.Equal(("fio", 15), (only.GetProperty("format").GetString(), only.GetProperty("events").GetInt64()));
        Assert.True(only.GetProperty("notCarried").GetArrayLength() > 0);
        Assert.Equal(0, only.GetProperty("integrity").GetProperty("badRecords").GetInt64());
    }

    [Fact]
    public void Verbose_SaysWhatWasReadAndHowLongItTook()
    {
        ToolResult result = Tool.Run("analyze", Trace, "-o", Output, "-v");

        Assert.Contains("read: small: blkparse text, 1 file, ", result.Error);
        Assert.Contains(", 15 events", result.Error);
        Assert.Contains("timing: analysis ", result.Error);
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--verbose")]
    public void Quiet_ContradictsAllThatPrints(string option)
    {
        ToolResult result = Tool.Run("info", Trace, "--quiet", option);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--quiet", result.Error);
    }
}
