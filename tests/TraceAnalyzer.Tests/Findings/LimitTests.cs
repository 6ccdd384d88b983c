using TraceAnalyzer.Findings.Limits;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Findings;

/// <summary>Verdicts about limits on times with known parts: 10 s between the first and the last request.</summary>
public sealed class LimitTests
{
    private const long SecondNs = 1_000_000_000;
    private const long GiB = 1L << 30;

    private static TimeUse Use(double busySeconds, int depth, double? queueShare = null, double bytesPerSecond = GiB) => new()
    {
        SpanNs = 10 * SecondNs,
        IdleNs = (long)((10 - busySeconds) * SecondNs),
        IdleShare = (10 - busySeconds) / 10,
        Depths = [new DepthTime(depth, depth, (long)(busySeconds * SecondNs))],
        MeanBusyDepth = busySeconds > 0 ? depth : null,
        Gaps = new IdleGapResult { Count = 1, TotalNs = (long)((10 - busySeconds) * SecondNs), P50Ns = 0, P99Ns = 0, LongestNs = 0, RelativeError = 0 },
        BusyBytesPerSecond = bytesPerSecond,
        BusyIops = 1000,
        QueueShare = queueShare,
    };

    private static LimitFacts Facts(TimeUse? use, double? referenceGiBPerSecond = null) => new("8,0", use)
    {
        ReadBytes = use is null ? GiB : (long)(use.BusyBytesPerSecond!.Value * (use.SpanNs - use.IdleNs) / SecondNs),
        Stated = referenceGiBPerSecond is { } number ? new LimitReference("--roofline", number * GiB, null, IsLowerBound: false) : null,
    };

    [Theory]
    [InlineData(3.0, 1, null, null, LimitKind.Host)]
    [InlineData(4.0, 32, null, 1.0, LimitKind.Host)]
    [InlineData(5.0, 1, null, null, LimitKind.Mixed)]
    [InlineData(9.0, 32, null, 1.1, LimitKind.Device)]
    [InlineData(9.0, 1, null, 1.1, LimitKind.Device)]
    [InlineData(9.0, 1, null, 5.0, LimitKind.ShallowQueue)]
    [InlineData(9.0, 1, null, null, LimitKind.ShallowQueue)]
    [InlineData(9.0, 1, 0.7, null, LimitKind.Submission)]
    [InlineData(9.0, 1, 0.7, 5.0, LimitKind.Submission)]
    [InlineData(9.0, 32, 0.7, 5.0, LimitKind.NotAnswerable)]
    [InlineData(9.0, 32, null, null, LimitKind.NotAnswerable)]
    public void The_kind_follows_from_idle_time_depth_and_reference(double busySeconds, int depth, double? queueShare, double? reference, LimitKind expected)
    {
        LimitVerdict verdict = LimitRules.Of(Facts(Use(busySeconds, depth, queueShare), reference));

        Assert.Equal(expected, verdict.Kind);
        Assert.Equal(1, verdict.Shares.Sum(part => part.Share), 12);
    }

    // The best second of the trace is a lower bound: it can show that the device does more, never that it does not.
    [Fact]
    public void The_traces_own_best_second_never_makes_a_device_the_limit()
    {
        LimitFacts facts = Facts(Use(9, 32));

        Assert.Equal(LimitKind.NotAnswerable, LimitRules.Of(facts with { BestSecondBytesPerSecond = GiB }).Kind);
        LimitVerdict slower = LimitRules.Of(facts with { BestSecondBytesPerSecond = 4.0 * GiB });
        Assert.Equal(LimitKind.NotAnswerable, slower.Kind);
        Assert.Contains("25 % of what its best second shows", slower.Sentence, StringComparison.Ordinal);
    }

