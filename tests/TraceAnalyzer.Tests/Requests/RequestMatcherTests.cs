using TraceAnalyzer.Reading;
using TraceAnalyzer.Requests;

namespace TraceAnalyzer.Tests.Requests;

public class RequestMatcherTests
{
    private static readonly DeviceId s_device = DeviceId.Of(259, 0);

    [Fact]
    public void Queue_issue_and_completion_make_a_request()
    {
        IoRequest request = Assert.Single(Match(out ReadDiagnostics diagnostics, E('Q', 10, 100), E('D', 30, 100), E('C', 90, 100)));

        Assert.True(request.TryGetQ2D(out long q2d) && request.TryGetD2C(out long d2c) && request.TryGetQ2C(out long q2c) && (q2d, d2c, q2c) == (20, 60, 80));
        Assert.Equal(1u, request.QueueDepth);
        Assert.True(diagnostics.IsClean);
    }

    [Fact]
    public void Requests_at_one_sector_complete_first_in_first_out()
    {
        List<IoRequest> requests = Match(out _, E('D', 1, 100), E('D', 2, 100), E('D', 3, 100), E('C', 10, 100), E('C', 20, 100), E('C', 30, 100));
        Assert.Equal([(1L, 10L), (2, 20), (3, 30)], requests.Select(request => (request.IssueTimeNs, request.CompleteTimeNs)));
        Assert.Equal([1u, 2u, 3u], requests.Select(request => request.QueueDepth));
    }

    [Fact]
    public void Reads_and_writes_at_one_sector_are_kept_apart()
    {
        List<IoRequest> requests = Match(out _, E('D', 1, 100, "R"), E('D', 2, 100, "W"), E('C', 3, 100, "W"), E('C', 9, 100, "R"));
        Assert.Equal([("W", 3L), ("R", 9)], requests.Select(request => (request.Rwbs.ToString(), request.CompleteTimeNs)));
    }

    [Fact]
    public void The_parts_of_a_split_were_queued_when_the_whole_was()
    {
        List<IoRequest> requests = Match(
            out ReadDiagnostics diagnostics,
            E('Q', 1, 0, sectors: 24), X(2, 0, 8), X(3, 8, 16), E('D', 4, 0), E('D', 5, 8), E('D', 6, 16), E('C', 7, 8), E('C', 8, 0), E('C', 9, 16));
        Assert.All(requests, request => Assert.Equal(1, request.QueueTimeNs));
        Assert.True(diagnostics.IsClean);
    }

    // The kernel records the low 32 bits of the sector that the second part begins at.
    [Theory]
    [InlineData(0ul)]
    [InlineData(5_000_000_000ul)]
    [InlineData((1ul << 33) - 12)]
    public void Splits_beyond_2_TiB_are_followed(ulong start)
    {
        List<IoRequest> requests = Match(
            out ReadDiagnostics diagnostics,
            E('Q', 1, start, sectors: 24), X(2, start, (uint)(start + 8)), X(3, start + 8, (uint)(start + 16)),
            E('D', 4, start), E('D', 5, start + 8), E('D', 6, start + 16), E('C', 7, start + 8), E('C', 8, start), E('C', 9, start + 16));
        Assert.All(requests, request => Assert.Equal(1, request.QueueTimeNs));
        Assert.Equal(3, requests.Count);
        Assert.True(diagnostics.IsClean);
    }

    [Fact]
    public void A_split_does_not_lead_back_nor_farther_than_a_bio_reaches()
    {
        List<IoRequest> requests = Match(
            out _, E('Q', 1, 1 << 20, sectors: 24), X(2, 1 << 20, (1 << 20) - 8), X(3, 1 << 20, (1 << 20) + (1 << 23)), E('D', 4, (1 << 20) - 8), E('D', 5, (1 << 20) + (1 << 23)));
        Assert.All(requests, request => Assert.Equal(IoRequest.NoTime, request.QueueTimeNs));
    }

