using System.Text.Json;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Summaries;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>The join of trace, logs, extents and model on real runs.</summary>
[Trait("Kind", "capture")]
public sealed class RunReportTests
{
    private const string Kv = "flexgen/kv-offload-omp1";
    private const string Weights = "flexgen/model-offload-b1-omp1";
    private const string DeepSpeed = "deepspeed/deepspeed-model-fullmask";

    [Theory]
    [InlineData(Kv, 31, PassKind.KvCache)]
    [InlineData(Weights, 3, PassKind.Weights)]
    [InlineData(DeepSpeed, 4, PassKind.Weights)]
    [InlineData("nvmevirt/c-kvcache", 24, PassKind.KvCache)]
    [InlineData("nvmevirt/a-offload-mmap", 6, PassKind.Weights)]
    public void Passes_found_in_the_trace_are_those_that_the_run_noted(string capture, int passes, PassKind kind)
    {
        PassDetection found = RunAnalysis.Of(RunCaptures.Repository(capture)).Run!.Detection!;

        Assert.Equal((kind, passes, (int?)passes), (found.Kind, found.PassStartNs.Length, found.KnownCount));
        Assert.InRange(found.GreatestErrorNs!.Value, 0, (long)(0.05 * found.MedianPassNs));
        Assert.InRange(found.Score, 0.95, 1);
        Assert.InRange(found.Confidence, 0.8, 1);
    }

    // Held against a walk over the samples: each stands until the next, and what lies outside the trace does not count.
    [Theory]
    [InlineData(Kv)]
    [InlineData(DeepSpeed)]
    public void The_mean_GPU_utilization_beside_the_traces_numbers_is_of_its_time(string capture)
    {
        TraceReport report = RunAnalysis.Of(RunCaptures.Repository(capture));
        GpuUse gpu = report.Run!.Gpu!;
        double sum = 0;
        double allNs = 0;
        for (int i = 0; i + 1 < gpu.SampleNs.Length; i++)
        {
            double ns = Math.Max(0.0, Math.Min(gpu.SampleNs[i + 1], report.LastEventNs) - Math.Max(gpu.SampleNs[i], report.FirstEventNs));
            sum += ns * gpu.SamplePercent[i];
            allNs += ns;
        }

        Assert.Equal(sum / allNs, gpu.TraceMeanPercent!.Value, 1e-9);
        Assert.NotEqual(gpu.TimeWeightedMeanPercent!.Value, gpu.TraceMeanPercent.Value, 0.01);
        Table numbers = KeyNumbers.Of(report, report.RunDevice!);
        Value[] row = numbers.Rows.Single(row => row[1].Text == "GPU utilization");
        Assert.Equal((gpu.TraceMeanPercent.Value, "time-weighted mean over the trace"), (row[2].Number!.Value, row[3].Text));
    }

