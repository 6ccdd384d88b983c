using TraceAnalyzer.Comparison;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Figures;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Comparison;

public sealed class ReportComparisonTests
{
    [Fact]
    public void A_run_against_itself_has_no_difference()
    {
        TraceReport report = SyntheticReports.KvOffload();
        ComparisonReport comparison = Compare(report, report);

        Finding finding = Assert.Single(comparison.Findings);
        Assert.Equal(("identical", Verdict.Same), (finding.Id, finding.Verdict));
        Assert.All(comparison.Metrics.Where(metric => metric.Runs[1].Value is not null), metric =>
        {
            Assert.Equal(0, metric.Runs[1].Difference);
            Assert.Equal("equal", metric.Runs[1].Direction);
            Assert.True(metric.Runs[1].Ratio is null or 1);
        });
        Assert.All(comparison.Distributions, distribution => Assert.Equal(new DistributionDistances(0, 0, 0), distribution.Runs[1]));
        Assert.Equal(6, comparison.Distributions.Length);
        Assert.Equal(["flexgen-kv-offload-opt-6.7b", "flexgen-kv-offload-opt-6.7b (2)"], comparison.Runs.Select(run => run.Label));
        Assert.DoesNotContain(comparison.Settings, setting => setting.Differs);
    }

    [Fact]
    public void One_request_more_is_no_longer_identical_but_still_no_difference_that_counts()
    {
        ComparisonReport comparison = Compare(Steady(1000, 131_072), Steady(1001, 131_072));
        Assert.DoesNotContain(comparison.Findings, finding => finding.Id == "identical");
        // A single pass is uniform whatever it reads.
        Assert.All(comparison.Findings, finding => Assert.Equal(finding.Id == "read-uniformity" ? Verdict.NotAnswerable : Verdict.Same, finding.Verdict));
        Assert.Equal("about equal", Metric(comparison, MetricClass.Read, "requests").Runs[1].Direction);
    }

    [Theory]
    [InlineData(1019, Verdict.Same)]
    [InlineData(1030, Verdict.Different)]
    [InlineData(970, Verdict.Different)]
    public void Bytes_differ_from_two_percent_on(int requests, Verdict verdict) =>
        Assert.Equal(verdict, Finding(Compare(Steady(1000, 131_072), Steady(requests, 131_072)), "read-bytes").Verdict);

    [Fact]
    public void Numbers_stand_beside_each_other_with_difference_ratio_and_direction()
    {
        ComparisonReport comparison = Compare(Steady(1000, 131_072), Steady(500, 65_536));

        Assert.Equal(new MetricValue(500 * 65_536, 500 * 65_536 - 131_072_000, 0.25, "fewer"), Metric(comparison, MetricClass.Read, "bytes").Runs[1]);
        Assert.Equal(new MetricValue(131_072_000, null, null, null), Metric(comparison, MetricClass.Read, "bytes").Runs[0]);
        Assert.Equal("lower", Metric(comparison, MetricClass.Transfers, "meanBandwidth").Runs[1].Direction);
        Assert.Equal(MetricPreference.Neither, Metric(comparison, MetricClass.Transfers, "meanBandwidth").Preference);
        DistributionDistances sizes = comparison.Distributions.Single(distribution => distribution.Name == "requestSize").Runs[1]!;
        Assert.Equal(new DistributionDistances(1, 65_536, 1), sizes);
        Assert.Equal(Verdict.Different, Finding(comparison, "read-size").Verdict);
    }

    [Fact]
    public void Writes_that_only_one_run_has_are_found_and_negligible_ones_are_not()
    {
        ComparisonReport comparison = Compare(SyntheticReports.ModelOffload(), SyntheticReports.KvOffload());
        Assert.Equal(Verdict.Different, Finding(comparison, "write-bytes").Verdict);
        Assert.DoesNotContain(comparison.Findings, finding => finding.Id == "write-uniformity");
        MetricValue writes = Metric(comparison, MetricClass.Write, "bytes").Runs[1];
        Assert.Null(writes.Ratio);
        Assert.True(writes.Difference > 0);
        Assert.Null(Metric(comparison, MetricClass.Write, "meanBandwidth").Runs[0].Value);
    }

    [Fact]
    public void Bandwidth_keeps_every_byte_on_both_axes()
    {
        TraceReport[] reports = [SyntheticReports.KvOffload(), SyntheticReports.ModelOffload(), Steady(7, 4096)];
        ComparisonReport comparison = ReportComparison.Compare(reports, new ComparisonOptions());
        Assert.Equal(["Read Time", "Read Share", "Write Time", "Write Share"], comparison.Bandwidth.Select(bandwidth => $"{bandwidth.Class} {bandwidth.Alignment}"));
        foreach (AlignedBandwidth bandwidth in comparison.Bandwidth)
        {
            for (int run = 0; run < reports.Length; run++)
            {
                double bytes = bandwidth.BytesPerSecond[run].Sum() * bandwidth.BinWidthNs[run] / 1e9;
                double expected = Metric(comparison, bandwidth.Class == OperationClass.Read ? MetricClass.Read : MetricClass.Write, "bytes").Runs[run].Value!.Value;
                Assert.Equal(expected, bytes, expected * 1e-9);
            }
        }
    }

