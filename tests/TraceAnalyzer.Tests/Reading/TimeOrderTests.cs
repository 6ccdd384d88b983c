using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Tests.Reading;

public class TimeOrderTests
{
    [Fact]
    public void Places_come_in_the_order_of_their_times_and_alike_ones_as_they_were_added()
    {
        var order = new TimeOrder();
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            long[] times = [.. Enumerable.Range(0, random.Next(200)).Select(_ => 1_000L + random.Next(1 + random.Next(500)))];
            order.Start(times.Length, 1_000);
            for (int i = 0; i < times.Length; i++)
            {
                // Some at once, some one by one.
                if (i % 50 == 0)
                    order.Reserve(50);
                order.Add(times[i], i);
            }

            Assert.True(order.TrySort());
            Assert.Equal(Enumerable.Range(0, times.Length).OrderBy(i => times[i]), Enumerable.Range(0, order.Count).Select(order.PlaceAt));
        }
    }

    // 20 bits of place leave 44 of time.
    [Theory]
    [InlineData(1_000L + (1L << 44) - 1, (1 << 20) - 1, true)]
    [InlineData(1_000L + (1L << 44), 5, false)]
    [InlineData(999L, 5, false)]
    [InlineData(1_000L, 1 << 20, false)]
    [InlineData(1_000L, int.MaxValue, false)]
    public void What_no_key_can_hold_is_not_sorted(long timeNs, int place, bool isSorted)
    {
        var order = new TimeOrder();
        order.Start((1 << 20) - 1, 1_000);
        order.Reserve(2);
        order.Add(1_000, 0);
        order.Add(timeNs, place);

        Assert.Equal(isSorted, order.TrySort());
        if (isSorted)
            Assert.Equal(place, order.PlaceAt(1));
    }
}
