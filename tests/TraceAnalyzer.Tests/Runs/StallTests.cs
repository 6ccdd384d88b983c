using System.Globalization;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Tests.Oracles;
using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>Computing, stalled and idle time, by token and layer, against what the frameworks noted.</summary>
[Trait("Kind", "capture")]
public sealed class StallTests
{
    private const string Kv = "flexgen/kv-offload-omp1";
    private const string Weights = "flexgen/model-offload-b1-omp1";
    private const string DeepSpeed = "deepspeed/deepspeed-model-fullmask";

    [Theory]
    [InlineData(Kv)]
    [InlineData(Weights)]
    [InlineData(DeepSpeed)]
    public void The_parts_of_each_token_add_up_to_its_time(string capture)
    {
        RunReport run = RunAnalysis.Of(RunCaptures.Repository(capture)).Run!;

        Assert.StartsWith("layers.csv", run.StallSource, StringComparison.Ordinal);
        Assert.All(run.Tokens, token =>
        {
            Assert.Equal(token.EndNs - token.StartNs, token.ComputeNs + token.StallNs + token.IdleNs);
            Assert.InRange(token.OverlapNs!.Value, 0, token.ComputeNs!.Value);
            // In flight is either behind computing or a stall.
            Assert.Equal(token.IoBusyNs, token.OverlapNs + token.StallNs);
            Assert.Equal(token.ReadBytes / ((token.EndNs - token.StartNs) / 1e9), token.ReadBytesPerSecond);
        });
    }

    // The plain way: for each token what each of its compute calls has in common with each time that something was in flight, as the plain pairing has it.
    [Theory]
    [InlineData(Kv)]
    [InlineData(Weights)]
    public void Overlap_and_stall_are_those_of_the_intervals_themselves(string capture)
    {
        TraceReport report = RunAnalysis.Of(RunCaptures.Repository(capture));
        string device = report.Devices.MaxBy(device => device.TransferredBytes)!.Device;
        List<(long From, long To)> busy = BusyTimes(capture, device);
        (long From, long To)[] compute = [.. Rows(capture, "layers.csv").Where(call => call[1] == "compute_layer").Select(call => (Number(call[2]), Number(call[3])))];

        Assert.All(report.Run!.Tokens, token =>
        {
            long busyNs = Common(busy, token.StartNs, token.EndNs);
            long overlapNs = compute.Sum(call => Common(busy, Math.Max(call.From, token.StartNs), Math.Min(call.To, token.EndNs)));
            Assert.Equal((busyNs, overlapNs, busyNs - overlapNs), (token.IoBusyNs!.Value, token.OverlapNs!.Value, token.StallNs!.Value));
        });
        Assert.True(report.Run.Tokens.Sum(token => token.OverlapNs!.Value) > 0);
    }

    private static long Common(List<(long From, long To)> busy, long fromNs, long toNs) =>
        busy.Sum(time => Math.Max(0, Math.Min(time.To, toNs) - Math.Max(time.From, fromNs)));

    private static List<(long From, long To)> BusyTimes(string capture, string device)
    {
        using var folder = RunFolder.Open(RunCaptures.Repository(capture));
        ReadTrace trace = TraceReading.ReadAll(RunContext.Of(folder).Trace!.Open());
        var busy = new List<(long From, long To)>();
        foreach (PairedRequest request in new SlowPairing(trace.Events).Ended.Where(request => request.First.Device.ToString() == device).OrderBy(request => request.IssueNs))
        {
            Assert.NotNull(request.CompleteNs);
            if (busy.Count > 0 && request.IssueNs <= busy[^1].To)
                busy[^1] = (busy[^1].From, Math.Max(busy[^1].To, request.CompleteNs.Value));
            else
                busy.Add((request.IssueNs!.Value, request.CompleteNs.Value));
        }

        return busy;
    }

