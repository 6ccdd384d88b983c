using System.Globalization;
using System.Text;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using Library = TraceAnalyzer.Analysis.OfRun.RunAnalysis;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Verdicts of phases and tokens, on a trace with known parts and on captures.</summary>
[Trait("Kind", "capture")]
public sealed class SpanLimitTests
{
    // Second 0: one request for 0.9 s. Second 1: one for 0.1 s. Second 2: eight for 0.9 s.
    [Fact]
    public void Each_token_has_the_verdict_of_its_own_time()
    {
        TraceReport report = RunOf("0,1000000000\n1000000000,2000000000\n2000000000,3000000000\n", (0, 0, 0.9, 1), (0, 1, 1.1, 1), (0, 2, 2.9, 8));

        SpanLimit[] tokens = [.. report.Run!.Limits.Where(limit => limit.Index is not null)];
        Assert.Equal([0.9, 0.1, 0.9], tokens.Select(token => Math.Round(token.InFlightShare, 9)));
        Assert.Equal([1.0, 1.0, 8.0], tokens.Select(token => Math.Round(token.MeanBusyDepth!.Value, 9)));
        Assert.Equal([LimitKind.ShallowQueue, LimitKind.Host, LimitKind.NotAnswerable], tokens.Select(token => token.Kind));
        Assert.Equal(131072 / 0.9, tokens[0].BusyBytesPerSecond!.Value, 6);
        Assert.Equal(131072 * 8 / 0.9, tokens[2].BusyBytesPerSecond!.Value, 6);
        // Of the decode phase from 1 to 3 s 1 s is busy, with (0.1 * 1 + 0.9 * 8) / 1 in flight.
        SpanLimit decode = report.Run.Limits.Single(limit => limit is { Index: null, Name: "decode" });
        Assert.Equal((0.5, 7.3), (Math.Round(decode.InFlightShare, 9), Math.Round(decode.MeanBusyDepth!.Value, 9)));
        Assert.EndsWith("The parts differ (prefill: shallow queue; decode: mixed; decoded tokens: 1 of 2 host- or compute-bound, 1 not answerable).", report.Limit!.Details, StringComparison.Ordinal);
    }

    // Two disks in turn, then both at once, then one: neither is busy all the time, but something is.
    [Fact]
    public void Of_several_devices_the_parts_are_of_all_together()
    {
        TraceReport report = RunOf("0,1000000000\n1000000000,2000000000\n", (0, 0, 0.5, 1), (16, 0.5, 1, 1), (0, 1, 1.8, 1), (16, 1, 1.8, 1), (16, 1.9, 2, 1));

        SpanLimit[] tokens = [.. report.Run!.Limits.Where(limit => limit.Index is not null)];
        Assert.NotNull(report.Aggregate);
        Assert.Equal([1, 0.9], tokens.Select(token => Math.Round(token.InFlightShare, 9)));
        Assert.Equal([1, Math.Round(1.7 / 0.9, 9)], tokens.Select(token => Math.Round(token.MeanBusyDepth!.Value, 9)));
        // Of one disk of several, idleness decides nothing about the run.
        Assert.All(report.Devices.Select(device => device.Limit!).Where(limit => limit.Kind == LimitKind.Host), limit => Assert.StartsWith("Alone, ", limit.Sentence, StringComparison.Ordinal));
        Assert.DoesNotContain("The host sets the pace", string.Concat(report.Devices.Select(device => device.Limit!.Sentence)), StringComparison.Ordinal);
        Assert.Contains("All parts agree (prefill and decode: shallow queue; decoded tokens: 1 of 1 shallow queue).", report.Limit!.Details, StringComparison.Ordinal);
    }