    [Fact]
    public void A_merged_bio_leaves_no_trace_that_a_later_request_could_take_for_its_own()
    {
        List<IoRequest> requests = Match(out _, E('Q', 1, 0), E('Q', 2, 8), E('M', 3, 8), E('D', 4, 0, sectors: 16), E('C', 5, 0, sectors: 16), E('D', 100, 8), E('C', 110, 8));
        Assert.Equal([1, IoRequest.NoTime], requests.Select(request => request.QueueTimeNs));
    }

    [Fact]
    public void A_requeued_request_goes_on_with_its_next_issue()
    {
        IoRequest request = Assert.Single(Match(out ReadDiagnostics diagnostics, E('Q', 1, 0), E('D', 2, 0), E('R', 3, 0), E('D', 4, 0), E('C', 9, 0)));
        Assert.Equal((false, 1, 1L, 4L, 9L), (request.Requeued, request.Reissues, request.QueueTimeNs, request.IssueTimeNs, request.CompleteTimeNs));
        Assert.True(diagnostics.IsClean);
    }

    [Fact]
    public void A_requeued_request_that_is_not_issued_again_is_no_loss()
    {
        List<IoRequest> requests = Match(out ReadDiagnostics diagnostics, E('D', 2, 0), E('R', 3, 0), E('D', 4, 8), E('C', 9, 8));
        Assert.Equal([(false, 8ul), (true, 0ul)], requests.Select(request => (request.Requeued, request.Sector)));
        Assert.True(diagnostics.IsClean);
    }

    [Fact]
    public void On_a_device_that_never_issues_completions_end_what_was_queued()
    {
        IoRequest request = Assert.Single(Match(out ReadDiagnostics diagnostics, E('Q', 1, 0), E('C', 5, 0)));
        Assert.Equal((1L, IoRequest.NoTime, 5L, 1u), (request.QueueTimeNs, request.IssueTimeNs, request.CompleteTimeNs, request.QueueDepth));
        Assert.True(diagnostics.IsClean);
    }

    [Fact]
    public void A_flush_matches_whatever_its_sector_and_a_second_completion_of_a_fua_write_is_none()
    {
        List<IoRequest> requests = Match(
            out ReadDiagnostics diagnostics,
            E('D', 1, 0, "FN", 0), E('C', 2, 77, "FN", 0), E('D', 3, 50, "WFSM"), E('C', 4, 50, "WFSM"), E('C', 5, 50, "WFSM", 0));
        Assert.Equal(2, requests.Count);
        Assert.True(diagnostics.IsClean);
    }

    [Fact]
    public void What_stays_unmatched_is_counted()
    {
        List<IoRequest> requests = Match(out ReadDiagnostics diagnostics, E('D', 1, 0), E('D', 2, 8), E('C', 3, 8), E('C', 4, 16));
        Assert.Equal((1L, 1L), (diagnostics[ReadCounter.UnmatchedIssues], diagnostics[ReadCounter.UnmatchedCompletions]));
        Assert.Equal(2, requests.Count);
    }

    [Fact]
    public void Without_any_completion_in_the_trace_nothing_is_missed_and_memory_is_bounded()
    {
        var events = new BlockEvent[(RequestMatcher.MaxUnderWay * 2) + 10];
        for (int i = 0; i < events.Length; i++)
            events[i] = E('D', i, (ulong)i * 8);

        List<IoRequest> requests = Match(out ReadDiagnostics diagnostics, events);

        Assert.InRange(requests.Count, 0, RequestMatcher.MaxUnderWay + 1);
        Assert.True(diagnostics.IsClean);
    }

