using System.Formats.Tar;
using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.Summaries;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Phases that a log or the trace itself tells, against what the runs noted, which is taken away.</summary>
[Trait("Kind", "capture")]
public sealed class PhaseTests
{
    private const string Kv = "flexgen/kv-offload-omp1";
    private const string Weights = "flexgen/model-offload-b1-omp1";
    private const string DeepSpeed = "deepspeed/deepspeed-model-fullmask";
    private const string Mmap = "nvmevirt/a-offload-mmap";

    [Theory]
    [InlineData(Kv)]
    [InlineData(Weights)]
    [InlineData(Weights, "run.json", "stdout.txt")]
    public void Latencies_of_FlexGens_log_are_placed_by_the_passes(string capture, params string[] without)
    {
        string noted = RunCaptures.Repository(capture);
        SpanUseReport decode = IsPlacedWithin(RunCaptures.Without(noted, ["tokens.csv", "layers.csv", .. without]), noted);

        SpanUseReport truth = RunAnalysis.Of(noted).Run!.Phases.Single(phase => phase.Name == "decode");
        Assert.StartsWith("tokens.csv", truth.Source, StringComparison.Ordinal);
        Assert.Equal((null, null), (truth.UncertaintyNs, truth.Confidence));
        Assert.InRange(decode.ReadBytes, 0.98 * truth.ReadBytes, 1.02 * truth.ReadBytes);
        Assert.InRange(decode.WriteBytes, truth.WriteBytes - (64 << 20), truth.WriteBytes + (64 << 20));
        Assert.InRange(decode.IoBusyNs!.Value, 0.98 * truth.IoBusyNs!.Value, 1.02 * truth.IoBusyNs.Value);
    }

    [Theory]
    [InlineData("flexgen/kv-offload-fullmask")]
    [InlineData("flexgen/kv-offload-b8-g256-omp1", Traits = [Captures.Needs, Captures.Shared])]
    [InlineData("flexgen/model-offload-b16", Traits = [Captures.Needs, Captures.Shared])]
    public void They_are_in_longer_runs_and_of_many_threads_too(string capture)
    {
        string noted = Captures.Folder(capture);
        IsPlacedWithin(RunCaptures.Without(noted, "tokens.csv", "layers.csv", "tensor_io"), noted);
    }

    [Fact]
    public void A_log_that_fits_no_passes_is_not_placed()
    {
        string folder = RunCaptures.Without(RunCaptures.Repository(Kv), "tokens.csv", "layers.csv", "stdout.txt", "flexgen.log");
        string log = File.ReadAllText(Path.Combine(RunCaptures.Repository(Kv), "stdout.txt"));
        File.WriteAllText(Path.Combine(folder, "other.log"), log.Replace("decode latency: 21.663 s", "decode latency: 11.663 s", StringComparison.Ordinal));
        RunReport run = RunAnalysis.Of(folder).Run!;

        Assert.Contains("Phases of other.log: nothing in the trace fits the times that it says.", run.NotAnswerable);
        Assert.Equal(["bench", "decode"], run.Phases.Select(phase => phase.Name));
        Assert.Equal(SpanUseReport.FoundInTrace, run.Phases[1].Source);
    }

    [Fact]
    public void DeepSpeeds_phases_are_those_of_its_placed_tokens()
    {
        RunReport run = RunAnalysis.Of(RunCaptures.Without(RunCaptures.Repository(DeepSpeed), "tokens.csv", "layers.csv")).Run!;

        Assert.Equal(["bench", "prefill", "decode"], run.Phases.Select(phase => phase.Name));
        Assert.StartsWith("run.json", run.Phases[0].Source, StringComparison.Ordinal);
        Assert.All(run.Phases.Skip(1), phase => Assert.Equal((run.TokenSource, run.TokenUncertaintyNs), (phase.Source, phase.UncertaintyNs)));
        Assert.Equal(run.Tokens.Skip(1).Sum(token => token.ReadBytes), run.Phases[2].ReadBytes);
    }

    [Fact]
    public void A_write_out_is_found_where_the_workload_noted_it()
    {
        string noted = RunCaptures.Repository(Mmap);
        RunReport truth = RunAnalysis.Of(noted).Run!;
        string folder = RunCaptures.Without(noted, "marks.json");
        TraceReport report = RunAnalysis.Of(folder, workers: 1);
        RunReport run = report.Run!;

        // The page cache writes what is written to it until it is told to sync.
        SpanUseReport found = Assert.Single(run.Phases);
        Assert.Equal(("write-out", SpanUseReport.FoundInTrace), (found.Name, found.Source));
        Assert.InRange(found.StartNs, truth.Phases.Single(phase => phase.Name == "write").StartNs, truth.Phases.Single(phase => phase.Name == "sync").StartNs);
        Assert.InRange(found.EndNs, truth.Phases.Single(phase => phase.Name == "sync").StartNs, truth.Phases.Single(phase => phase.Name == "sync").EndNs);
        Assert.InRange(found.Confidence!.Value, 0.85, 1);
        Assert.Equal(0, found.ReadBytes);
        Assert.InRange(found.WriteBytes, 24 * 12 << 20, 1.01 * (24 * 12 << 20));
        // What a file names is not found once more.
        Assert.All(truth.Phases, phase => Assert.Equal("marks.json", phase.Source));

        foreach (int workers in (int[])[2, 4, 8])
            Assert.Equal(JsonSerializer.Serialize(report), JsonSerializer.Serialize(RunAnalysis.Of(folder, workers: workers)));
    }

