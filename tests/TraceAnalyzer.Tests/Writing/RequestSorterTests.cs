using TraceAnalyzer.Reading;
using TraceAnalyzer.Tests.Oracles;
using TraceAnalyzer.Writing;

namespace TraceAnalyzer.Tests.Writing;

/// <summary>The order of requests, and that it takes bounded memory.</summary>
public class RequestSorterTests
{
    [Fact]
    public void Requests_come_by_their_issue_whatever_their_end()
    {
        var random = new Random(5);
        var events = new List<BlockEvent>();
        for (int i = 0; i < 100_000; i++)
        {
            ulong sector = (ulong)i * 8;
            events.Add(Event(BlockAction.Issue, i * 100, sector));
            events.Add(Event(BlockAction.Complete, (i * 100) + random.Next(1, 3_000_000), sector));
        }

        List<IoRequest> requests = Convert([.. events.OrderBy(e => e.TimeNs)]);
        Assert.Equal(100_000, requests.Count);
        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => i * 100L), requests.Select(request => request.IssueTimeNs));
        Assert.All(requests, request => Assert.True(request.CompleteTimeNs > request.IssueTimeNs));
    }

    [Fact]
    public void A_completion_that_never_comes_does_not_hold_up_the_rest()
    {
        // The first request never completes; without giving it up, all two million others would wait for it in memory.
        const int Count = 2_000_000;
        var events = new BlockEvent[(2 * Count) + 1];
        events[0] = Event(BlockAction.Issue, 0, 1ul << 40);
        for (int i = 0; i < Count; i++)
        {
            events[1 + (2 * i)] = Event(BlockAction.Issue, 10 + (i * 10), (ulong)i * 8);
            events[2 + (2 * i)] = Event(BlockAction.Complete, 15 + (i * 10), (ulong)i * 8);
        }

        List<int> spans = [];
        long lastNs = long.MinValue;
        long total = 0;
        using var reader = new EventListReader(events, 4096);
        ConversionResult result = TraceConversion.Run(reader, OutputFormats.Find("csv")!, new WriteOptions(), _ => new Recorder(requests =>
        {
            spans.Add(requests.Length);
            total += requests.Length;
            foreach (IoRequest request in requests)
            {
                Assert.True(request.IssueTimeNs >= lastNs);
                lastNs = request.IssueTimeNs;
            }
        }), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(Count + 1, total);
        Assert.True(spans.Count > 2);
        Assert.Equal(1, result.Diagnostics[ReadCounter.UnmatchedIssues]);
    }

    [Fact]
    public void Bios_that_are_never_issued_nor_complete_are_requests()
    {
        List<IoRequest> requests = Convert([Event(BlockAction.Queue, 1, 8), Event(BlockAction.Queue, 2, 8), Event(BlockAction.Queue, 3, 16)]);

        Assert.Equal([1L, 2L, 3L], requests.Select(request => request.QueueTimeNs));
    }

    private static List<IoRequest> Convert(BlockEvent[] events)
    {
        var all = new List<IoRequest>();
        using var reader = new EventListReader(events, 1000);
        TraceConversion.Run(
            reader, OutputFormats.Find("csv")!, new WriteOptions(), _ => new Recorder(requests => all.AddRange(requests)), cancellation: TestContext.Current.CancellationToken);
        return all;
    }

    private static BlockEvent Event(BlockAction action, long timeNs, ulong sector) => new()
    {
        Action = action,
        TimeNs = timeNs,
        Sector = sector,
        LengthBytes = 4096,
        LengthSectors = 8,
        Rwbs = Rwbs.Of("R"),
        Class = OperationClass.Read,
        Device = DeviceId.Of(8, 0),
    };

    private sealed class Recorder(Action<IoRequest[]> record) : ITraceWriter
    {
        public void Write(ReadOnlySpan<BlockEvent> events, EventPayloads payloads) => Assert.Fail("requests were asked for");

        public void Write(ReadOnlySpan<IoRequest> requests) => record(requests.ToArray());

        public void Finish()
        {
        }

        public void Dispose()
        {
        }
    }
}
