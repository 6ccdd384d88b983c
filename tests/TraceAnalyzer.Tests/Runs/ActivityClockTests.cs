using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs.Gpu;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>GPU log and trace are joined by what both show, or not at all. The truth is the anchors of the captures, which are taken away.</summary>
[Trait("Kind", "capture")]
public sealed class ActivityClockTests
{
    [Theory]
    [InlineData("flexgen/kv-offload-omp1")]
    [InlineData("deepspeed/deepspeed-model-fullmask")]
    public void Without_anchors_the_offset_is_found_within_the_stated_uncertainty(string capture)
    {
        RunClock truth = RunAnalysis.Of(RunCaptures.Repository(capture)).Run!.Clock!;
        RunReport run = RunAnalysis.Of(WithoutAnchors(capture)).Run!;
        RunClock found = run.Clock!;

        Assert.StartsWith("activity of GPU and reads", found.Anchor, StringComparison.Ordinal);
        Assert.InRange(found.Correlation!.Value, 0.85, 1);
        Assert.InRange(found.UncertaintyNs!.Value, 200_000_000, 1_000_000_000);
        Assert.InRange(Math.Abs(found.OffsetNs - truth.OffsetNs), 0, found.UncertaintyNs.Value);
        Assert.NotNull(run.Gpu!.Shares);
    }

    [Fact]
    public void A_run_that_looks_alike_at_many_offsets_is_not_joined_and_that_is_said()
    {
        RunReport run = RunAnalysis.Of(WithoutAnchors("flexgen/model-offload-b1-omp1")).Run!;

        Assert.Null(run.Clock);
        Assert.Null(run.Gpu!.Shares);
        Assert.Contains(run.NotAnswerable, line => line.Contains("rise and fall alike at many offsets", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void An_irregular_run_is_found_to_a_sampling_period(int seed)
    {
        (GpuLog log, ThroughputAccumulator read, long lastNs, long shiftNs) = Run(seed, _ => true);

        ActivityAlignment found = ActivityAlignment.Find(log.Together, read, 0, lastNs)!;

        Assert.True(found.IsClear);
        Assert.InRange(found.ShiftNs - shiftNs, -found.UncertaintyNs, found.UncertaintyNs);
        Assert.InRange(found.UncertaintyNs, 200_000_000, 600_000_000);
    }

    [Fact]
    public void A_periodic_run_and_an_idle_GPU_are_not_clear()
    {
        (GpuLog periodic, ThroughputAccumulator read, long lastNs, _) = Run(4, second => second % 4 < 2);

        Assert.False(ActivityAlignment.Find(periodic.Together, read, 0, lastNs)!.IsClear);
        GpuSample[] idle = [.. periodic.Together.Select(sample => sample with { UtilizationPercent = 0 })];
        Assert.Null(ActivityAlignment.Find(idle, read, 0, lastNs));
        Assert.Null(ActivityAlignment.Find([], read, 0, lastNs));
    }

    [Fact]
    public void Tokens_of_a_log_without_times_are_placed_by_the_passes()
    {
        const string Capture = "deepspeed/deepspeed-model-fullmask";
        RunReport run = RunAnalysis.Of(WithoutAnchors(Capture)).Run!;
        SpanUseReport[] truth = RunAnalysis.Of(RunCaptures.Repository(Capture)).Run!.Tokens;

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
    }

    // Minutes that begin and end at odd seconds, with a GPU that works where is read, sampled every 200 ms.
    private static (GpuLog Log, ThroughputAccumulator Read, long LastNs, long ShiftNs) Run(int seed, Func<int, bool> inPeriod)
    {
        const int Seconds = 60;
        var random = new Random(seed);
        bool[] reads = [.. Enumerable.Range(0, Seconds).Select(second => inPeriod(second) && (seed == 4 || random.Next(2) == 0))];
        var read = new ThroughputAccumulator(TimeScale.Decimal(0, 8192));
        read.Add([.. Enumerable.Range(0, Seconds * 100).Where(i => reads[i / 100]).Select(i => new CountedIo(i * 10_000_000L, 0, 131_072, 256, 1, 0))]);
        long shiftNs = 1_700_000_000_000_000_000 + random.Next(1_000_000_000);
        shiftNs -= shiftNs % 100;
        GpuSample[] samples =
        [
            .. Enumerable.Range(-40, (Seconds * 5) + 80).Select(i => new GpuSample(
                DateTime.UnixEpoch.AddTicks((shiftNs + (i * 200_000_000L)) / 100),
                i > 0 && i <= Seconds * 5 && reads[(i - 1) / 5] ? 5 + random.Next(5) : 0)),
        ];
        return (new GpuLog([new GpuSeries(null, samples)], 0), read, (Seconds * 1_000_000_000L) - 1, shiftNs);
    }

    private static string WithoutAnchors(string capture) => RunCaptures.Without(RunCaptures.Repository(capture), "run.json", "tokens.csv", "layers.csv");
}