    [Fact]
    public void Compute_time_of_FlexGen_is_that_of_its_compute_calls()
    {
        TraceReport report = RunAnalysis.Of(RunCaptures.Repository(Kv));
        RunReport run = report.Run!;
        string[][] calls = [.. Rows(Kv, "layers.csv").Where(call => call[0] == "bench")];
        // The trace begins within the prefill and ends before the last layers, which read nothing: they count as the tokens do.
        string[][] compute = [.. calls.Where(call => call[1] == "compute_layer")];
        Assert.Contains(compute, call => Number(call[3]) < report.FirstEventNs);

        Assert.Equal(compute.Sum(call => Number(call[3]) - Number(call[2])), run.LayerTurns.Sum(turn => turn.ComputeNs!.Value));
        Assert.All(run.LayerTurns, turn => Assert.Equal((32, 0), (turn.Turns, turn.TurnsOutside)));
        Assert.All(run.Tokens, token => Assert.Equal(
            calls.Where(call => call[1] == "compute_layer").Sum(call => Math.Max(0, Math.Min(Number(call[3]), token.EndNs) - Math.Max(Number(call[2]), token.StartNs))),
            token.ComputeNs!.Value));
        // Attention has odd numbers, and waits for the cache; the MLP between has nothing to wait for.
        Assert.All(run.LayerTurns.Where(turn => turn.Number is > 1 and < 65), turn => Assert.Equal((turn.Number - 1) / 2, turn.Layer));
        double attention = run.LayerTurns.Where(turn => turn.Number is > 1 and < 65 && turn.Number % 2 == 1).Average(turn => turn.StallNs!.Value);
        double mlp = run.LayerTurns.Where(turn => turn.Number is > 1 and < 65 && turn.Number % 2 == 0).Average(turn => turn.StallNs!.Value);
        Assert.True(attention > 10 * mlp, $"{attention} {mlp}");
    }

    [Fact]
    public void Compute_time_of_DeepSpeed_leaves_out_its_waits_for_data()
    {
        RunReport run = RunAnalysis.Of(RunCaptures.Repository(DeepSpeed)).Run!;
        (long Start, long End)[] forward = [.. Rows(DeepSpeed, "layers.csv").Select(row => (Number(row[3]), Number(row[4])))];
        (long Start, long End)[] waits = [.. Rows(DeepSpeed, "tensor_io.csv").Where(row => row[1].StartsWith("wait", StringComparison.Ordinal)).Select(row => (Number(row[2]), Number(row[3])))];
        long within = forward.Sum(call => waits.Sum(wait => Math.Max(0, Math.Min(call.End, wait.End) - Math.Max(call.Start, wait.Start))));

        Assert.Equal(forward.Sum(call => call.End - call.Start) - within, run.Tokens.Sum(token => token.ComputeNs!.Value));
        Assert.True(within > 0);
        Assert.Equal(Enumerable.Range(0, 24), run.LayerTurns.Select(turn => turn.Layer!.Value));
        Assert.All(run.LayerTurns, turn => Assert.Equal(4, turn.Turns));
    }

    [Theory]
    [InlineData(Kv)]
    [InlineData(Weights)]
    [InlineData(DeepSpeed)]
    public void Bytes_by_layer_are_those_of_its_tensors(string capture)
    {
        TraceReport report = RunAnalysis.Of(RunCaptures.Repository(capture));
        RunReport run = report.Run!;

        Assert.NotEmpty(run.LayerIo);
        Assert.Equal(run.Layers!.ReadBytes.Sum(row => row.Sum()), run.LayerIo.Sum(layer => layer.ReadBytes));
        long spanNs = report.LastEventNs - report.FirstEventNs;
        Assert.All(run.LayerIo.Where(layer => layer.ReadRequests > 0), layer => Assert.InRange(layer.IoBusyNs!.Value, 1, spanNs));
        // Layers follow each other: together they are in flight about as long as the device is busy (pauses below 1 ms, and overlaps, make up the rest).
        Assert.InRange(run.LayerIo.Sum(layer => layer.IoBusyNs ?? 0) / (run.IoBusyShare!.Value * spanNs), 0.8, 2);
    }

