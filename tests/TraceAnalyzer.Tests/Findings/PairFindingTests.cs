using TraceAnalyzer.Comparison;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Figures;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Findings;

public sealed class PairFindingTests
{
    [Fact]
    public void One_differing_setting_is_named_as_what_does_not_change_the_bytes()
    {
        TraceReport first = WithFacts(Reads(200), new RunFacts { Model = "opt-13b", BatchSize = 1 });
        TraceReport batch = WithFacts(Reads(201), new RunFacts { Model = "opt-13b", BatchSize = 16 });
        TraceReport other = WithFacts(Reads(201), new RunFacts { Model = "opt-30b", BatchSize = 16 });

        Assert.EndsWith("The only recorded setting that differs is batch 16 against 1: it does not change how much is read.", Finding(first, batch, "read-bytes").Sentence, StringComparison.Ordinal);
        Assert.EndsWith("The runs differ in model opt-30b against opt-13b, batch 16 against 1.", Finding(first, other, "read-bytes").Sentence, StringComparison.Ordinal);
        Assert.EndsWith("The runs differ in model opt-13b against unknown.", Finding(WithFacts(Reads(200), new RunFacts()), WithFacts(Reads(201), new RunFacts { Model = "opt-13b" }), "read-bytes").Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("differ", Finding(Reads(200), Reads(201), "read-bytes").Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tail_five_times_as_long_is_a_difference_however_alike_the_bodies_are()
    {
        // 2 % of the requests take five times as long: a Kolmogorov-Smirnov distance of 0.02.
        Finding latency = Finding(Reads(1000), Reads(1000, tailNs: 500_000), "read-latency");

        Assert.Equal(Verdict.Different, latency.Verdict);
        Assert.Contains("another tail", latency.Sentence, StringComparison.Ordinal);
        Assert.Equal(Verdict.Same, Finding(Reads(1000), Reads(1001), "read-latency").Verdict);
    }

    [Fact]
    public void Almost_idle_GPUs_can_differ()
    {
        Finding finding = Finding(WithGpu(Reads(200), 5.4), WithGpu(Reads(201), 1.4), "gpu");

        Assert.Equal(Verdict.Different, finding.Verdict);
        Assert.Contains("is lower: 1.4 % against 5.4 %", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(Verdict.Same, Finding(WithGpu(Reads(200), 1.4), WithGpu(Reads(201), 1.9), "gpu").Verdict);
        Assert.Equal(Verdict.Different, Finding(WithGpu(Reads(200), 60), WithGpu(Reads(201), 71), "gpu").Verdict);
        // Where one trace is not on the clock of its GPU log, both are means of whole logs.
        TraceReport elsewhere = WithGpu(Reads(201), 71);
        elsewhere = elsewhere with { Run = elsewhere.Run! with { Gpu = elsewhere.Run!.Gpu! with { TraceMeanPercent = null } } };
        Assert.Contains("50 % against 50 % on average of the samples", Finding(WithGpu(Reads(200), 60), elsewhere, "gpu").Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Uniformity_is_not_answerable_of_a_single_pass()
    {
        Assert.Equal(Verdict.NotAnswerable, Finding(Reads(200), Reads(204), "read-uniformity").Verdict);
        Assert.Equal(Verdict.Same, Finding(Reads(200, passes: 3), Reads(201, passes: 3), "read-uniformity").Verdict);
    }

    [Fact]
    public void Uniform_means_the_same_for_one_run_and_for_two()
    {
        string criterion = Finding(Reads(200, passes: 3), Reads(201, passes: 3), "read-uniformity").Rule!;

        Assert.Contains("uniform up to 0.1 ", criterion, StringComparison.Ordinal);
        Assert.Equal(0.1, new Thresholds().UniformGini);
    }

    [Fact]
    public void Only_what_a_user_of_the_run_feels_is_better_or_worse()
    {
        ComparisonReport comparison = ReportComparison.Compare([WithGpu(Reads(200), 5), WithGpu(Reads(400), 9)], new ComparisonOptions());

        Assert.All(comparison.Metrics.Where(metric => metric.Preference != MetricPreference.Neither), metric => Assert.Equal(MetricClass.Run, metric.Class));
        Assert.All(comparison.Metrics.Where(metric => metric.Name is "meanBandwidth" or "d2cP50" or "peakBandwidth"), metric => Assert.Equal(MetricPreference.Neither, metric.Preference));
    }

    [Fact]
    public void Passes_are_not_called_tokens()
    {
        TraceReport passes = WithTokens(Reads(200), "pass");
        TraceReport tokens = WithTokens(Reads(201), "decode");

        Assert.Contains("per pass", Finding(passes, WithTokens(Reads(201), "pass"), "token-read-bytes").Sentence, StringComparison.Ordinal);
        Assert.Contains("per decoded token", Finding(tokens, WithTokens(Reads(202), "decode"), "token-read-bytes").Sentence, StringComparison.Ordinal);
        ComparisonReport mixed = ReportComparison.Compare([passes, tokens], new ComparisonOptions());
        Assert.DoesNotContain(mixed.Findings, finding => finding.Id is "token-read-bytes" or "token-time");
        Assert.Contains(mixed.Metrics, metric => metric.Label == "mean time per pass or decoded token");
    }

    [Fact]
    public void Thresholds_decide()
    {
        var strict = new ComparisonOptions { Thresholds = new Thresholds { SameBytesShare = 0.001 } };
        ComparisonReport comparison = ReportComparison.Compare([Reads(200), Reads(201)], strict);

        Assert.Equal(Verdict.Different, comparison.Findings.Single(finding => finding.Id == "read-bytes").Verdict);
        Assert.Equal(0.001, comparison.Thresholds.SameBytesShare);
        Assert.Equal(Verdict.Same, Finding(Reads(200), Reads(201), "read-bytes").Verdict);
    }

    private static Finding Finding(TraceReport first, TraceReport other, string id) =>
        ReportComparison.Compare([first, other], new ComparisonOptions()).Findings.Single(finding => finding.Id == id);

    private static TraceReport WithTokens(TraceReport report, string name) => report with
    {
        Run = SampleReport.Full().Run! with
        {
            Tokens = [.. Enumerable.Range(0, 4).Select(i => new SpanUseReport { Name = name, Index = i, StartNs = i * 1000, EndNs = (i + 1) * 1000, ReadRequests = 1, ReadBytes = 4096, WriteRequests = 0, WriteBytes = 0 })],
        },
    };

    private static TraceReport WithFacts(TraceReport report, RunFacts facts) => report with { Run = SampleReport.Full().Run! with { Facts = facts } };

    private static TraceReport WithGpu(TraceReport report, double percent) => report with { Run = SampleReport.Full().Run! with { Gpu = SampleReport.Full().Run!.Gpu! with { MeanPercent = 50, TraceMeanPercent = percent } } };

    // A read each millisecond, 100 us long, but for one in fifty.
    private static TraceReport Reads(int requests, int passes = 1, long tailNs = 100_000)
    {
        var trace = new SyntheticTrace("reads");
        for (int i = 0; i < requests * passes; i++)
            trace.Add(new SyntheticRequest(1_000_000L * i, true, i % requests * 131_072L, 131_072, -1, i % 50 == 7 ? tailNs : 100_000));
        return trace.Report();
    }
}
