using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Tests.Statistics;

public sealed class DistributionDistanceTests
{
    [Fact]
    public void A_distribution_has_no_distance_to_itself_whatever_its_scale()
    {
        WeightedValue[] one = [new(1, 3), new(4, 1), new(9, 2)];
        WeightedValue[] twice = [new(1, 6), new(4, 2), new(9, 4)];
        Assert.Equal(0, DistributionDistance.KolmogorovSmirnov(one, twice));
        Assert.Equal(0, DistributionDistance.EarthMover(one, twice));
    }

    [Fact]
    public void Two_points_are_apart_by_their_difference()
    {
        WeightedValue[] left = [new(3, 10)];
        WeightedValue[] right = [new(10.5, 1)];
        Assert.Equal(1, DistributionDistance.KolmogorovSmirnov(left, right));
        Assert.Equal(7.5, DistributionDistance.EarthMover(left, right));
        Assert.Equal(7.5, DistributionDistance.EarthMover(right, left));
    }

    [Fact]
    public void A_shift_moves_everything_by_it()
    {
        WeightedValue[] uniform = [.. Enumerable.Range(0, 100).Select(i => new WeightedValue(i, 1))];
        WeightedValue[] shifted = [.. uniform.Select(entry => entry with { Value = entry.Value + 25 })];
        Assert.Equal(0.25, DistributionDistance.KolmogorovSmirnov(uniform, shifted), 12);
        Assert.Equal(25, DistributionDistance.EarthMover(uniform, shifted), 10);
    }

    [Fact]
    public void A_part_that_moves_counts_by_its_share()
    {
        // A tenth of the requests become four times as large: two octaves for a tenth.
        WeightedValue[] left = [new(128 * 1024, 10)];
        WeightedValue[] right = [new(128 * 1024, 9), new(512 * 1024, 1)];
        Assert.Equal(0.1, DistributionDistance.KolmogorovSmirnov(left, right), 12);
        Assert.Equal(384 * 1024 * 0.1, DistributionDistance.EarthMover(left, right), 6);
        Assert.Equal(0.2, DistributionDistance.EarthMover(DistributionDistance.InOctaves(left), DistributionDistance.InOctaves(right)), 12);
    }

    [Fact]
    public void Both_agree_with_the_plain_ways()
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            double[] left = Samples(random, 1 + random.Next(12));
            double[] right = Samples(random, 1 + random.Next(12));

            // Each sample as often as the other side has samples: then they pair up in order.
            double[] leftRepeated = [.. left.SelectMany(value => Enumerable.Repeat(value, right.Length)).Order()];
            double[] rightRepeated = [.. right.SelectMany(value => Enumerable.Repeat(value, left.Length)).Order()];
            double moved = leftRepeated.Zip(rightRepeated, (a, b) => Math.Abs(a - b)).Average();
            double greatest = left.Concat(right).Max(value => Math.Abs((left.Count(a => a <= value) / (double)left.Length) - (right.Count(b => b <= value) / (double)right.Length)));

            Assert.Equal(moved, DistributionDistance.EarthMover(Weighted(left), Weighted(right)), 9);
            Assert.Equal(greatest, DistributionDistance.KolmogorovSmirnov(Weighted(left), Weighted(right)), 9);
        }
    }

    [Fact]
    public void What_has_no_weight_or_order_is_refused()
    {
        WeightedValue[] some = [new(1, 1)];
        Assert.Throws<ArgumentException>(() => DistributionDistance.EarthMover(some, []));
        Assert.Throws<ArgumentException>(() => DistributionDistance.KolmogorovSmirnov([new(1, 0)], some));
        Assert.Throws<ArgumentException>(() => DistributionDistance.EarthMover([new(2, 1), new(1, 1)], some));
    }

    private static double[] Samples(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (double)random.Next(20))];

    private static WeightedValue[] Weighted(double[] samples) =>
        [.. samples.GroupBy(value => value).OrderBy(group => group.Key).Select(group => new WeightedValue(group.Key, group.Count()))];
}