    [Theory]
    [InlineData(Kv, 1)]
    [InlineData(Weights, 0)]
    [InlineData(DeepSpeed, 0)]
    public void Passes_begin_between_the_calls_of_two_tokens_in_layers_csv(string capture, int firstToken)
    {
        PassDetection found = RunAnalysis.Of(RunCaptures.Repository(capture)).Run!.Detection!;
        string[] header = Header(capture, "layers.csv");
        (int token, int start, int end) = (Array.IndexOf(header, "token"), Array.IndexOf(header, "start_mono_ns"), Array.IndexOf(header, "end_mono_ns"));
        (long First, long Last)[] noted =
        [
            .. Rows(capture, "layers.csv").Where(row => row[0] == "bench" && row[token].Length > 0 && Number(row[token]) >= firstToken)
                .GroupBy(row => Number(row[token])).OrderBy(rows => rows.Key).Select(rows => (rows.Min(row => Number(row[start])), rows.Max(row => Number(row[end])))),
        ];
        long tolerance = (long)(0.05 * found.MedianPassNs);

        // DeepSpeed reads the embedding before its first layer.
        Assert.Equal(noted.Length, found.PassStartNs.Length);
        for (int i = 0; i < noted.Length; i++)
            Assert.InRange(found.PassStartNs[i], (i == 0 ? 0 : noted[i - 1].Last) - tolerance, noted[i].First + tolerance);
    }

    [Fact]
    public void GPU_samples_above_0_are_not_computing()
    {
        RunReport run = RunAnalysis.Of(RunCaptures.Without(RunCaptures.Repository(Kv), "layers.csv")).Run!;

        Assert.NotNull(run.Gpu!.Shares);
        Assert.Null(run.StallSource);
        Assert.All(run.Tokens.Concat(run.Phases), span => Assert.Equal((null, null, null), (span.ComputeNs, span.StallNs, span.InCallsNs)));
        Assert.Contains(run.NotAnswerable, line => line.StartsWith("Computing and stalls", StringComparison.Ordinal));
    }

    // The same waits, but not noted: the calls are as long, and what is computing in them is not known any more.
    [Fact]
    public void Calls_that_read_their_own_data_are_not_computing()
    {
        RunReport noted = RunAnalysis.Of(RunCaptures.Repository(DeepSpeed)).Run!;
        RunReport run = RunAnalysis.Of(RunCaptures.Without(RunCaptures.Repository(DeepSpeed), "tensor_io.csv")).Run!;

        Assert.Equal((null, "layers.csv"), (run.StallSource, run.CallSource));
        Assert.All(run.Tokens.Zip(noted.Tokens), pair =>
        {
            Assert.Null(pair.First.ComputeNs);
            Assert.Null(pair.First.StallNs);
            Assert.True(pair.First.InCallsNs > pair.Second.ComputeNs);
            Assert.InRange(pair.First.InCallsIoNs!.Value, pair.Second.OverlapNs!.Value, pair.First.IoBusyNs!.Value);
        });
        Assert.All(run.LayerTurns, turn => Assert.Null(turn.StallNs));
    }

    [Fact]
    public void Modules_are_layers_by_the_number_in_their_name()
    {
        using var text = new StringReader("phase,call,start_mono_ns,end_mono_ns,token,layer,gpu_batch\nbench,forward,1,2,0,embed_tokens,0\nbench,forward,3,4,0,model.layers.12,0\n");
        LayerTimes layers = LayerTimes.Read(text);

        Assert.Equal([null, 12], layers.Calls.Select(call => call.Layer));
        Assert.Equal(0, layers.SkippedLines);
    }

    [Fact]
    public void Writes_of_tokens_found_in_the_trace_are_those_of_the_noted_ones_to_a_bin()
    {
        TraceReport foundReport = RunAnalysis.Of(RunCaptures.Without(RunCaptures.Repository(Kv), "tokens.csv", "layers.csv"));
        RunReport found = foundReport.Run!;
        RunReport noted = RunAnalysis.Of(RunCaptures.Repository(Kv)).Run!;
        OperationReport writes = foundReport.Devices[0].Operations.Single(operation => operation.Scope == OperationScope.Class && operation.Name == "write");

        // The prefill is not found; what it writes lies outside.
        Assert.Equal(("trace", 31), (found.TokenSource, found.Tokens.Length));
        Assert.Equal(writes.Overview.Requests, found.Tokens.Sum(token => token.WriteRequests) + found.OutsideTokens!.WriteRequests);
        Assert.Equal(writes.Overview.Bytes, found.Tokens.Sum(token => token.WriteBytes) + found.OutsideTokens.WriteBytes);
        // A pass begins up to 14 ms after the token's noted start, and bins are 10 ms wide: what is written there may belong to either.
        for (int i = 1; i < 32; i++)
        {
            long slack = MostWrittenWithin(foundReport, noted.Tokens[i].StartNs) + MostWrittenWithin(foundReport, noted.Tokens[i].EndNs);
            Assert.InRange(Math.Abs(found.Tokens[i - 1].WriteRequests - noted.Tokens[i].WriteRequests), 0, slack);
        }
    }