    // A stated read bandwidth decides although some is written, and never stands beside a sentence that says that nothing is stated.
    [Theory]
    [InlineData(0.05, "Latency limits", "19 % of what the device can do (--roofline)")]
    [InlineData(0.5, "Consistent with a latency limit", "which is not stated for all that was moved")]
    public void A_reference_for_reads_decides_where_little_is_written(double written, string begin, string contains)
    {
        LimitFacts facts = Facts(Use(9, 1), 5);
        long all = facts.ReadBytes;

        string sentence = LimitRules.Of(facts with { ReadBytes = (long)(all * (1 - written)), WriteBytes = (long)(all * written) }).Sentence;

        Assert.StartsWith(begin, sentence, StringComparison.Ordinal);
        Assert.Contains(contains, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("not stated (--roofline)", sentence, StringComparison.Ordinal);
    }

    // Measured: 1 GiB/s at 128 KiB and depth 1, 4 GiB/s at depth 32, so 2.8 GiB/s at depth 8, three of five octaves on.
    [Theory]
    [InlineData(1, 1.0, 128, LimitKind.ShallowQueue, "Latency limits")]
    [InlineData(32, 3.9, 128, LimitKind.Device, "The device limits")]
    [InlineData(8, 2.7, 128, LimitKind.ShallowQueue, "Latency limits")]
    [InlineData(8, 1.0, 128, LimitKind.NotAnswerable, "throttles")]
    [InlineData(64, 3.9, 128, LimitKind.NotAnswerable, "a bound on the wrong side")]
    [InlineData(1, 1.0, 1024, LimitKind.ShallowQueue, "Latency limits")]
    [InlineData(32, 3.9, 1024, LimitKind.NotAnswerable, "a bound on the wrong side")]
    [InlineData(32, 3.9, 4, LimitKind.Device, "The device limits")]
    [InlineData(1, 1.0, 4, LimitKind.ShallowQueue, "Consistent with a latency limit")]
    public void A_measured_surface_decides_at_the_runs_own_size_and_depth(int depth, double gibPerSecond, int sizeKiB, LimitKind expected, string words)
    {
        var surface = new ReferenceSurface([new DevicePoint("fio.json", false, 128 << 10, 1, GiB), new DevicePoint("fio.json", false, 128 << 10, 32, 4.0 * GiB)]);

        LimitVerdict verdict = LimitRules.Of(Facts(Use(9, depth, bytesPerSecond: gibPerSecond * GiB)) with { Surface = surface, ReadSizeBytes = sizeKiB << 10 });

        Assert.Equal(expected, verdict.Kind);
        Assert.Contains(words, verdict.Sentence, StringComparison.Ordinal);
        Assert.Contains("at 128 KiB and depth 32 fio measured 4 GiB/s", verdict.Reference!.Points, StringComparison.Ordinal);
        Assert.Contains("fio.json", verdict.Sentence, StringComparison.Ordinal);
    }

    // What is stated by hand counts before what was measured.
    [Fact]
    public void A_stated_reference_counts_before_a_surface()
    {
        var surface = new ReferenceSurface([new DevicePoint("fio.json", false, 128 << 10, 32, GiB)]);

        LimitVerdict verdict = LimitRules.Of(Facts(Use(9, 32), 5) with { Surface = surface, ReadSizeBytes = 128 << 10 });

        Assert.Equal("--roofline", verdict.Reference!.Source);
    }

    // More than the device can do says that what is stated is wrong, and must be seen.
    [Fact]
    public void A_device_that_does_more_than_is_stated_shows_it() =>
        Assert.Contains("200 % of what the device can do (--roofline)", LimitRules.Of(Facts(Use(9, 32), 0.5)).Sentence, StringComparison.Ordinal);

    [Fact]
    public void Bounds_are_closed_forms()
    {
        LimitVerdict verdict = LimitRules.Of(Facts(Use(8, 1), 2) with { Tokens = (1e9, 0.25e9) });

        // 8 GiB take at least 4 s at 2 GiB/s, whatever the depth or the size.
        Assert.Equal(["run", "token", "run", "run"], verdict.Bounds.Select(bound => bound.Unit));
        double[] expected = [5, 4, 10 / 6.0, 10 / 6.0];
        Assert.All(verdict.Bounds.Zip(expected), pair => Assert.Equal(pair.Second, pair.First.Speedup, 9));
        LimitVerdict unknown = LimitRules.Of(Facts(Use(8, 1)));
        Assert.Equal(10 / (2 + (8 / 32.0)), unknown.Bounds.Single(bound => bound.Change == "with 32 in flight while busy").Speedup, 9);
        Assert.Equal(10 / 6.0, unknown.Bounds.Single(bound => bound.Change == "with requests twice as large").Speedup, 9);
    }

    [Fact]
    public void Without_completions_there_is_no_verdict()
    {
        LimitVerdict verdict = LimitRules.Of(Facts(null));

        Assert.Equal(LimitKind.NotAnswerable, verdict.Kind);
        Assert.Contains("no completions", verdict.Sentence, StringComparison.Ordinal);
        Assert.Empty(verdict.Bounds);
    }

    [Fact]
    public void Several_devices_have_a_verdict_each_and_the_run_none()
    {
        LimitVerdict one = LimitRules.Of(Facts(Use(3, 1)));

        LimitVerdict verdict = LimitRules.OfSeveral([one, one with { Scope = "8,16" }]);

        Assert.Equal(LimitKind.NotAnswerable, verdict.Kind);
        Assert.Contains("8,0 (host- or compute-bound), 8,16 (host- or compute-bound)", verdict.Sentence, StringComparison.Ordinal);
    }
}
