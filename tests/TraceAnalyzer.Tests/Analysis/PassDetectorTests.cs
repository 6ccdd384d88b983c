using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>Passes in made-up traces.</summary>
public sealed class PassDetectorTests
{
    private const long MillisecondNs = 1_000_000;
    private const long PassNs = 1_000 * MillisecondNs;

    [Fact]
    public void Sweeps_over_the_same_data_are_passes() => Finds([.. Enumerable.Range(0, 5).SelectMany(pass => Sweep(pass, regions: 40))], [0, 1, 2, 3, 4]);

    [Fact]
    public void Sweeps_over_a_growing_prefix_are_passes() => Finds([.. Enumerable.Range(0, 20).SelectMany(pass => Sweep(pass, regions: 30 + pass))], [.. Enumerable.Range(0, 20)]);

    [Fact]
    public void A_tied_embedding_read_at_both_ends_does_not_make_passes_of_its_own() => Finds(
        [.. Enumerable.Range(0, 4).SelectMany(pass => Sweep(pass, regions: 90).Concat(Sweep(pass, regions: 10, offsetNs: PassNs * 40 / 100)))], [0, 1, 2, 3]);

    // The end of the last file and a part of an early one in one region.
    [Fact]
    public void A_region_of_the_beginning_that_ends_a_pass_does_not_begin_the_next() => Finds(
        [.. Enumerable.Range(0, 4).SelectMany(pass => Sweep(pass, regions: 40).Append(Io((pass * PassNs) + (PassNs * 70 / 100), 2)))], [0, 1, 2, 3]);

    [Fact]
    public void What_is_read_before_the_first_pass_belongs_to_none()
    {
        CountedIo[] stray = [Io(-5 * PassNs, 7_777), Io(-4 * PassNs, 3) with { LengthBytes = 4096, LengthSectors = 8 }];
        Finds([.. stray, .. Sweep(0, 40), .. Sweep(1, 40), .. Sweep(2, 40)], [0, 1, 2]);
    }

    [Fact]
    public void One_sweep_is_no_pass_at_all() => Assert.Empty(Detect([.. Sweep(0, 400)]).Passes);

    [Fact]
    public void Random_reads_are_no_passes()
    {
        var random = new Random(1);
        CountedIo[] ios = [.. Enumerable.Range(0, 3_000).Select(i => Io(i * MillisecondNs, (ulong)random.Next(500)))];

        Assert.InRange(Detect(ios).Score, 0, 0.7);
    }

    [Fact]
    public void What_is_read_after_the_last_pass_belongs_to_none()
    {
        CountedIo[] stray = [Io(4 * PassNs, 7_777), Io(5 * PassNs, 3) with { LengthBytes = 4096, LengthSectors = 8 }];
        DetectedPasses found = Detect([.. Sweep(0, 40), .. Sweep(1, 40), .. Sweep(2, 40), .. stray]);

        Assert.Equal((2 * PassNs) + (319 * MillisecondNs / 2) + 1, found.EndNs);
        Assert.All(found.Passes, pass => Assert.Equal((320, 320 * 131_072L, 0UL, 39UL), (pass.Requests, pass.Bytes, pass.FirstRegion, pass.LastRegion)));
    }

    // Some of what the passes read, and more that they do not.
    [Fact]
    public void A_load_that_runs_into_the_first_pass_makes_passes_less_certain()
    {
        IEnumerable<CountedIo> load = Sweep(0, 20, -PassNs / 2).Select(io => io with { Sector = io.Sector + (1_000UL << VisitAccumulator.FinestRegionShift) });
        DetectedPasses found = Detect([Io(-PassNs * 3 / 4, 0), .. load, .. Enumerable.Range(0, 6).SelectMany(pass => Sweep(pass, 40))]);

        Assert.Equal(6, found.Passes.Count);
        Assert.NotEqual(0, found.Passes[0].StartNs);
        Assert.InRange(found.Score, 0, 0.7);
        Assert.InRange(found.Confidence, 0, 0.5);
    }

    [Theory]
    [InlineData(new double[] { 1, 2, 3, 4 }, 1.0)]
    [InlineData(new double[] { 4, 3, 2, 1 }, -1.0)]
    [InlineData(new double[] { 5, 5, 5, 1 }, -0.7745966692414834)]
    [InlineData(new double[] { 2, 2, 2 }, null)]
    [InlineData(new double[] { 2 }, null)]
    public void Rank_correlation_with_the_position_is_Spearmans(double[] values, double? expected)
    {
        double? correlation = RankCorrelation.WithPosition(values);

        if (expected is { } number)
            Assert.Equal(number, correlation!.Value, 1e-12);
        else
            Assert.Null(correlation);
    }

    private static void Finds(CountedIo[] ios, int[] passes)
    {
        DetectedPasses found = Detect(ios);

        Assert.Equal(passes.Select(pass => pass * PassNs), found.Passes.Select(pass => pass.StartNs));
        Assert.InRange(found.Score, 0.9, 1);
    }

    private static DetectedPasses Detect(CountedIo[] ios)
    {
        var visits = new VisitAccumulator();
        visits.Add(ios);
        return PassDetector.Detect(visits.Visits());
    }

    private static IEnumerable<CountedIo> Sweep(int pass, int regions, long offsetNs = 0) =>
        Enumerable.Range(0, regions * 8).Select(i => Io((pass * PassNs) + offsetNs + (i * MillisecondNs / 2), (ulong)i / 8, (ulong)i % 8));

    private static CountedIo Io(long timeNs, ulong region, ulong part = 0) =>
        new(timeNs, (region << VisitAccumulator.FinestRegionShift) + (part * 256), 131_072, 256, 1, 0);
}