    // Took 25 s while requests of one key stood one behind the other in the table.
    [Theory]
    [InlineData("R", 8u, true)]
    [InlineData("R", 8u, false)]
    [InlineData("FF", 0u, true)]
    [InlineData("FF", 0u, false)]
    public void Very_many_requests_at_one_place_come_out_in_their_order(string rwbs, uint sectors, bool complete)
    {
        const int Count = 100_000;

        // A trace that records completions and requeues, so that each issue is a request.
        var events = new List<BlockEvent> { E('R', -3, 1 << 20), E('D', -2, 1 << 20), E('C', -1, 1 << 20) };
        for (int i = 0; i < Count; i++)
            events.Add(E('D', i, 0, rwbs, sectors));
        for (int i = 0; i < Count && complete; i++)
            events.Add(E('C', Count + i, 0, rwbs, sectors));

        List<IoRequest> requests = Match(out ReadDiagnostics diagnostics, [.. events]);

        Assert.Equal(complete ? 0 : Count, diagnostics[ReadCounter.UnmatchedIssues]);
        Assert.Equal(Count + 1, requests.Count);
        for (int i = 0; i < Count; i++)
            Assert.Equal((i, complete ? Count + i : IoRequest.NoTime), (requests[i + 1].IssueTimeNs, requests[i + 1].CompleteTimeNs));
    }

    [Theory]
    [InlineData("R", 8u)]
    [InlineData("FF", 0u)]
    public void Very_many_issues_at_one_place_without_any_completion_are_requests(string rwbs, uint sectors)
    {
        BlockEvent[] events = [.. Enumerable.Range(0, 100_000).Select(i => E('D', i, 0, rwbs, sectors))];
        List<IoRequest> requests = Match(out ReadDiagnostics diagnostics, events);
        Assert.Equal(events.Select(e => e.TimeNs), requests.Select(request => request.IssueTimeNs));
        Assert.True(diagnostics.IsClean);
    }

    [Fact]
    public void Random_traffic_matches_as_a_plain_queue_for_each_key_does()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var queues = new Dictionary<(ulong, string), Queue<long>>();
            var expected = new List<(long, long)>();

            // A trace that records requeues, so that an issue without one before it is another request.
            var events = new List<BlockEvent> { E('R', -1, 1 << 30) };
            for (int t = 0; t < 5_000; t++)
            {
                (ulong Sector, string Rwbs) key = ((ulong)random.Next(40) * 256, random.Next(2) == 0 ? "R" : "W");
                Queue<long> queue = queues.TryGetValue(key, out Queue<long>? known) ? known : queues[key] = new();
                if (queue.Count > 0 && random.Next(2) == 0)
                {
                    expected.Add((queue.Dequeue(), t));
                    events.Add(E('C', t, key.Sector, key.Rwbs));
                }
                else
                {
                    queue.Enqueue(t);
                    events.Add(E('D', t, key.Sector, key.Rwbs));
                }
            }

            IEnumerable<IoRequest> completed = Match(out _, [.. events]).Where(request => request.CompleteTimeNs != IoRequest.NoTime);
            Assert.Equal(expected, completed.Select(request => (request.IssueTimeNs, request.CompleteTimeNs)));
        }
    }

    private static List<IoRequest> Match(out ReadDiagnostics diagnostics, params BlockEvent[] events)
    {
        diagnostics = new ReadDiagnostics();
        var matcher = new RequestMatcher();
        var ended = new RequestBatch();
        matcher.Add(events, ended);
        matcher.Finish(ended, diagnostics);
        return [.. ended.Requests];
    }

    private static BlockEvent E(char action, long timeNs, ulong sector, string rwbs = "R", uint sectors = 8)
    {
        Rwbs letters = Rwbs.Of(rwbs);
        return new BlockEvent
        {
            Action = BlockActions.FromLetters([(byte)action]),
            TimeNs = timeNs,
            Sector = sector,
            LengthSectors = sectors,
            LengthBytes = sectors * 512,
            Rwbs = letters,
            Class = letters.Class,
            Device = s_device,
        };
    }

    // As text has it, without a length.
    private static BlockEvent X(long timeNs, ulong sector, ulong newSector) => E('X', timeNs, sector, sectors: 0) with { RelatedSector = newSector };
}
