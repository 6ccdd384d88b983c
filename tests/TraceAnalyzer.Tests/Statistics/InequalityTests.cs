using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Tests.Statistics;

public class InequalityTests
{
    [Fact]
    public void Equal_counts_have_a_gini_of_zero()
    {
        LorenzPoint[] lorenz = Inequality.Lorenz([new AccessCount(7, 1000)]);
        Assert.Equal(0, Inequality.Gini(lorenz), 12);
        Assert.Equal([0.01, 0.1, 0.2, 0.5], Inequality.HotShares(lorenz).Select(share => Math.Round(share.AccessShare, 12)));
    }

    [Fact]
    public void Gini_is_the_mean_absolute_difference_over_twice_the_mean()
    {
        var random = new Random(3);
        long[] counts = [.. Enumerable.Range(0, 300).Select(_ => (long)random.Next(1, 40))];
        AccessCount[] distribution = [.. counts.GroupBy(count => count).OrderBy(group => group.Key).Select(group => new AccessCount(group.Key, group.Count()))];
        double differences = 0;
        foreach (long a in counts)
        {
            foreach (long b in counts)
                differences += Math.Abs(a - b);
        }

        double expected = differences / (2.0 * counts.Length * counts.Sum());
        Assert.Equal(expected, Inequality.Gini(Inequality.Lorenz(distribution)), 12);
    }

    [Fact]
    public void The_hottest_tenth_gets_what_it_gets()
    {
        // 90 sectors read once, 10 read 9 times: 90 + 90 accesses.
        LorenzPoint[] lorenz = Inequality.Lorenz([new AccessCount(1, 90), new AccessCount(9, 10)]);
        Assert.Equal(0.5, Inequality.HotShares(lorenz).Single(share => share.HottestSectorShare == 0.1).AccessShare, 12);
    }
}
