using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>The order of a batch's events, against a stable sort of the standard library.</summary>
public sealed class EventBatchTests
{
    [Theory]
    [InlineData(1, 50, 1_000_000)]
    [InlineData(2, 300, 1_000_000)]
    [InlineData(16, 700, 1_000_000_000)]
    [InlineData(16, 40, 30)]
    [InlineData(7, 3000, 500)]
    [InlineData(5, 100, long.MaxValue)]
    public void Sorts_as_blkparse_does_and_keeps_the_order_of_what_is_alike(int runs, int events, long spanNs)
    {
        var random = new Random(runs + events);
        var batch = new EventBatch();
        for (int run = 0; run < runs; run++)
        {
            foreach (long timeNs in Enumerable.Range(0, events).Select(_ => random.NextInt64(spanNs)).Order())
            {
                ref BlockEvent e = ref batch.Append();
                e.TimeNs = timeNs;
                e.Device = DeviceId.Of(259, (uint)random.Next(2));
                e.Sequence = (uint)random.Next(3);
                e.Sector = (ulong)batch.Count;
            }
        }

        BlockEvent[] expected = [.. batch.Events.ToArray().OrderBy(e => e.TimeNs).ThenBy(e => e.Device).ThenBy(e => e.Sequence)];
        batch.SortByTime();

        Assert.Equal(expected.Select(e => e.Sector), batch.Events.ToArray().Select(e => e.Sector));
    }

    [Fact]
    public void Counts_what_was_older_than_the_event_before_it()
    {
        var batch = new EventBatch();
        foreach (long timeNs in (long[])[5, 6, 2, 3, 3, long.MinValue, 9])
            batch.Append().TimeNs = timeNs;

        batch.SortByTime();

        Assert.Equal(2, batch.Descents);
        Assert.Equal(5, batch.FirstReadNs);
        Assert.Equal(9, batch.LastReadNs);
        Assert.Equal([long.MinValue, 2, 3, 3, 5, 6, 9], batch.Events.ToArray().Select(e => e.TimeNs));
    }
}
