using TraceAnalyzer.Analysis;
using TraceAnalyzer.Comparison;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Runs;

namespace TraceAnalyzer.Tests.Comparison;

/// <summary>What comparisons say of real runs whose truth is known (traces/README.md).</summary>
[Trait("Kind", "capture")]
public sealed class ComparisonCaptureTests
{
    private const Verdict Same = Verdict.Same;
    private const Verdict Different = Verdict.Different;

    [Fact]
    public void Kv_cache_against_model_offloading()
    {
        ComparisonReport comparison = Compare(RunCaptures.Repository("flexgen/kv-offload-omp1"), RunCaptures.Repository("flexgen/model-offload-b1-omp1"));

        // Both read in 128 KiB by read-ahead, both evenly: 31 steps over one cache, 3 tokens over twelve times the weights.
        AssertVerdict(comparison, Same, "read-size", "read-path", "read-uniformity");
        AssertVerdict(comparison, Different, "read-bytes", "write-bytes", "read-footprint", "read-reuse", "bandwidth", "read-latency");
        Assert.Equal([31.0, 3.0], Values(comparison, MetricClass.Read, "maxAccesses"));
        Assert.Equal([131_072.0, 131_072.0], Values(comparison, MetricClass.Read, "dominatingSize"));
        Assert.Equal([508_105.0, 602_085.0], Values(comparison, MetricClass.Read, "requests"));
        Assert.Equal([18_586.0, 2.0], Values(comparison, MetricClass.Write, "requests"));
    }

    [Fact]
    [Trait(Captures.Needs, Captures.Shared)]
    public void A_long_kv_run_is_non_uniform_and_a_model_run_is_not()
    {
        ComparisonReport comparison = Compare(
            Captures.Trace("flexgen/kv-offload-b8-g256-omp1/kv-offload-b8-g256-omp1-bench"), RunCaptures.Repository("flexgen/model-offload-b1-omp1"));
        AssertVerdict(comparison, Different, "read-uniformity");
        string statement = comparison.Findings.Single(finding => finding.Id == "read-uniformity").Sentence;
        Assert.Equal("Reads are uniform in model-offload-b1-omp1-bench and non-uniform in kv-offload-b8-g256-omp1-bench (Gini <0.001 against 0.196).", statement);
    }

    [Fact]
    [Trait(Captures.Needs, Captures.Shared)]
    public void Batch_size_adds_no_reads()
    {
        ComparisonReport comparison = Compare(
            Captures.Trace("flexgen/model-offload-b1/model-offload-b1-bench"), Captures.Trace("flexgen/model-offload-b16/model-offload-b16-bench"));
        Assert.All(comparison.Findings, finding => Assert.Equal(Same, finding.Verdict));
        AssertVerdict(comparison, Same, "read-bytes", "bandwidth", "read-path", "read-size", "read-footprint", "read-reuse", "read-uniformity", "read-latency", "queue-depth");
        Assert.Equal(1, comparison.Metrics.Single(metric => metric is { Class: MetricClass.Read, Name: "bytes" }).Runs[1].Ratio!.Value, 0.001);
    }

    [Fact]
    public void Posix_against_libaio()
    {
        ComparisonReport comparison = Compare(
            Captures.Trace("flexgen/deepnvme-file-access/deepnvme-file-access-pyload"), Captures.Trace("flexgen/deepnvme-file-access/deepnvme-file-access-aioload"));

        // The same tensor in the same requests, but direct and with many in flight: faster, and each request waits longer.
        AssertVerdict(comparison, Same, "read-bytes", "read-size", "read-footprint", "read-reuse", "read-uniformity");
        AssertVerdict(comparison, Different, "bandwidth", "read-path", "read-latency", "queue-depth");
        Assert.Contains("direct I/O", comparison.Findings.Single(finding => finding.Id == "read-path").Sentence, StringComparison.Ordinal);
        Assert.InRange(comparison.Metrics.Single(metric => metric is { Class: MetricClass.Transfers, Name: "meanBandwidth" }).Runs[1].Ratio!.Value, 2, 3);
    }