    [Fact]
    public void A_steady_stream_has_a_steady_bandwidth_by_share_of_the_run()
    {
        ComparisonReport comparison = Compare(Steady(100_000, 4096), Steady(50_000, 4096));
        AlignedBandwidth share = comparison.Bandwidth.Single(bandwidth => bandwidth.Alignment == RunAlignment.Share);
        const double Expected = 4096 / 1e-3;
        Assert.All(share.BytesPerSecond, rates => Assert.All(rates, rate => Assert.InRange(rate / Expected, 0.95, 1.05)));
        AlignedBandwidth time = comparison.Bandwidth.Single(bandwidth => bandwidth.Alignment == RunAlignment.Time);
        Assert.Equal(time.BinWidthNs[0], time.BinWidthNs[1]);
        Assert.InRange(time.BytesPerSecond[1].Length / (double)time.BytesPerSecond[0].Length, 0.49, 0.51);
    }

    [Fact]
    public void The_busiest_device_is_compared_unless_one_is_named()
    {
        TraceReport report = SyntheticReports.TwoDevices();
        ComparisonReport busiest = Compare(report, report);
        Assert.Equal("253,0", busiest.Runs[0].Device);
        Assert.Equal(["259,1", "7,1"], busiest.Runs[0].OtherDevices);
        Assert.Equal("259,1", ReportComparison.Compare([report, report], new ComparisonOptions { Device = "259,1" }).Runs[0].Device);

        TraceException missing = Assert.Throws<TraceException>(() => ReportComparison.Compare([report, report], new ComparisonOptions { Device = "8,1" }));
        Assert.Contains("has no device 8,1; it has 253,0; 259,1; 7,1", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_counted_otherwise_is_a_caution()
    {
        TraceReport report = Steady(1000, 4096);
        TraceReport other = report with { Settings = new ReportSettings("queue", ["from 1 s"], false) };
        ComparisonReport comparison = Compare(report, other);
        Assert.Equal(["counted-action", "filters"], comparison.Findings.Where(finding => finding.Verdict == Verdict.Caution).Select(finding => finding.Id));
        Assert.Equal(["counted action", "filters"], comparison.Settings.Where(setting => setting.Differs).Select(setting => setting.Name));
    }

    [Fact]
    public void A_run_without_requests_is_a_caution()
    {
        Finding finding = Assert.Single(Compare(SyntheticReports.All["empty"](), Steady(10, 4096)).Findings);
        Assert.Equal(("nothing-counted", Verdict.Caution), (finding.Id, finding.Verdict));
    }

    [Fact]
    public void Every_synthetic_report_compares_with_every_other()
    {
        TraceReport[] all = [.. SyntheticReports.All.Values.Select(make => make())];
        foreach (TraceReport first in all)
        {
            ComparisonReport comparison = ReportComparison.Compare([first, .. all.Take(11)], new ComparisonOptions());
            Assert.Equal(12, comparison.Runs.Length);
            Assert.DoesNotContain("NaN", ComparisonFiles.Json(comparison), StringComparison.Ordinal);
            Assert.NotEmpty(ComparisonFiles.Console(comparison));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    public void Two_to_twelve_runs_can_be_compared(int count) =>
        Assert.Throws<ArgumentException>(() => ReportComparison.Compare([.. Enumerable.Repeat(SyntheticReports.OneRequest(), count)], new ComparisonOptions()));

    [Fact]
    public void All_text_is_the_same_in_every_culture()
    {
        ComparisonReport comparison = Compare(SyntheticReports.KvOffload(), SyntheticReports.ModelOffload());
        Assert.Equal(ComparisonFiles.All(comparison), Culture.InGerman(() => ComparisonFiles.All(Compare(SyntheticReports.KvOffload(), SyntheticReports.ModelOffload()))));
    }

    [Fact]
    public void Hostile_names_stay_on_their_line()
    {
        TraceReport report = Steady(10, 4096);
        report = report with { Source = report.Source with { Name = SampleReport.HostileName } };
        string text = ComparisonFiles.Console(Compare(report, Steady(99, 4096)));
        Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.DoesNotContain('\t', line));
    }

    private static ComparisonReport Compare(TraceReport first, TraceReport other) => ReportComparison.Compare([first, other], new ComparisonOptions());

    private static Finding Finding(ComparisonReport comparison, string name) => comparison.Findings.Single(finding => finding.Id == name);

    private static ComparedMetric Metric(ComparisonReport comparison, MetricClass @class, string name) =>
        comparison.Metrics.Single(metric => metric.Class == @class && metric.Name == name);

    // A read each millisecond, one behind the other, 100 us long.
    private static TraceReport Steady(int requests, long sizeBytes)
    {
        var trace = new SyntheticTrace("steady");
        for (int i = 0; i < requests; i++)
            trace.Add(new SyntheticRequest(1_000_000L * i, true, i * sizeBytes, sizeBytes, -1, 100_000));
        return trace.Report();
    }
}
