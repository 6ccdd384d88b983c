using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Cli;

/// <summary>What the options count, on a trace that was counted by hand.</summary>
public sealed class FilterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FilterTests() => File.WriteAllText(_folder["small.txt"], SmallTrace.Text);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", 4, 143360, 2, 12288, 1)]
    [InlineData("--device 8,16", 1, 4096, 0, 0, 0)]
    [InlineData("--device 9,9", 0, 0, 0, 0, 0)]
    [InlineData("--operation read", 4, 143360, 0, 0, 0)]
    [InlineData("--operation write", 0, 0, 2, 12288, 0)]
    [InlineData("--operation discard", 0, 0, 0, 0, 1)]
    [InlineData("--operation flush", 0, 0, 0, 0, 0)]
    [InlineData("--operation RA", 2, 135168, 0, 0, 0)]
    [InlineData("--operation WS", 0, 0, 1, 4096, 0)]
    [InlineData("--process writer", 0, 0, 2, 12288, 1)]
    [InlineData("--process 201", 0, 0, 1, 4096, 0)]
    [InlineData("--process my+proc", 1, 4096, 0, 0, 0)]
    [InlineData("--process my", 0, 0, 0, 0, 0)]
    [InlineData("--from 2s", 2, 8192, 2, 12288, 1)]
    [InlineData("--to 2s", 2, 135168, 0, 0, 0)]
    [InlineData("--from 2000ms --to 3s", 0, 0, 1, 8192, 0)]
    [InlineData("--sectors 0-7", 2, 8192, 0, 0, 0)]
    [InlineData("--sectors 7-8", 4, 143360, 0, 0, 0)]
    [InlineData("--sectors 1015-1015", 0, 0, 1, 8192, 0)]
    [InlineData("--sectors 1016-1999", 0, 0, 0, 0, 0)]
    [InlineData("--sectors 2000-", 0, 0, 1, 4096, 1)]
    [InlineData("--sectors -7", 2, 8192, 0, 0, 0)]
    [InlineData("--device 8,0 --operation read --from 1s", 2, 135168, 0, 0, 0)]
    [InlineData("--action queue", 1, 131072, 0, 0, 0)]
    [InlineData("--action complete", 4, 143360, 2, 12288, 1)]
    public void Counts(string options, long reads, long readBytes, long writes, long writeBytes, long discards)
    {
        TraceReport report = Analyze(options);

        Assert.Equal((reads, readBytes), SmallTrace.Of(report, "read"));
        Assert.Equal((writes, writeBytes), SmallTrace.Of(report, "write"));
        Assert.Equal(discards, SmallTrace.Of(report, "discard").Requests);

        // What is in the trace is told before any filter.
        Assert.Equal(15, report.Events);
    }

    [Theory]
    [InlineData("--action queue", "queue")]
    [InlineData("--action complete", "complete")]
    [InlineData("", "issue")]
    public void CountedAction_IsNamedInEveryOutput(string options, string action)
    {
        ToolResult result = Tool.Run(["analyze", _folder["small.txt"], "-o", _folder["named"], .. Split(options)]);

        Assert.Equal(action, Tool.ReadReport(_folder["named"]).Settings.CountedAction);
        Assert.Contains($"{action} events", result.Output);
    }

    [Fact]
    public void Filters_AreNamedInTheReportAndTheSummary()
    {
        ToolResult result = Tool.Run("analyze", _folder["small.txt"], "-o", _folder["named"], "--device", "8,0", "--from", "1500ms");

        Assert.Equal(["device 8,0", "from 1.5 s"], Tool.ReadReport(_folder["named"]).Settings.Filters);
        Assert.Contains("device 8,0; from 1.5 s", result.Output);
    }

    [Fact]
    public void Bin_IsTheWidthOfTheSeries()
    {
        TraceReport report = Analyze("--bin 1s");

        Assert.Equal(new TimeBinning(0, 1_000_000_000, 7), report.Time);
        Assert.Equal([4096, 131072, 0, 0, 0, 0, 4096], Read(report).Throughput.Bytes);
        Assert.Equal(131072, Read(report).Overview.PeakBytesPerSecond);
    }

    [Fact]
    public void Latency_IsThatBetweenTheLines()
    {
        LatencyResult latency = Read(Analyze("")).Latency!;

        Assert.Equal((1, 100_000_000), (latency.Q2D!.Count, latency.Q2D.MaxNs));
        Assert.Equal((3, 250_000_000, 500_000_000), (latency.D2C!.Count, latency.D2C.MinNs, latency.D2C.MaxNs));
        Assert.Equal((1, 350_000_000), (latency.Q2C!.Count, latency.Q2C.MinNs));
    }

    [Fact]
    public void Study_HasItsOwnDefinitions()
    {
        StudyReport study = Analyze("--study").Study!;

        // All devices together; "D" is neither read nor written.
        Assert.Equal(0, study.FirstSecond);
        Assert.Equal([4096, 131072, 0, 0, 4096, 0, 4096], study.ReadBytes);
        Assert.Equal([0, 0, 8192, 4096, 0, 0, 0], study.WriteBytes);
        StudyOperation ahead = Assert.Single(study.Operations, operation => operation.Rwbs == "RA");
        Assert.Equal([new StudySize(4, 1), new StudySize(128, 1)], ahead.Sizes);
        Assert.Equal([new StudyAccess(1, 248, 248 / 256.0), new StudyAccess(2, 8, 1)], ahead.Access);
    }

    private TraceReport Analyze(string options) => Tool.Analyze(_folder["out"], 0, [_folder["small.txt"], .. Split(options)]);

    private static OperationReport Read(TraceReport report) =>
        report.Devices[0].Operations.Single(operation => operation.Scope == OperationScope.Class && operation.Name == "read");

    // A plus stands for a space within a name.
    private static string[] Split(string options) =>
        [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(option => option.Replace('+', ' '))];
}
