using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>A command's output with the times of its lines gives what a log gives, and phases on the trace's clock.</summary>
public sealed class CommandOutputTests : IDisposable
{
    private const string Heading = "# output of a command: CLOCK_MONOTONIC in ns, stream (1 output, 2 error), line\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_FlexGen_each_phase_ends_where_the_next_line_of_its_kind_begins()
    {
        using RunFolder run = Open(
            "1000 1 <run_flexllmgen>: args.model: facebook/opt-6.7b\n2000 1 init weight...\n3000 2 warmup - generate\n4000 1 benchmark - generate\n4500 2 a warning\n9000 1 TorchDevice: cuda:0\n"
            + "9100 1 TorchDevice: cpu\n9200 1 prefill latency: 0.636 s\tprefill throughput: 6442.805 token/s\n");

        Assert.Equal([("init", 2000L, 3000L), ("warmup", 3000L, 4000L), ("bench", 4000L, 9000L)], Phases(run));
        FrameworkLog log = run.FrameworkLogs.Single().Content;
        Assert.Equal((Framework.FlexGen, 0.636), (log.Framework, log.Summary.PrefillSeconds));
        Assert.Equal("facebook/opt-6.7b", run.Settings.Model);
        Assert.Empty(run.Problems);
    }

    [Fact]
    public void A_phase_without_an_end_has_none_and_lines_without_a_time_are_counted()
    {
        using RunFolder run = Open("2000 1 init weight...\nno time\n-1 1 warmup - generate\n3000 3 warmup - generate\n99999999999999999999 1 warmup - generate\n3000  1 x\n");

        RunPhase phase = run.Environments.Single().Content.Phases.Single();
        Assert.Equal(("init", 2000L, null), (phase.Name, phase.StartMonotonicNs, phase.EndMonotonicNs));
        Assert.Equal("5 lines not understood and skipped", run.Problems.Single().Message);
    }

    [Theory]
    [InlineData("llama_perf_context_print:")]
    [InlineData("llama_print_timings:")]
    public void Of_llama_cpp_the_total_ends_with_its_line(string sign)
    {
        using RunFolder run = Open(
            $"30000000000 2 {sign} prompt eval time =    4500.00 ms /    16 tokens (  284.41 ms per token,     3.52 tokens per second)\n"
            + $"30000000001 2 {sign}        eval time =   19250.00 ms /    11 runs   ( 1744.55 ms per token,     0.57 tokens per second)\n"
            + $"30000000002 2 {sign}       total time =   23750.00 ms /    27 tokens\n");

        Assert.Equal([("bench", 6_250_000_002L, 30_000_000_002L)], Phases(run));
        FrameworkLog log = run.FrameworkLogs.Single().Content;
        Assert.Equal(Framework.LlamaCpp, log.Framework);
        Assert.Equal((4.5, 3.52, 19.25, 0.57, 23.75), (log.Summary.PrefillSeconds, log.Summary.PrefillTokensPerSecond, log.Summary.DecodeSeconds, log.Summary.DecodeTokensPerSecond, log.Summary.TotalSeconds));
        Assert.Equal("llama.cpp", run.Settings.Framework);
    }

    [Fact]
    public void An_output_of_no_framework_is_understood_and_gives_no_phases()
    {
        using RunFolder run = Open("2000 1 hello\n");

        Assert.Empty(run.Environments.Single().Content.Phases);
        Assert.Empty(run.UnusedFiles);
        Assert.Empty(run.FrameworkLogs);
    }

    private static IEnumerable<(string, long, long)> Phases(RunFolder run) => run.Environments.Single().Content.Phases.Select(phase => (phase.Name, phase.StartMonotonicNs, phase.EndMonotonicNs!.Value));

    private RunFolder Open(string lines)
    {
        File.WriteAllText(_folder["output.log"], Heading + lines);
        return RunFolder.Open(_folder.Path);
    }
}