    // The trace begins with the prefill's first request, 0.9 s after its start: alone the 0.1 s in it would be busy all the time.
    [Fact]
    public void A_span_counts_in_whole_and_what_the_trace_does_not_reach_of_it_is_said()
    {
        TraceReport report = RunOf("0,1000000000\n1000000000,2000000000\n", (0, 0.9, 1, 1), (0, 1.1, 2, 1));

        SpanLimit prefill = report.Run!.Limits.Single(limit => limit is { Index: null, Name: "prefill" });
        Assert.Equal((0, 1_000_000_000, 900_000_000), (prefill.StartNs, prefill.EndNs, prefill.OutsideTraceNs));
        Assert.Equal((0.1, LimitKind.Host, LimitKind.ShallowQueue), (Math.Round(prefill.InFlightShare, 9), prefill.Kind, prefill.KindInTrace));
        Assert.Equal(report.Run.Phases.Single(phase => phase.Name == "prefill").IoBusyNs, (long)Math.Round(prefill.InFlightShare * 1e9));
        Assert.EndsWith("Of prefill 900 ms are before the first or after the last event of the trace and count as nothing in flight; without them: shallow queue.", report.Limit!.Details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flexgen/kv-offload-omp1")]
    [InlineData("deepspeed/deepspeed-model-fullmask")]
    public void The_verdict_on_a_part_is_of_the_time_that_the_table_has_of_it(string capture)
    {
        RunReport run = RunAnalysis.Of(RunCaptures.Repository(capture)).Run!;

        SpanUseReport[] spans = [.. run.Phases, .. run.Tokens];
        Assert.Equal(spans.Select(span => (span.Name, span.Index, span.StartNs, span.EndNs)), run.Limits.Select(limit => (limit.Name, limit.Index, limit.StartNs, limit.EndNs)));
        Assert.All(spans.Zip(run.Limits), pair => Assert.Equal(pair.First.IoBusyNs!.Value / (double)(pair.First.EndNs - pair.First.StartNs), pair.Second.InFlightShare, 1e-9));
    }

    [Fact]
    public void A_phase_of_phases_is_left_out_and_one_part_that_agrees_too()
    {
        SpanLimit bench = Part("bench", 0, 10, LimitKind.Mixed);
        SpanLimit[] parts = [bench, Part("prefill", 0, 4, LimitKind.Host), Part("decode", 4, 10, LimitKind.ShallowQueue)];

        Assert.Equal("The parts differ (prefill: host- or compute-bound; decode: shallow queue).", SpanLimits.Sentence(parts, LimitKind.Mixed));
        Assert.Null(SpanLimits.Sentence([bench], LimitKind.Mixed));
        Assert.Equal("The only part that is known differs (bench: mixed).", SpanLimits.Sentence([bench], LimitKind.Host));
        // Of two phases of the same time neither is a part of the other.
        Assert.Equal("All parts agree (bench and run: mixed).", SpanLimits.Sentence([bench, bench with { Name = "run" }], LimitKind.Mixed));

        static SpanLimit Part(string name, long startNs, long endNs, LimitKind kind) => new() { Name = name, StartNs = startNs, EndNs = endNs, InFlightShare = 0.5, Kind = kind };
    }

    [Fact]
    public void Phases_and_tokens_of_a_capture_add_up_to_the_whole()
    {
        TraceReport report = RunAnalysis.Of(RunCaptures.Repository("flexgen/kv-offload-omp1"));
        SpanLimit[] tokens = [.. report.Run!.Limits.Where(limit => limit.Index is not null)];

        Assert.Equal(32, tokens.Length);
        Assert.Contains("of 31 shallow queue", report.Limit!.Details, StringComparison.Ordinal);
        // Requests times time of the bench phase, which holds all, is that of the device.
        TimeUse use = report.RunDevice!.TimeUse!;
        SpanLimit bench = report.Run.Limits.Single(limit => limit.Name == "bench");
        Assert.Equal(use.MeanBusyDepth!.Value * (use.SpanNs - use.IdleNs), bench.MeanBusyDepth!.Value * bench.InFlightShare * (bench.EndNs - bench.StartNs), 1e9 * 0.01);
    }

    [Theory]
    [InlineData("fio-depth1", LimitKind.ShallowQueue, "Latency limits")]
    [InlineData("fio-depth32", LimitKind.Device, "The device limits")]
    [InlineData("copy-think", LimitKind.Host, "The host sets the pace, not the device")]
    public void With_what_fio_measured_the_verdict_is_certain(string capture, LimitKind expected, string words)
    {
        LimitVerdict limit = Analyze(RunCaptures.Repository("loop-fio/" + capture)).Limit!;

        Assert.Equal(expected, limit.Kind);
        Assert.StartsWith(words, limit.Sentence, StringComparison.Ordinal);
        Assert.Contains("128 KiB", limit.Reference!.Points, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trace_alone_is_compared_with_what_is_measured_or_stated_too()
    {
        string trace = Path.Combine(RunCaptures.Repository("loop-fio/fio-depth32"), "trace_pipe.txt.zst");

        Assert.Equal(LimitKind.Device, Analyze(trace).Limit!.Kind);
        Assert.Equal(LimitKind.Device, Library.Run(trace, null, new RunOptions { RooflineGiBPerSecond = 1.2 }, cancellation: TestContext.Current.CancellationToken).Limit!.Kind);
        Assert.Equal(LimitKind.NotAnswerable, Library.Run(trace, cancellation: TestContext.Current.CancellationToken).Limit!.Kind);
    }

    [Fact]
    public void A_roofline_that_is_no_result_of_fio_is_refused()
    {
        string trace = Path.Combine(RunCaptures.Repository("loop-fio/fio-depth32"), "trace_pipe.txt.zst");

        TraceException fault = Assert.Throws<TraceException>(() => Library.Run(trace, null, new RunOptions { RooflineFiles = [trace] }, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("expected the JSON of fio", fault.Message, StringComparison.Ordinal);
        Assert.Throws<TraceException>(() => Library.Run(trace, null, new RunOptions { RooflineFiles = ["/nowhere/x.json"] }, cancellation: TestContext.Current.CancellationToken));
    }

    // Reads of 128 KiB, so many of them at once, on the device 8,MINOR, between two times in seconds.
    private static TraceReport RunOf(string tokens, params (int Minor, double Start, double End, int Count)[] flights)
    {
        string folder = RunCaptures.NewFolder();
        var events = new List<(double Time, int Minor, string Line)>();
        int sector = 0;
        foreach ((int minor, double start, double end, int count) in flights)
        {
            for (int i = 0; i < count; i++, sector += 256)
            {
                events.Add((start, minor, string.Create(CultureInfo.InvariantCulture, $"7  D   R {sector} + 256 [app]")));
                events.Add((end, minor, string.Create(CultureInfo.InvariantCulture, $"0  C   R {sector} + 256 [0]")));
            }
        }

        var trace = new StringBuilder();
        int sequence = 0;
        foreach ((double time, int minor, string line) in events.OrderBy(each => each.Time))
            trace.Append(CultureInfo.InvariantCulture, $"  8,{minor}    0 {++sequence,8} {time,15:F9} {line}\n");
        File.WriteAllText(Path.Combine(folder, "trace.txt"), trace.ToString());
        File.WriteAllText(Path.Combine(folder, "tokens.csv"), "start_mono_ns,end_mono_ns\n" + tokens);
        return RunAnalysis.Of(folder);
    }

    private static TraceReport Analyze(string path) =>
        Library.Run(path, new AnalysisOptions(), new RunOptions { RooflineFiles = [Repository.Path("traces", "loop-fio", "reference.json.zst")] }, cancellation: TestContext.Current.CancellationToken);
}
