using TraceAnalyzer.Requests;

namespace TraceAnalyzer.Tests.Requests;

/// <summary>The depth added up over time, against the overlaps of the intervals themselves.</summary>
public sealed class DepthIntegralTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_is_the_sum_of_the_overlaps_of_all_that_was_in_flight(int seed)
    {
        var random = new Random(seed);
        (long StartNs, long EndNs)[] flights = [.. Enumerable.Range(0, 500).Select(_ => random.NextInt64(0, 10_000_000)).Select(start => (start, start + random.NextInt64(1, 200_000)))];
        long[] bounds = [.. Enumerable.Range(0, 40).Select(_ => random.NextInt64(-1000, 11_000_000)).Append(flights[7].StartNs).Append(flights[9].EndNs).Distinct().Order()];
        var integral = new DepthIntegral(bounds);
        var clock = new DepthClock(0) { Integral = integral };
        foreach ((long timeNs, bool enters) in flights.SelectMany(flight => ((long, bool)[])[(flight.StartNs, true), (flight.EndNs, false)]).OrderBy(change => change.Item1).ThenByDescending(change => change.Item2))
        {
            if (enters)
                clock.Enter(timeNs);
            else
                clock.Leave(timeNs);
        }

        clock.Finish();

        foreach ((long from, long to) in bounds.Zip(bounds.Skip(1)))
            Assert.Equal(Overlaps(from, to), integral.Between(from, to)!.Value, 3);
        // Elsewhere it is linear within a column: no more than the column's depth off.
        Assert.InRange(integral.Between(123_457, 7_654_321)!.Value / Overlaps(123_457, 7_654_321), 0.99, 1.01);

        double Overlaps(long from, long to) => flights.Sum(flight => (double)Math.Max(0, Math.Min(flight.EndNs, to) - Math.Max(flight.StartNs, from)));
    }

    [Fact]
    public void Nothing_added_up_is_not_zero() => Assert.Null(new DepthIntegral([1, 2]).Between(1, 2));
}
