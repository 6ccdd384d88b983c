using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Requests;

/// <summary>What looks like a loss and is none: no counter, exit code 0.</summary>
public class FalseAlarmTests
{
    [Theory]
    [InlineData("NS")]
    [InlineData("WS")]
    [InlineData("FN")]
    [InlineData("FF")]
    [InlineData("FWS")]
    [InlineData("R")]
    public void The_second_completion_of_an_empty_flush_is_no_loss(string letters)
    {
        string trace = Case("flush-second-completion.txt").Replace("NS 0", letters + " 0", StringComparison.Ordinal);
        TraceReport report = Analyze(trace);
        Assert.Equal(2, report.Devices.Single().Operations.Single(operation => operation.Scope == OperationScope.Class && operation.Name == "flush").Latency!.D2C!.Count);
        if (letters[0] == 'F')
            return;
        report = Analyze(trace, "--action", "complete");
        Assert.Equal(["flush", "FN"], report.Devices.Single().Operations.Select(operation => operation.Name));
        Assert.Equal(2, report.Devices.Single().Operations[0].Overview.Requests);
    }

    [Fact]
    public void A_command_without_data_is_no_second_completion()
    {
        const string Trace =
            """
              8,0    0        1     0.000000000   100  D   N 0 [nvme]
              8,0    0        2     0.000010000   100  C  NS 0 [0]
              8,0    0        3     0.000100000   100  C   N 0 [0]

            """;
        DeviceReport device = Analyze(Trace).Devices.Single();
        Assert.Equal(100_000, device.Operations.Single(operation => operation.Scope == OperationScope.Class).Latency!.D2C!.MaxNs);
    }

    [Fact]
    public void A_trace_of_completions_only_has_lost_nothing()
    {
        string trace = Case("complete-only.txt");
        Assert.Equal(8, Analyze(trace, "--action", "complete").Devices.Single().Operations[0].Overview.Requests);

        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["t.txt"], trace);
        ToolResult analyzed = Tool.Run("analyze", folder["t.txt"], "--action", "complete", "-o", folder["out"], "--verbose");
        Assert.Equal(0, analyzed.ExitCode);
        Assert.Contains("completions only", analyzed.Output + analyzed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("no completions", analyzed.Output + analyzed.Error, StringComparison.Ordinal);

        ToolResult info = Tool.Run("info", folder["t.txt"]);
        Assert.Equal(0, info.ExitCode);
        Assert.Contains("count complete events with --action complete", info.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Q", "queue")]
    [InlineData("R", null)]
    [InlineData("I", null)]
    [InlineData("D", null)]
    public void A_trace_of_one_action_has_lost_nothing(string action, string? countable)
    {
        string trace = Case("complete-only.txt").Replace("  C  ", $"  {action}  ", StringComparison.Ordinal);
        TraceReport report = Analyze(trace);
        Assert.Null(report.Devices.Single().QueueDepth);
        if (countable is not null)
            Assert.Equal(8, Analyze(trace, "--action", countable).Devices.Single().Operations[0].Overview.Requests);
    }

    [Fact]
    public void Commands_without_a_device_are_no_loss()
    {
        TraceReport report = Analyze(Case("completion-without-device.txt"));
        Assert.Equal(3, report.Actions.Single(action => action.Action == "complete").Count);

        const string Amid =
            """
             kworker     5 [000] 10.000000:    block:block_rq_issue: 8,16 R 4096 () 4112 + 8 [kworker]
             swapper     0 [000] 10.000100:    block:block_rq_complete: 8,16 R () 4112 + 8 [0]
               blkid     7 [001] 10.000200:    block:block_rq_issue: 0,0 N 512 () 18446744073709551615 + 0 [blkid]
               blkid     7 [001] 10.000300:    block:block_rq_complete: 0,0 N () 0 + 8 [0]

            """;
        Analyze(Amid);
    }

    [Fact]
    public void A_completion_whose_issue_was_lost_is_one()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["t.txt"], Case("flush-second-completion.txt") + "  8,52   3      104     0.019000000     0  C  WS 4096 + 8 [0]\n");
        Assert.Equal(4, Tool.Run("info", folder["t.txt"]).ExitCode);
    }

    private static TraceReport Analyze(string trace, params string[] options)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["t.txt"], trace);
        return Tool.Analyze(folder["out"], 0, [folder["t.txt"], .. options]);
    }

    private static string Case(string file) => Repository.Text("tests", "TraceAnalyzer.Tests", "Cases", "false-alarms", file);
}