    [Fact]
    [Trait(Captures.Needs, Captures.Shared)]
    public void Flexgen_against_deepspeed_on_the_same_model()
    {
        ComparisonReport comparison = Compare(
            Captures.Trace("flexgen/model-offload-b1/model-offload-b1-bench"), Captures.Trace("deepspeed/deepspeed-model-b1/deepspeed-model-b1-bench"));
        AssertVerdict(comparison, Different, "read-path", "read-bytes", "read-size", "bandwidth", "queue-depth", "read-latency");
        AssertVerdict(comparison, Same, "read-uniformity");

        // 4 passes against 6 with the embedding, tied to the head, read twice in each.
        double[] bytes = Values(comparison, MetricClass.Read, "bytes");
        Assert.Equal([4.0, 12.0], Values(comparison, MetricClass.Read, "maxAccesses"));
        Assert.Equal(1.0, (bytes[1] / 6) / (bytes[0] / 4), 0.01);
    }

    [Fact]
    [Trait(Captures.Needs, Captures.Shared)]
    public void Flexgen_against_deepspeed_by_token_and_tensor()
    {
        ComparisonReport comparison = CompareRuns("flexgen/model-offload-b1", "deepspeed/deepspeed-model-b1");

        // A pass reads the same weights; DeepSpeed reads the tied embedding once more where FlexLLMGen has a second file for it.
        AssertVerdict(comparison, Same, "token-read-bytes");
        AssertVerdict(comparison, Different, "read-repeats", "read-path");
        Finding repeats = comparison.Findings.Single(finding => finding.Id == "read-repeats");
        Assert.Contains("12 times, most of the rest 6 times (model.decoder.embed_tokens.weight)", repeats.Sentence, StringComparison.Ordinal);
        Assert.Contains("model-offload-b1-bench reads no data 1.5 times as often as the rest", repeats.Sentence, StringComparison.Ordinal);
        // 50,272 x 5,120 x 2 bytes of the 24.4 GiB that lie on the disk.
        Assert.Equal(50_272L * 5120 * 2 / Values(comparison, MetricClass.Read, "footprint")[1], repeats.Evidence.Single(evidence => evidence.Name == "share of the data read more often").Value, 0.0005);
        double[] tokenBytes = Values(comparison, MetricClass.Run, "tokenReadBytes");
        Assert.InRange(tokenBytes[1] / tokenBytes[0], 0.99, 1.02);
        Assert.Equal(["facebook/opt-13b", "facebook/opt-13b"], comparison.Settings.Single(setting => setting.Name == "model").Values);
    }

    [Fact]
    [Trait(Captures.Needs, Captures.Shared)]
    public void Batch_size_adds_no_reads_to_a_token()
    {
        ComparisonReport comparison = CompareRuns("flexgen/model-offload-b1", "flexgen/model-offload-b16");

        AssertVerdict(comparison, Same, "read-bytes", "token-read-bytes");
        Assert.Equal(["1", "16"], comparison.Settings.Single(setting => setting.Name == "batch").Values);
        double[] sequence = Values(comparison, MetricClass.Run, "sequenceReadBytes");
        Assert.Equal(16, sequence[0] / sequence[1], 0.3);
        AlignedBandwidth token = comparison.Bandwidth.Single(bandwidth => bandwidth is { Class: OperationClass.Read, Alignment: RunAlignment.Token });
        Assert.Equal(4, token.Spans!.Length);
    }