    [Fact]
    public void A_framework_that_swaps_out_before_it_generates_has_a_write_out()
    {
        string capture = RunCaptures.Repository(DeepSpeed);
        RunReport run = RunAnalysis.Of(InitAndBench(capture, "stdout.txt")).Run!;
        using TraceInput noted = CompressedInput.OpenFile(Directory.GetFiles(capture, "tensor_io.csv*").Single());
        using var text = new StreamReader(noted.Content);
        string[][] written = [.. text.ReadToEnd().Split('\n').Select(line => line.Split(',')).Where(row => row is ["init", "swap_out", ..])];

        Assert.Equal(["write-out", "prefill", "decode"], run.Phases.Select(phase => phase.Name));
        SpanUseReport found = run.Phases[0];
        Assert.InRange(Math.Abs(found.StartNs - written.Min(row => Number(row[2]))), 0, 20_000_000);
        Assert.InRange(Math.Abs(found.EndNs - written.Max(row => Number(row[3]))), 0, 20_000_000);
        Assert.InRange(found.WriteBytes, 0.999 * written.Sum(row => Number(row[6])), 1.01 * written.Sum(row => Number(row[6])));
        Assert.InRange(found.Confidence!.Value, 0.8, 1);
    }

    [Theory]
    [InlineData("deepspeed/deepspeed-model-b1", "stdout.txt")]
    [InlineData("flexgen/model-offload-b1", "flexgen.log")]
    [Trait(Captures.Needs, Captures.Shared)]
    public void A_write_out_of_minutes_ends_with_the_phase_that_the_run_noted(string capture, string log)
    {
        string noted = Captures.Folder(capture);
        RunReport run = RunAnalysis.Of(InitAndBench(noted, log)).Run!;
        RunPhase init = RunFolder.Open(RunCaptures.Without(noted, "layers", "tensor")).Environment!.Phases.Single(phase => phase.Name == "init");

        Assert.Equal(["write-out", "prefill", "decode"], run.Phases.Select(phase => phase.Name));
        Assert.InRange(run.Phases[0].StartNs, init.StartMonotonicNs, init.StartMonotonicNs + 5_000_000_000);
        Assert.InRange(run.Phases[0].EndNs, init.EndMonotonicNs!.Value - 1_000_000_000, init.EndMonotonicNs.Value);
        // The weights, as a pass reads them.
        Assert.InRange(run.Phases[0].WriteBytes, 0.99 * run.Tokens[1].ReadBytes, 1.03 * run.Tokens[1].ReadBytes);
    }