    // Half a pass off, a start could as well be that of the next one.
    [Theory]
    [InlineData(0.9, 349_000_000L, ", 2 noted, starts to within 349 ms)", true)]
    [InlineData(0.9, 350_000_000L, ", 2 noted, whose starts are others)", true)]
    [InlineData(0.43, 14_000_000L, "not told: what the trace repeats is too irregular (confidence 0.43) to say where each begins", false)]
    public void Passes_agree_with_noted_ones_only_if_they_begin_near_them(double confidence, long errorNs, string words, bool isTold)
    {
        TraceReport sample = Tests.Reports.SampleReport.Full();
        using var writer = new StringWriter();
        RunSummary.WriteRun(sample with { Run = sample.Run! with { Detection = new PassDetection(PassKind.KvCache, [0, 700_000_000], confidence, 2, errorNs, 700_000_000) } }, writer);

        Assert.Contains(words, writer.ToString(), StringComparison.Ordinal);
        Assert.Equal(isTold, writer.ToString().Contains("2 found in the trace", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Kv, null)]
    [InlineData(Weights, null)]
    [InlineData(DeepSpeed, "deepspeed-model-fullmask-bench")]
    [InlineData(DeepSpeed, "deepspeed-model-fullmask-init")]
    [InlineData("nvmevirt/c-kvcache", null)]
    [InlineData("nvmevirt/a-offload-mmap", null)]
    public void Bytes_by_tensor_and_by_token_add_up_to_those_of_the_trace(string capture, string? trace)
    {
        TraceReport report = RunAnalysis.Of(RunCaptures.Repository(capture), trace);
        RunReport run = report.Run!;
        DeviceReport device = Assert.Single(report.Devices);
        long read = BytesOf(device, "read");
        long written = BytesOf(device, "write");

        Assert.Equal(read, run.Tensors.Sum(tensor => tensor.ReadBytes) + run.Unmapped!.ReadBytes);
        Assert.Equal(written, run.Tensors.Sum(tensor => tensor.WriteBytes) + run.Unmapped.WriteBytes);
        if (run.OutsideTokens is { } outside)
        {
            Assert.Equal(read, run.Tokens.Sum(token => token.ReadBytes) + outside.ReadBytes);
            Assert.Equal(written, run.Tokens.Sum(token => token.WriteBytes) + outside.WriteBytes);
        }

        // Tensors are all but the journal and metadata.
        Assert.InRange(run.Unmapped.ReadBytes + run.Unmapped.WriteBytes, 0, 0.02 * (read + written));
        if (run.Layers is { } layers)
            Assert.Equal(run.Tensors.Where(tensor => tensor.Layer is not null).Sum(tensor => tensor.ReadBytes), layers.ReadBytes.Sum(row => row.Sum()));
        if (run.KvRows is { } rows)
            Assert.Equal(run.Tensors.Sum(tensor => tensor.ReadBytes), rows.ReadBytes.Sum(row => row.Sum()));
    }

    [Fact]
    public void Tokens_that_no_file_tells_are_found_in_the_trace()
    {
        // Nothing but the trace and the extents: no marks, no settings.
        string capture = RunCaptures.Repository("nvmevirt/c-kvcache");
        string folder = RunCaptures.NewFolder();
        foreach (string name in (string[])["c-kvcache.blktrace.0.zst", "c-kvcache.blktrace.1.zst", "filefrag.txt"])
            File.Copy(Path.Combine(capture, name), Path.Combine(folder, name));
        TraceReport report = RunAnalysis.Of(folder);
        RunReport run = report.Run!;
        RunReport noted = RunAnalysis.Of(capture).Run!;

        Assert.Equal(("trace", PassKind.KvCache, 24), (run.TokenSource, run.Detection!.Kind, run.Tokens.Length));
        Assert.Null(run.Detection.KnownCount);
        Assert.Equal(("decode", (int?)1), (run.Tokens[0].Name, run.Tokens[0].Index));
        // Reads are within a few hundredths of those in the noted steps; together they are all that was read of the cache.
        Assert.All(run.Tokens.Zip(noted.Tokens.Skip(1)), pair => Assert.InRange(pair.First.ReadBytes, 0.95 * pair.Second.ReadBytes, 1.05 * pair.Second.ReadBytes));
        Assert.InRange(BytesOf(report.Devices[0], "read") - run.Tokens.Sum(token => token.ReadBytes), 0, 8192);
        Assert.InRange(run.OutsideTokens!.WriteBytes, 0.95 * noted.Tokens[0].WriteBytes, 1.05 * noted.Tokens[0].WriteBytes);
    }

    [Theory]
    [InlineData("flexgen/kv-offload-fullmask", 5)]
    [InlineData("flexgen/kv-offload-b8-g256-omp1", 255, Traits = [Captures.Needs, Captures.Shared])]
    [InlineData("flexgen/model-offload-b16", 4, Traits = [Captures.Needs, Captures.Shared])]
    public void Passes_of_longer_runs_and_of_many_threads_are_found_too(string capture, int passes)
    {
        string packed = Captures.Folder(capture);
        string folder = RunCaptures.NewFolder();
        foreach (string file in (string[])["run.json", "tokens.csv", Path.GetFileName(capture) + "-bench.tar.xz"])
            File.Copy(Path.Combine(packed, file), Path.Combine(folder, file));
        PassDetection found = RunAnalysis.Of(folder).Run!.Detection!;

        Assert.Equal((passes, (int?)passes), (found.PassStartNs.Length, found.KnownCount));
        Assert.InRange(found.GreatestErrorNs!.Value, 0, (long)(0.05 * found.MedianPassNs));
    }

    [Fact]
    public void Model_framework_and_trace_of_a_KV_run_differ_by_page_cache_hits_alone()
    {
        RunReport run = RunAnalysis.Of(RunCaptures.Repository(Kv)).Run!;
        Movement moved = run.Movement!;

        Assert.Equal(70_732_742_656, moved.PredictedReadBytes);
        Assert.Equal(moved.PredictedReadBytes, moved.FrameworkReadBytes);
        Assert.Equal(moved.PredictedWriteBytes, moved.FrameworkWriteBytes);
        Assert.Equal(66_555_965_440, moved.TraceReadBytes);
        Assert.Equal(moved.FrameworkReadBytes - moved.TraceReadBytes, moved.CacheHitBytes);
        Assert.Equal(0, moved.UnexplainedReadBytes);
        // The prompt's rows come from the device at every step, rows of later tokens never: they are still in the page cache.
        KvRowUse rows = run.KvRows!;
        Assert.Equal(287, rows.Reads.Length);
        Assert.Equal(31, rows.Reads[100], 1e-3);
        Assert.Equal(0, rows.Reads[270]);
        Assert.Equal((31, 17), (rows.PredictedReads![100], rows.PredictedReads[270]));
    }

    [Fact]
    public void Passes_of_a_benchmark_are_no_tokens()
    {
        RunReport run = RunAnalysis.Of(Captures.Folder("flexgen/deepnvme-file-access"), trace: "deepnvme-file-access-pyload").Run!;

        // The tensor is read twice.
        Assert.Equal(["pass", "pass"], run.Tokens.Select(token => token.Name));
    }

    [Theory]
    [InlineData("nvmevirt/d-mixed-partition-dm", "dm-0+nvme0n1")]
    [InlineData("nvmevirt/e-qemunvme-mixed-trim-flush-fua", "dm-0+nvme0n1")]
    [InlineData("deepspeed/deepspeed-model-fullmask", "deepspeed-model-fullmask-bench")]
    public void Of_several_traces_the_measured_one_is_taken_else_that_of_all_devices(string capture, string trace)
    {
        using var run = RunFolder.Open(Captures.Folder(capture));

        Assert.Equal(trace, RunContext.Of(run).Trace!.Name);
    }

    [Fact]
    public void What_each_token_must_move_is_said_beside_what_it_moved()
    {
        RunReport run = RunAnalysis.Of(RunCaptures.Repository(Kv)).Run!;

        // A position: keys and values of 32 layers, 16 sequences, 4,096 elements of 2 bytes. The last step writes none.
        const long Position = 2 * 32 * 16 * 4096 * 2;
        Assert.Equal(
            Enumerable.Range(0, 32).Select(step => ((long?)(step == 0 ? 0 : (256 + step) * Position), (long?)(step == 31 ? 0 : step == 0 ? 256 * Position : Position))),
            run.Tokens.Select(token => (token.PredictedReadBytes, token.PredictedWriteBytes)));
        Assert.Equal(run.Movement!.PredictedReadBytes, run.Tokens.Sum(token => token.PredictedReadBytes));
        Assert.All(run.Tokens, token => Assert.InRange(token.ReadBytes, 0, token.PredictedReadBytes!.Value + (16 << 20)));
        Assert.All(run.Phases, phase => Assert.Null(phase.PredictedReadBytes));
    }

    [Fact]
    public void DeepSpeed_reads_exactly_what_it_notes()
    {
        Movement moved = RunAnalysis.Of(RunCaptures.Repository(DeepSpeed)).Run!.Movement!;

        Assert.Equal(11_344_576_512, moved.TraceReadBytes);
        Assert.Equal(moved.TraceReadBytes, moved.FrameworkReadBytes);
        Assert.Equal((0, 0, 0), (moved.CacheHitBytes, moved.ExcessReadBytes, moved.UnexplainedReadBytes));
        // Parameters below its threshold stay in memory, so that the closed form is a little above.
        Assert.InRange((double)moved.TraceReadBytes!.Value / moved.PredictedReadBytes!.Value, 0.999, 1);
    }

    [Fact]
    public void Logs_and_trace_are_on_one_clock()
    {
        RunReport run = RunAnalysis.Of(RunCaptures.Repository(Kv)).Run!;

        Assert.InRange(run.Clock!.UncertaintyNs!.Value, 0, 1_000_000);
        GpuUse gpu = run.Gpu!;
        Assert.Equal(0, gpu.UtcOffsetMinutes);
        BusyShares shares = gpu.Shares!;
        Assert.Equal(1, shares.Both + shares.GpuOnly + shares.IoOnly + shares.Neither, 1e-9);
        Assert.Equal(run.IoBusyShare!.Value, shares.Both + shares.IoOnly, 0.01);
        // Each decode step lies in the samples' time, and the GPU works in it.
        Assert.All(run.Tokens, token => Assert.InRange(token.StartNs, gpu.SampleNs[0], gpu.SampleNs[^1]));
        Assert.All(run.Tokens, token => Assert.InRange(token.IoBusyNs!.Value, 0, token.EndNs - token.StartNs));
    }

    [Fact]
    public void Findings_of_a_KV_run_are_the_studys()
    {
        TraceReport report = RunAnalysis.Of(RunCaptures.Repository(Kv), roofline: 16.9);

        Assert.All(["dominating-size", "request-size-cap", "uniform-access", "buffered", "sequential", "read-above-write"], id => Assert.Equal("shown", RunAnalysis.VerdictOf(report, id)));
        // The rows of the last tokens are read from the page cache, and all others equally often.
        Assert.All(["read-only-after-write-out", "earlier-rows-more-often", "saturated"], id => Assert.Equal("not shown", RunAnalysis.VerdictOf(report, id)));
        Evidence size = report.Findings[0].Evidence[0];
        Assert.Equal(("size", 131_072.0, Unit.Bytes), (size.Name, size.Value, size.Unit));
        // Coefficients are not shares: they are never written as percent.
        Assert.Equal(
            ["Gini coefficient", "greatest distance of the CDF from a uniform one", "rank correlation", "rank correlation of p99 and bytes written"],
            report.Findings.SelectMany(finding => finding.Evidence).Where(evidence => evidence.Unit == Unit.Coefficient).Select(evidence => evidence.Name));
    }

    [Theory]
    [InlineData(Weights, "shown")]
    [InlineData(DeepSpeed, "not shown")]
    public void Findings_of_model_runs_are_the_studys(string capture, string buffered)
    {
        TraceReport report = RunAnalysis.Of(RunCaptures.Repository(capture));

        Assert.All(["dominating-size", "request-size-cap", "uniform-access", "sequential"], id => Assert.Equal("shown", RunAnalysis.VerdictOf(report, id)));
        // The weights were written before the trace began.
        Assert.All(["read-only-after-write-out", "earlier-rows-more-often", "saturated"], id => Assert.Equal("not answerable", RunAnalysis.VerdictOf(report, id)));
        Assert.Equal(buffered, RunAnalysis.VerdictOf(report, "buffered"));
    }

    [Fact]
    public void Thresholds_decide()
    {
        string folder = RunCaptures.Repository("nvmevirt/c-kvcache");

        Assert.Equal("not shown", RunAnalysis.VerdictOf(RunAnalysis.Of(folder), "uniform-access"));
        // Positions 64 to 87 were written while the cache was read, so the later ones were read less often.
        Assert.Equal("shown", RunAnalysis.VerdictOf(RunAnalysis.Of(folder), "earlier-rows-more-often"));
        Assert.Equal("shown", RunAnalysis.VerdictOf(RunAnalysis.Of(folder, thresholds: new Thresholds { UniformGini = 0.2 }), "uniform-access"));
    }

    [Fact]
    public void A_report_does_not_depend_on_the_number_of_workers()
    {
        string folder = RunCaptures.Repository("nvmevirt/c-kvcache");

        Assert.Equal(Json(RunAnalysis.Of(folder, workers: 1)), Json(RunAnalysis.Of(folder, workers: 5)));
    }

    [Fact]
    public void A_trace_alone_has_findings_but_no_run()
    {
        using ITraceReader reader = TraceFormats.Open([RunFolder.Open(RunCaptures.Repository("nvmevirt/a-offload-mmap")).Traces[0].Path]);
        TraceReport report = TraceAnalysis.Run(reader, new AnalysisOptions(), cancellation: TestContext.Current.CancellationToken);

        Assert.Null(report.Run);
        Assert.Equal("shown", RunAnalysis.VerdictOf(report, "uniform-access"));
        Assert.Equal("not answerable", RunAnalysis.VerdictOf(report, "request-size-cap"));
    }

    [Fact]
    public void A_trace_that_is_not_there_is_named_with_those_that_are()
    {
        var exception = Assert.Throws<TraceException>(() => RunContext.Of(RunFolder.Open(RunCaptures.Repository(DeepSpeed)), new RunOptions { Trace = "bench" }));

        Assert.Contains("deepspeed-model-fullmask-init", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StudyRun.Names), MemberType = typeof(StudyRun))]
    public void A_run_of_the_study_without_its_trace_gives_logs_and_means(string name)
    {
        StudyRun facts = StudyRun.Named(name);
        TraceReport report = RunAnalysis.Of(facts.Write());
        RunReport run = report.Run!;

        Assert.Equal((facts.GpuMeanPercent, facts.GpuSamples), (Math.Round(run.Gpu!.MeanPercent!.Value, 2), run.Gpu.Samples));
        Assert.Contains(run.Frameworks, log => log.ModelGiB == facts.ModelGiB && log.TotalSeconds == facts.TotalSeconds);
        Assert.Contains(run.NotAnswerable, line => line.Contains("no trace", StringComparison.Ordinal));
        Assert.Null(run.Trace);
        Assert.Empty(report.Findings);
    }

    private static long BytesOf(DeviceReport device, string @class) =>
        device.Operations.FirstOrDefault(operation => operation.Scope == OperationScope.Class && operation.Name == @class)?.Overview.Bytes ?? 0;

    private static string Json(TraceReport report) => JsonSerializer.Serialize(report);
}