    [Fact]
    public void A_kv_run_decodes_less_for_a_token_than_a_model_run_and_loses_no_byte_on_the_way()
    {
        TraceReport[] reports = [RunAnalysis.Of(RunCaptures.Repository("flexgen/kv-offload-omp1")), RunAnalysis.Of(RunCaptures.Repository("flexgen/model-offload-b1-omp1"))];
        ComparisonReport comparison = ReportComparison.Compare(reports, new ComparisonOptions());

        AssertVerdict(comparison, Different, "token-read-bytes", "token-time");
        // Over the trace: 7.44 % against 7.4 %. Over the whole logs, start-up included, they are 3.4 % and 5.4 %, which says nothing of the work.
        AssertVerdict(comparison, Same, "read-arrivals", "gpu", "queue-depth");
        Assert.Equal([31.0, 2.0], Values(comparison, MetricClass.Run, "decodedTokens"));
        for (int run = 0; run < 2; run++)
        {
            SpanUseReport[] tokens = reports[run].Run!.Tokens;
            Assert.Equal(tokens.Select(token => token.ReadBytes), comparison.Tokens[run].Select(token => token.ReadBytes));
            AlignedBandwidth aligned = comparison.Bandwidth.Single(bandwidth => bandwidth is { Class: OperationClass.Read, Alignment: RunAlignment.Token });
            double bytes = 0;
            int bin = 0;
            foreach (AlignedSpan span in aligned.Spans!)
            {
                for (int i = 0; i < span.Bins && bin < aligned.BytesPerSecond[run].Length; i++, bin++)
                    bytes += aligned.BytesPerSecond[run][bin] * ((span.DurationNs[run] ?? 0) / 1e9 / span.Bins);
            }

            // Bins of the report cross the borders of tokens, but only the outermost ones cross into no token.
            Assert.Equal(1, bytes / tokens.Sum(token => (double)token.ReadBytes), 0.01);
        }
    }

    [Fact]
    public void A_trace_against_itself_has_no_difference()
    {
        string trace = RunCaptures.Repository("nvmevirt/c-kvcache");
        Finding finding = Assert.Single(Compare(trace, trace).Findings);
        Assert.Equal("identical", finding.Id);
    }

    [Fact]
    public void A_trace_against_its_halves_behaves()
    {
        string trace = RunCaptures.Repository("flexgen/kv-offload-omp1");
        TraceReport whole = Analyse(trace, EventFilter.None);
        long middle = (whole.LastEventNs - whole.FirstEventNs) / 2;
        TraceReport first = Analyse(trace, new EventFilter { ToNs = middle });
        TraceReport second = Analyse(trace, new EventFilter { FromNs = middle });
        ComparisonReport comparison = ReportComparison.Compare([whole, first, second], new ComparisonOptions());

        foreach (string name in (string[])["requests", "bytes"])
        {
            double[] values = Values(comparison, MetricClass.Read, name);
            Assert.Equal(values[0], values[1] + values[2]);
        }

        double[] durations = Values(comparison, MetricClass.Transfers, "duration");
        Assert.InRange((durations[1] + durations[2]) / durations[0], 0.99, 1);
        Assert.Equal(2, comparison.Findings.Count(finding => finding is { Id: "filters", Verdict: Verdict.Caution }));
        AlignedBandwidth time = comparison.Bandwidth.Single(bandwidth => bandwidth is { Class: OperationClass.Read, Alignment: RunAlignment.Time });
        Assert.InRange(time.BytesPerSecond[2].Length / (double)time.BytesPerSecond[0].Length, 0.45, 0.55);
        Assert.True(comparison.Runs[2].FirstNs > comparison.Runs[1].FirstNs + comparison.Runs[1].DurationNs);
    }

    private static ComparisonReport Compare(string first, string other) =>
        ReportComparison.Compare([Analyse(first, EventFilter.None), Analyse(other, EventFilter.None)], new ComparisonOptions());

    private static ComparisonReport CompareRuns(string first, string other) =>
        ReportComparison.Compare([RunAnalysis.Of(Captures.Folder(first)), RunAnalysis.Of(Captures.Folder(other))], new ComparisonOptions());

    private static TraceReport Analyse(string trace, EventFilter filter)
    {
        using ITraceReader reader = TraceFormats.Open([File.Exists(trace) ? trace : Directory.GetFiles(trace, "*.blktrace.0*")[0]]);
        return TraceAnalysis.Run(reader, new AnalysisOptions { Filter = filter }, cancellation: TestContext.Current.CancellationToken);
    }

    // Bin widths follow the length of a trace and are not a finding here.
    private static void AssertVerdict(ComparisonReport comparison, Verdict verdict, params string[] names)
    {
        foreach (string name in names)
        {
            Finding finding = comparison.Findings.Single(finding => finding.Id == name);
            Assert.True(finding.Verdict == verdict, $"{name}: {finding.Sentence}");
        }
    }

    private static double[] Values(ComparisonReport comparison, MetricClass @class, string name) =>
        [.. comparison.Metrics.Single(metric => metric.Class == @class && metric.Name == name).Runs.Select(run => run.Value!.Value)];
}