    [Fact]
    public void Tokens_of_a_log_without_times_are_placed_by_the_passes()
    {
        RunReport run = RunAnalysis.Of(RunCaptures.Without(RunCaptures.Repository(DeepSpeed), "run.json", "tokens.csv", "layers.csv")).Run!;
        SpanUseReport[] truth = RunAnalysis.Of(RunCaptures.Repository(DeepSpeed)).Run!.Tokens;

        Assert.StartsWith("stdout.txt", run.TokenSource, StringComparison.Ordinal);
        Assert.InRange(run.TokenUncertaintyNs!.Value, 1, 50_000_000);
        Assert.Equal(4, run.Tokens.Length);
        Assert.All(run.Tokens.Zip(truth), pair =>
        {
            Assert.InRange(Math.Abs(pair.First.StartNs - pair.Second.StartNs), 0, run.TokenUncertaintyNs.Value + 1_000_000);
            Assert.InRange(pair.First.ReadBytes, 0.95 * pair.Second.ReadBytes, 1.05 * pair.Second.ReadBytes);
            Assert.InRange(pair.First.ReadRequests, 0.95 * pair.Second.ReadRequests, 1.05 * pair.Second.ReadRequests);
        });
        Assert.Equal(run.Movement!.TraceReadBytes, run.Tokens.Sum(token => token.ReadBytes));

        // GPU and reads rise and fall together here, which ties no clocks.
        Assert.Null(run.Clock);
        Assert.Null(run.Gpu!.Shares);
        Assert.Contains(run.NotAnswerable, line => line.StartsWith("GPU and I/O on one clock", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nvmevirt/c-kvcache", "marks.json")]
    [InlineData(Kv, "tokens.csv", "layers.csv", "run.json", "stdout.txt", "flexgen.log")]
    public void Of_a_KV_run_the_trace_shows_when_rows_were_written_but_not_when_the_prefill_began(string capture, params string[] told)
    {
        string noted = RunCaptures.Repository(capture);
        SpanUseReport[] truth = RunAnalysis.Of(noted).Run!.Tokens;
        RunReport run = RunAnalysis.Of(RunCaptures.Without(noted, told)).Run!;

        Assert.Equal(PassKind.KvCache, run.Detection!.Kind);
        Assert.Equal([("write-out", SpanUseReport.FoundInTrace), ("decode", SpanUseReport.FoundInTrace)], run.Phases.Select(phase => (phase.Name, phase.Source!)));
        Assert.Contains(run.NotAnswerable, line => line.StartsWith("Prefill: ", StringComparison.Ordinal));
        long slackNs = (long)(0.05 * run.Detection.MedianPassNs);
        // The page cache holds the first rows back: all are written while the prefill goes on.
        Assert.InRange(run.Phases[0].StartNs, truth[0].StartNs, truth[0].EndNs);
        Assert.InRange(run.Phases[0].EndNs, run.Phases[0].StartNs, truth[0].EndNs + slackNs);
        Assert.InRange(run.Phases[0].WriteBytes, 0.9 * truth[0].WriteBytes, 1.1 * truth[0].WriteBytes);
        Assert.InRange(run.Phases[1].StartNs, truth[1].StartNs - slackNs, truth[1].StartNs + slackNs);
        Assert.InRange(run.Phases[1].ReadBytes, 0.99 * truth.Sum(token => token.ReadBytes), 1.01 * truth.Sum(token => token.ReadBytes));
        Assert.All(run.Phases, phase => Assert.InRange(phase.Confidence!.Value, 0.75, 1));
        Assert.Equal(Enumerable.Range(1, truth.Length - 1), run.Tokens.Select(token => token.Index!.Value));
    }

    [Fact]
    public void A_trace_that_begins_after_the_write_out_shows_none()
    {
        RunReport run = RunAnalysis.Of(RunCaptures.Without(RunCaptures.Repository(Weights), "tokens.csv", "layers.csv", "run.json", "flexgen.log")).Run!;

        Assert.Equal(["prefill", "decode"], run.Phases.Select(phase => phase.Name));
        Assert.Contains("Write-out: before the first pass the trace shows no writes of what the passes read.", run.NotAnswerable);
    }

    [Fact]
    public void Phases_are_printed_with_what_tells_them()
    {
        TraceReport report = RunAnalysis.Of(RunCaptures.Without(RunCaptures.Repository(Mmap), "marks.json"));
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        ConsoleSummary.Write(report, text);

        Assert.Contains("Phases     write-out: found in the trace, confidence 0.93", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("\n  write-out  6.", text.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private static SpanUseReport IsPlacedWithin(string folder, string noted)
    {
        RunReport run = RunAnalysis.Of(folder).Run!;
        using var text = new StreamReader(Path.Combine(noted, "tokens.csv"));
        TokenTime[] tokens = [.. TokenTimes.Read(text).Tokens.Where(token => token.Phase == "bench")];
        SpanUseReport prefill = run.Phases.Single(phase => phase.Name == "prefill");
        SpanUseReport decode = run.Phases.Single(phase => phase.Name == "decode");

        Assert.EndsWith(", placed by the passes in the trace", decode.Source, StringComparison.Ordinal);
        Assert.InRange(decode.UncertaintyNs!.Value, 1, run.Detection!.MedianPassNs / 2);
        Assert.Equal((decode.Source, decode.UncertaintyNs), (prefill.Source, prefill.UncertaintyNs));
        Assert.All(
            [prefill.StartNs - tokens[0].StartMonotonicNs, prefill.EndNs - tokens[0].EndMonotonicNs, decode.StartNs - tokens[1].StartMonotonicNs, decode.EndNs - tokens[^1].EndMonotonicNs],
            off => Assert.InRange(Math.Abs(off), 0, decode.UncertaintyNs.Value));
        return decode;
    }

    // The traces of a run's init and bench one after the other: the records of a per-CPU set have no header, and both are on one clock.
    private static string InitAndBench(string capture, string log)
    {
        string folder = RunCaptures.NewFolder();
        File.Copy(Path.Combine(capture, log), Path.Combine(folder, log));
        foreach (string file in Directory.GetFiles(capture, "*-init.*").Concat(Directory.GetFiles(capture, "*-bench.*")))
        {
            string name = Path.GetFileName(file);
            using TraceInput input = CompressedInput.OpenFile(file);
            if (name.EndsWith(".tar.xz", StringComparison.Ordinal))
            {
                using var tar = new TarReader(input.Content);
                while (tar.GetNextEntry() is { } entry)
                {
                    if (entry.DataStream is { } data)
                        Append(data, Path.GetExtension(entry.Name));
                }
            }
            else if (name.Contains(".blktrace.", StringComparison.Ordinal))
            {
                Append(input.Content, Path.GetExtension(Path.GetFileNameWithoutExtension(name)));
            }
        }

        return folder;

        void Append(Stream data, string cpu)
        {
            using FileStream file = File.Open(Path.Combine(folder, "run.blktrace" + cpu), FileMode.Append);
            data.CopyTo(file);
        }
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
