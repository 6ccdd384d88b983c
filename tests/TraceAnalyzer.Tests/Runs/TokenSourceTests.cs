using System.Globalization;
using TraceAnalyzer.Reports.OfRun;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Noted tokens against files that say otherwise, and against a trace that does not have them all; made-up runs.</summary>
public sealed class TokenSourceTests
{
    private const int Second = 1_000_000_000;

    // A token each second from second 1 on; a read of 4 KiB every tenth of a second.
    private static string Run(double fromSeconds, double toSeconds, int tokens, string json)
    {
        string folder = RunCaptures.NewFolder();
        File.WriteAllLines(Path.Combine(folder, "trace.txt"), Enumerable.Range(0, (int)((toSeconds - fromSeconds) * 10)).SelectMany(i =>
        {
            string Line(int afterUs, char action) => string.Create(CultureInfo.InvariantCulture, $"  8,0    0 {(2 * i) + 1,8} {fromSeconds + 0.05 + (i * 0.1) + (afterUs / 1e6),15:F9} {7,5}  {action}   R {i * 8} + 8 [job]");
            return (string[])[Line(0, 'D'), Line(100, 'C')];
        }));
        File.WriteAllLines(Path.Combine(folder, "tokens.csv"), ["phase,start_mono_ns,end_mono_ns", .. Enumerable.Range(1, tokens).Select(second => FormattableString.Invariant($"bench,{second * (long)Second},{(second + 1) * (long)Second}"))]);
        File.WriteAllText(Path.Combine(folder, "run.json"), json);
        return folder;
    }

    [Theory]
    [InlineData(1.0, 2.0, 5.0, false)]
    [InlineData(1.0, 2.02, 5.0, false)]
    [InlineData(1.0, 3.0, 5.0, true)]
    [InlineData(0.5, 2.0, 5.0, true)]
    public void Phases_of_another_file_that_contradict_noted_tokens_are_not_taken(double start, double middle, double end, bool contradicts)
    {
        static string Ns(double seconds) => ((long)(seconds * Second)).ToString(CultureInfo.InvariantCulture);
        string json = $$"""{"model": "opt-125m", "phases": {"prefill_start": {"mono_ns": {{Ns(start)}}, "real_ns": {{Ns(start)}} }, "prefill_end": {"mono_ns": {{Ns(middle)}}, "real_ns": {{Ns(middle)}} }, "other_start": {"mono_ns": {{Ns(end)}}, "real_ns": {{Ns(end)}} }, "other_end": {"mono_ns": {{Ns(6)}}, "real_ns": {{Ns(6)}} } } }""";
        RunReport run = RunAnalysis.Of(Run(1, 6, 4, json)).Run!;

        SpanUseReport prefill = Assert.Single(run.Phases, phase => phase.Name == "prefill");
        Assert.Equal(contradicts ? "tokens.csv" : "run.json", prefill.Source);
        Assert.Equal(contradicts ? 1L * Second : (long)(start * Second), prefill.StartNs);
        Assert.Equal(contradicts, run.Problems.Any(problem => problem.File == "run.json" && problem.Message.EndsWith("taken is tokens.csv", StringComparison.Ordinal)));
        Assert.Contains(run.Phases, phase => phase.Name == "other");
    }

    [Fact]
    public void A_log_whose_totals_contradict_noted_tokens_is_named()
    {
        string folder = Run(1, 5, 4, "{}");
        File.WriteAllText(Path.Combine(folder, "flexgen.log"), "model size: 12.386 GB\tcache size: 1.000 GB\thidden size (p): 0.1 GB\npeak gpu mem: 1.0 GB\tprojected: False\nprefill latency: 2.500 s\tprefill throughput: 10.0 token/s\ndecode latency: 3.010 s\tdecode throughput: 10.0 token/s\ntotal latency: 5.510 s\ttotal throughput: 10.0 token/s\n");
        RunReport run = RunAnalysis.Of(folder).Run!;

        RunFileProblem problem = Assert.Single(run.Problems, problem => problem.File == "flexgen.log");
        Assert.Equal("says that the prefill took 2.5 s, and tokens.csv 1 s; taken is tokens.csv", problem.Message);
    }

    // By hand: OPT-125M has 12 layers of 768; a row of K and V of all of them is 2 * 12 * batch * 768 * 2 bytes.
    [Theory]
    [InlineData(1.0, 4, true)]
    [InlineData(3.0, 2, false)]
    public void What_had_to_move_is_that_of_the_tokens_in_the_trace(double fromSeconds, int reached, bool hasPrefill)
    {
        const long Rows = 2L * 12 * 4 * 768 * 2;
        RunReport run = RunAnalysis.Of(Run(fromSeconds, 5, 4, """{"model": "facebook/opt-125m", "framework": "FlexGen", "dtype": "float16", "gpu_batch_size": 4, "num_gpu_batches": 1, "prompt_len": 16, "gen_len": 4, "percent": "100 0 0 0 100 0"}""")).Run!;

        Assert.Equal(reached, run.Tokens.Length);
        Assert.Equal(reached, run.Movement!.PredictedTokens);
        Assert.Equal((hasPrefill ? 17 : 0) * Rows + ((18 + 19) * Rows), run.Movement.PredictedReadBytes);
        Assert.Equal(hasPrefill ? (16 + 2) * Rows : Rows, run.Movement.PredictedWriteBytes);
    }

    [Fact]
    public void Writes_of_weights_before_the_trace_are_not_compared()
    {
        RunReport run = RunAnalysis.Of(RunCaptures.Repository("flexgen/model-offload-b1-omp1")).Run!;

        Assert.Null(run.Movement!.PredictedWriteBytes);
        Assert.Equal((3, run.Tokens.Sum(token => token.PredictedReadBytes)), (run.Movement.PredictedTokens, run.Movement.PredictedReadBytes));
        Assert.Contains(run.NotAnswerable, line => line.StartsWith("What had to be written: ", StringComparison.Ordinal));
    }
}
