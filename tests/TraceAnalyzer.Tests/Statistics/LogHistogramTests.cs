using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Tests.Statistics;

public class LogHistogramTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    public void Buckets_are_contiguous_ordered_and_as_narrow_as_stated(int precisionBits)
    {
        long previous = -1;
        for (int bucket = 0; bucket < 40 << precisionBits; bucket++)
        {
            long greatest = LogHistogram.GreatestOf(bucket, precisionBits);
            long least = previous + 1;
            Assert.Equal(bucket, LogHistogram.BucketOf(least, precisionBits));
            Assert.Equal(bucket, LogHistogram.BucketOf(greatest, precisionBits));
            Assert.True((greatest - least) / 2.0 <= LogHistogram.RelativeErrorOf(precisionBits) * Math.Max(1, least));
            previous = greatest;
        }
    }

    [Fact]
    public void Quantiles_are_within_the_stated_error_of_the_exact_ones()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            long[] values = [.. Enumerable.Range(0, 5_000).Select(_ => (long)Math.Exp(random.NextDouble() * 25))];
            var histogram = new LogHistogram(7);
            foreach (long value in values)
                histogram.Add(value);
            Array.Sort(values);
            foreach (double q in (double[])[0, 0.001, 0.5, 0.9, 0.99, 0.999, 1])
            {
                double exact = values[Math.Clamp((int)Math.Ceiling(q * values.Length) - 1, 0, values.Length - 1)];
                Assert.InRange(histogram.Quantile(q), (exact * (1 - histogram.RelativeError)) - 0.5, (exact * (1 + histogram.RelativeError)) + 0.5);
            }

            Assert.Equal((values[0], values[^1], values.Average(), 5_000L), (histogram.Min, histogram.Max, histogram.Mean, histogram.Count));
        }
    }
}
