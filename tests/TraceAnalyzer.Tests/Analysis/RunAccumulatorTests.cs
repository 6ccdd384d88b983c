using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>What is accumulated of runs, on inputs small enough to check by hand.</summary>
public sealed class RunAccumulatorTests
{
    [Fact]
    public void An_event_belongs_to_the_span_it_falls_into()
    {
        var spans = new TimeSpans([new NamedSpan("b", 1, 20, 30), new NamedSpan("a", 0, 0, 25), new NamedSpan("empty", 2, 40, 40)]);

        Assert.Equal(["a", "b"], spans.All.Select(span => span.Name));
        Assert.Equal([2, 0, 0, 1, 1, 2], ((long[])[-1, 0, 19, 20, 29, 30]).Select(time => spans.Find(time, hint: 0)));
        Assert.Equal([2, 0, 0, 1, 1, 2], ((long[])[-1, 0, 19, 20, 29, 30]).Select(time => spans.Find(time, hint: 1)));
    }

    [Fact]
    public void A_request_over_two_files_and_a_hole_counts_for_each()
    {
        // Sectors 0 to 7 of file k, 8 to 11 a hole, 12 on file w; rows of k are of 2 sectors.
        var map = new TensorMap(
            new ExtentMap([new FileExtent("k", 0, 100, 8, ""), new FileExtent("w", 0, 112, 8, "")]),
            new TensorCatalogue([new TensorEntry("k", "k", 3, TensorRole.KeyCache, [4, 512], "float16"), new TensorEntry("w", "w", null, TensorRole.Weight, [], null)]));
        var tensors = new TensorAccumulator(map, TimeScale.Doubling(0, 16));
        tensors.Add([new CountedIo(0, 105, 12 * 512, 12, 1, 0)]);

        Assert.Equal((4, 4), (map.Layers, map.Rows));
        Assert.Equal([3 * 512, 5 * 512, 4 * 512], tensors.Bytes);
        Assert.Equal([1, 1, 1], tensors.Requests);
        Assert.Equal([0, 0, 512, 1024], tensors.RowBytes);
        Assert.Equal(3 * 512, tensors.LayerCells[3][0]);
    }

    [Theory]
    [InlineData(int.MaxValue, 8L)]
    [InlineData(-3, -8L)]
    [InlineData(0, long.MaxValue)]
    public void Numbers_that_no_model_has_do_no_harm(int layer, long rows)
    {
        var map = new TensorMap(
            new ExtentMap([new FileExtent("k", -5_000, 100, 8, "")]),
            new TensorCatalogue([new TensorEntry("k", "k", layer, TensorRole.KeyCache, [rows, 1], "float16")]));
        var tensors = new TensorAccumulator(map, TimeScale.Doubling(0, 16));
        tensors.Add([new CountedIo(0, 100, 4096, 8, 1, 0)]);

        Assert.Equal(4096, tensors.Bytes[0]);
        Assert.InRange(map.Rows, 0, TensorMap.MaxRows);
        Assert.InRange(map.Layers, 0, TensorMap.MaxLayers);
    }

    // The plain way: what each pair of an interval and a span has in common.
    [Fact]
    public void Busy_time_between_times_named_before_is_exact()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            long[] bounds = [.. Enumerable.Range(0, 2 * random.Next(1, 80)).Select(_ => 1_000 + random.NextInt64(1L << random.Next(8, 38))).Distinct().Order()];
            long[] exact = [.. Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(3) == 0 ? bounds[random.Next(bounds.Length)] : 500 + random.NextInt64(1L << random.Next(8, 39))).Distinct().Order()];
            var busy = new BusyTimeline(originNs: 1_000, exact);
            var intervals = new List<(long From, long To)>();
            for (int i = 0; i + 1 < bounds.Length; i += random.Next(1, 3))
            {
                intervals.Add((bounds[i], bounds[i + 1]));
                busy.Add(bounds[i], bounds[i + 1]);
            }

            foreach (long from in exact)
            {
                foreach (long to in exact.Where(to => to >= from))
                    Assert.Equal(intervals.Sum(interval => Math.Max(0, Math.Min(interval.To, to) - Math.Max(interval.From, from))), busy.BusyNs(from, to));
            }

            Assert.Equal(intervals.Sum(interval => interval.To - interval.From), busy.BusyNs(0, long.MaxValue / 2));
        }
    }

    [Fact]
    public void Busy_time_is_exact_at_the_bins_and_grows_with_them()
    {
        var busy = new BusyTimeline(originNs: 1_000, exactNs: []);
        busy.Add(1_000, 1_500);
        busy.Add(2_000, 4_000);
        busy.Add(1_000_000_000, 1_000_700_000);

        Assert.Equal(702_500, busy.BusyNs(0, long.MaxValue / 2), 1e-3);
        Assert.Equal(2_500, busy.BusyNs(0, 500_000_000), 1e-3);
        Assert.Equal(0, busy.BusyNs(500_000_000, 600_000_000), 1e-3);
        Assert.InRange(busy.WidthNs, 1, 65_536);
    }
}
