using TraceAnalyzer.Requests;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>What was in flight when, in few intervals.</summary>
public sealed class BusyIntervalsTests
{
    [Fact]
    public void Few_intervals_are_kept_as_they_are()
    {
        var intervals = new BusyIntervals();
        intervals.Add(10, 20);
        intervals.Add(20, 25);
        intervals.Add(26, 30);

        Assert.Equal([(10L, 25L), (26L, 30L)], intervals.All);
        Assert.Equal(0, intervals.JoinedGapNs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Of_many_those_within_the_stated_gap_are_one_and_no_others(int seed)
    {
        var random = new Random(seed);
        var all = new List<(long FromNs, long ToNs)>();
        var intervals = new BusyIntervals();
        long atNs = 0;
        for (int i = 0; i < 50_000; i++)
        {
            long fromNs = atNs + 1 + (long)Math.Exp(random.NextDouble() * 16);
            atNs = fromNs + 1 + random.Next(1000);
            all.Add((fromNs, atNs));
            intervals.Add(fromNs, atNs);
        }

        var joined = new List<(long FromNs, long ToNs)> { all[0] };
        foreach ((long fromNs, long toNs) in all.Skip(1))
        {
            if (fromNs - joined[^1].ToNs <= intervals.JoinedGapNs)
                joined[^1] = (joined[^1].FromNs, toNs);
            else
                joined.Add((fromNs, toNs));
        }

        Assert.InRange(joined.Count, 2, BusyIntervals.Most);
        Assert.NotEqual(0, intervals.JoinedGapNs);
        Assert.Equal(joined, intervals.All);
    }
}