    [Fact]
    public void A_layers_time_under_way_is_the_union_of_its_requests()
    {
        var map = new TensorMap(
            new ExtentMap([new FileExtent("a", 0, 1_000, 1_000, ""), new FileExtent("b", 0, 2_000, 1_000, "")]),
            new TensorCatalogue([new TensorEntry("a", "a", 0, TensorRole.Weight, [], null), new TensorEntry("b", "b", 1, TensorRole.Weight, [], null)]));
        var read = new LayerIoAccumulator(map);
        const long Ms = 1_000_000;
        // Out of order, overlapping, a pause below and one above a millisecond, one of the other layer, one of no file, one that never ended.
        read.Add([Io(1_000, 10 * Ms, 12 * Ms), Io(1_008, 2 * Ms, 4 * Ms), Io(1_016, 3 * Ms, 5 * Ms), Io(1_016, 5_500_000, 6 * Ms), Io(2_000, 0, Ms), Io(9_000, 0, 50 * Ms), Io(1_000, 0, IoRequest.NoTime)]);
        var write = new LayerIoAccumulator(map);
        write.Add([Io(1_000, 11 * Ms, 15 * Ms)]);

        Assert.Equal(4 * Ms + 2 * Ms, LayerIoAccumulator.UnderWayNs(read, null, 0));
        Assert.Equal(4 * Ms + 5 * Ms, LayerIoAccumulator.UnderWayNs(read, write, 0));
        Assert.Equal(Ms, LayerIoAccumulator.UnderWayNs(read, write, 1));
        Assert.Null(LayerIoAccumulator.UnderWayNs(write, null, 1));
    }

    [Theory]
    [InlineData(0, 66, 32, null)]
    [InlineData(1, 66, 32, 0)]
    [InlineData(2, 66, 32, 0)]
    [InlineData(64, 66, 32, 31)]
    [InlineData(65, 66, 32, null)]
    [InlineData(5, 34, 32, 4)]
    [InlineData(5, 24, 24, 5)]
    [InlineData(5, 50, 24, 2)]
    [InlineData(5, 7, 24, null)]
    [InlineData(5, 66, 0, null)]
    public void Layers_of_frameworks_are_numbered_as_the_models(int number, int count, int modelLayers, int? layer) =>
        Assert.Equal(layer, LayerTurns.ModelLayer(number, count, modelLayers));

    private static IoRequest Io(ulong sector, long issueNs, long completeNs) =>
        new() { Sector = sector, IssueTimeNs = issueNs, CompleteTimeNs = completeNs, QueueTimeNs = IoRequest.NoTime, LengthBytes = 4096, Class = OperationClass.Read };

    private static long MostWrittenWithin(TraceReport report, long timeNs)
    {
        OperationReport writes = report.Devices[0].Operations.Single(operation => operation.Scope == OperationScope.Class && operation.Name == "write");
        long bin = (timeNs - report.Time.OriginNs) / report.Time.WidthNs;
        long sum = 0;
        for (long i = Math.Max(0, bin - 1); i <= Math.Min(writes.Throughput.Requests.Length - 1, bin + 1); i++)
            sum += writes.Throughput.Requests[i];
        return sum;
    }

    private static string[] Header(string capture, string name) => Lines(capture, name)[0].Split(',');

    private static string[][] Rows(string capture, string name) => [.. Lines(capture, name).Skip(1).Select(line => line.Split(','))];

    private static string[] Lines(string capture, string name)
    {
        string path = Directory.GetFiles(RunCaptures.Repository(capture), name + "*").Single();
        using TraceInput input = CompressedInput.OpenFile(path);
        using var text = new StreamReader(input.Content);
        return text.ReadToEnd().ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
