using TraceAnalyzer.Analysis;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Oracles;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Requests;

/// <summary>A request that is issued again is one request, two equal requests at once are two.</summary>
public class RequeueTests
{
    private static readonly DeviceId s_device = DeviceId.Of(259, 0);

    // perf record of dd bs=1M iflag=direct of 8 MiB on virtio-blk, whose queue was full again and again; issues and completions only.
    [Fact]
    public void Issues_after_a_full_queue_are_not_counted_again()
    {
        DeviceReport device = Analyze("virtio-dd.txt").Devices[0];

        OverviewResult read = Class(device, "read").Overview;
        Assert.Equal((16, 8 * 1024 * 1024, 8 * 1024 * 1024), (read.Requests, read.Bytes, read.FootprintBytes));
        Assert.Equal((1, 0), (Class(device, "read").SectorAccess!.MaxAccesses, Class(device, "read").SectorAccess!.Gini));
        Assert.Equal(16, Class(device, "read").Latency!.D2C!.Count);
        Assert.Equal(9, device.Reissues);
        Assert.Equal(2, device.QueueDepth!.MaxDepth);

        // Counted by hand: 6,288 us in flight in the 19,094 us from the first issue to the last completion. The clock starts with the first issue taken back or not.
        Assert.Equal(6_288_000.0 / 19_094_000, device.QueueDepth.MeanDepth, 1e-9);
    }

    [Theory]
    [InlineData("with-R.txt", 1 + 500)]
    [InlineData("without-R.txt", 500)]
    public void An_issue_is_counted_once_whether_or_not_the_requeue_was_recorded(string file, long firstInFlightUs)
    {
        DeviceReport device = Analyze(file).Devices[0];

        OperationReport read = Class(device, "read");
        Assert.Equal((2, 262_144), (read.Overview.Requests, read.Overview.Bytes));
        Assert.Equal((1, 0), (read.SectorAccess!.MaxAccesses, read.SectorAccess.Gini));
        Assert.Equal((2, 500_000, 500_000), (read.Latency!.D2C!.Count, read.Latency.D2C.MinNs, read.Latency.D2C.MaxNs));
        Assert.Equal((1L, 1), (device.Reissues, device.QueueDepth!.MaxDepth));
        Assert.Equal((firstInFlightUs + 500) * 1000, device.QueueDepth.TimeAtDepthNs[1]);
        Assert.Equal(1, device.Processes.Single(use => use.Name == "dd").Pid - 99);
        Assert.Equal(3, device.Actions.Single(action => action.Action == "issue").Count);
    }

    [Fact]
    public void The_study_counts_every_issue()
    {
        TraceReport report = Analyze("without-R.txt", "--study");
        Assert.Equal(2, Class(report.Devices[0], "read").Overview.Requests);
        Assert.Equal(3 * 131_072, report.Study!.ReadBytes.Sum());
        Assert.Equal(3, report.Study!.Operations.Single().Sizes.Sum(size => size.Requests));
    }

    [Fact]
    public void A_request_that_is_issued_three_times_is_one()
    {
        Outcome outcome = Run(E('D', 0), E('D', 10), E('D', 25), E('C', 30));
        Assert.Equal([(25L, 30L, 2)], outcome.Requests);
        Assert.Equal((1, 2, 0), (outcome.Counted, outcome.Reissues, outcome.Unmatched));
        Assert.Equal([25, 5], outcome.TimeAtDepthNs);
    }

    [Fact]
    public void Two_completions_are_of_two_requests()
    {
        Outcome outcome = Run(E('D', 0), E('D', 10), E('C', 30), E('C', 50));
        Assert.Equal([(0L, 30L, 0), (10, 50, 0)], outcome.Requests);
        Assert.Equal((2, 0, 0), (outcome.Counted, outcome.Reissues, outcome.Unmatched));
        Assert.Equal([0, 30, 20], outcome.TimeAtDepthNs);
        Assert.Equal([1u, 2u], outcome.Depths);
    }

    [Fact]
    public void Three_issues_and_two_completions_are_two_requests()
    {
        Outcome outcome = Run(E('D', 0), E('D', 10), E('D', 20), E('C', 30), E('C', 50));
        Assert.Equal([(10L, 30L, 1), (20, 50, 0)], outcome.Requests);
        Assert.Equal((2, 1, 0), (outcome.Counted, outcome.Reissues, outcome.Unmatched));
    }

    [Fact]
    public void Readers_that_keep_two_equal_requests_under_way_are_followed()
    {
        Outcome outcome = Run(E('D', 0), E('D', 10), E('C', 20), E('D', 21), E('C', 30), E('D', 31), E('C', 40), E('C', 50));
        Assert.Equal([(0L, 20L, 0), (10, 30, 0), (21, 40, 0), (31, 50, 0)], outcome.Requests);
        Assert.Equal((4, 0, 0), (outcome.Counted, outcome.Reissues, outcome.Unmatched));
        Assert.Equal([0, 22, 28], outcome.TimeAtDepthNs);
    }

    [Fact]
    public void The_next_issue_after_a_pause_is_another_request()
    {
        Outcome outcome = Run(E('D', 0), E('D', 10), E('C', 20), E('D', 100), E('C', 130), E('D', 400), E('D', 410), E('C', 430));
        Assert.Equal([(10L, 20L, 1), (100, 130, 0), (410, 430, 1)], outcome.Requests);
        Assert.Equal((3, 2, 0), (outcome.Counted, outcome.Reissues, outcome.Unmatched));
    }

    [Fact]
    public void With_a_bio_of_its_own_an_issue_is_another_request()
    {
        // The second never completes: without the queueing it would be the first, issued again.
        Outcome outcome = Run(E('Q', 0), E('D', 1), E('Q', 5), E('D', 6), E('C', 9));
        Assert.Equal([(1L, 9L, 0), (6, IoRequest.NoTime, 0)], outcome.Requests);
        Assert.Equal((2, 0, 1), (outcome.Counted, outcome.Reissues, outcome.Unmatched));

        outcome = Run(E('Q', 0), E('D', 1), E('D', 6), E('C', 9));
        Assert.Equal([(6L, 9L, 1)], outcome.Requests);
        Assert.Equal((1, 1, 0), (outcome.Counted, outcome.Reissues, outcome.Unmatched));
    }

    [Fact]
    public void Where_requeues_are_recorded_an_issue_without_one_is_another_request()
    {
        Outcome outcome = Run(E('D', -9, sector: 0), E('R', -8, sector: 0), E('D', -7, sector: 0), E('C', -6, sector: 0), E('D', 1), E('D', 6), E('C', 9));
        Assert.Equal([(-7L, -6L, 1), (1, 9, 0), (6, IoRequest.NoTime, 0)], outcome.Requests);
        Assert.Equal((3, 1, 1), (outcome.Counted, outcome.Reissues, outcome.Unmatched));
    }

    [Fact]
    public void Without_completions_every_issue_is_a_request()
    {
        Outcome outcome = Run([.. Enumerable.Range(0, 20_000).Select(i => E('D', i, sector: (ulong)(i % 97) * 8))]);
        Assert.Equal((20_000, 0, 0), (outcome.Counted, outcome.Reissues, outcome.Unmatched));
    }

    [Fact]
    public void Requests_of_other_sizes_at_the_same_place_are_others()
    {
        Outcome outcome = Run(E('D', 0), E('D', 1, sectors: 256), E('C', 9), E('C', 10, sectors: 256));
        Assert.Equal((2, 0, 0), (outcome.Counted, outcome.Reissues, outcome.Unmatched));
    }

    [Fact]
    public void What_was_merged_into_a_request_on_its_way_back_is_counted()
    {
        Outcome outcome = Run(E('D', 0), E('R', 1), E('D', 5, sectors: 24), E('C', 9, sectors: 24));
        Assert.Equal([(5L, 9L, 1)], outcome.Requests);
        Assert.Equal((24 * 512, 1), (outcome.CountedBytes, outcome.Reissues));
    }

    [Fact]
    public void A_completion_that_was_lost_does_not_make_the_next_pass_a_reissue()
    {
        const long Second = 1_000_000_000;
        Outcome outcome = Run(E('D', 0), E('D', 2 * Second), E('C', (2 * Second) + 100_000), E('D', 4 * Second), E('C', (4 * Second) + 100_000));
        Assert.Equal((3, 0, 1), (outcome.Counted, outcome.Reissues, outcome.Unmatched));
        Assert.Equal([100_000, 100_000], outcome.Requests.Where(request => request.Complete != IoRequest.NoTime).Select(request => request.Complete - request.Issue));
    }

    [Fact]
    public void Depth_of_others_is_right_in_either_case()
    {
        // Another request comes and goes between the two issues.
        Outcome outcome = Run(E('D', 0), E('D', 10, sector: 8), E('C', 20, sector: 8), E('D', 30), E('C', 40));
        Assert.Equal([20, 20], outcome.TimeAtDepthNs);
        Assert.Equal([0, 2], outcome.EnteredAtDepth);

        outcome = Run(E('D', 0), E('D', 10, sector: 8), E('C', 20, sector: 8), E('D', 30), E('C', 40), E('C', 50));
        Assert.Equal([0, 30, 20], outcome.TimeAtDepthNs);
        Assert.Equal([0, 1, 2], outcome.EnteredAtDepth);
    }

    // Requests of known lives, their events as a device gives them; of those that go back to the queue the R is recorded or not. No two equal requests at once.
    [Fact]
    public void Random_requeues_come_out_as_they_went_in()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            bool recordsRequeues = seed % 2 == 0;
            var events = new List<BlockEvent>();
            var expected = new List<(long, long, int)>();
            for (int sector = 0; sector < 60; sector++)
            {
                long now = random.Next(1000);
                for (int request = 0; request < 5; request++)
                {
                    int reissues = random.Next(3) == 0 ? random.Next(1, 4) : 0;
                    long issued = now;
                    for (int i = 0; i <= reissues; i++)
                    {
                        events.Add(E('D', issued = now, (ulong)sector * 8));
                        now += random.Next(1, 50);
                        if (i < reissues && recordsRequeues)
                            events.Add(E('R', now, (ulong)sector * 8));
                        now += random.Next(1, 50);
                    }

                    events.Add(E('C', now, (ulong)sector * 8));
                    expected.Add((issued, now, reissues));
                    now += 10_000;
                }
            }

            BlockEvent[] sorted = [.. events.OrderBy(e => e.TimeNs)];
            Outcome outcome = Run(sorted);
            Assert.Equal(expected.Order(), outcome.Requests.Order());
            Assert.Equal((300, expected.Sum(request => request.Item3), 0), (outcome.Counted, outcome.Reissues, outcome.Unmatched));
            if (!recordsRequeues)
                Assert.Equal(TimeAtDepth(expected), outcome.TimeAtDepthNs[1..]);
        }
    }

    [Fact]
    public void Cuts_and_workers_do_not_change_what_is_counted()
    {
        for (int seed = 0; seed < 4; seed++)
        {
            var random = new Random(seed);
            BlockEvent[] events = [.. Enumerable.Range(0, 3000).Select(i => E("DDDCCCQR"[random.Next(seed < 2 ? 6 : 8)], i * 100L, (ulong)random.Next(30) * 8) with { Sequence = (uint)i + 1 })];
            foreach (AnalysisOptions options in (AnalysisOptions[])[new(), new() { Study = true }])
            {
                byte[] whole = Json(new EventListReader(events, events.Length), options with { Workers = 1 });
                foreach (int workers in (int[])[1, 2, 4])
                    Assert.Equal(whole, Json(new EventListReader(events, [.. Enumerable.Range(0, 50).Select(_ => random.Next(1, 1 + random.Next(1, 200)))]), options with { Workers = workers }));
            }
        }
    }

    private static byte[] Json(EventListReader reader, AnalysisOptions options)
    {
        using var json = new MemoryStream();
        ReportJson.Write(TraceAnalysis.Run(reader, options, cancellation: TestContext.Current.CancellationToken), json);
        return json.ToArray();
    }

    private static long[] TimeAtDepth(List<(long Issue, long Complete, int Reissues)> requests)
    {
        var times = new SortedDictionary<int, long>();
        int depth = 0;
        long sinceNs = 0;
        foreach ((long timeNs, int change) in requests.SelectMany(request => ((long, int)[])[(request.Issue, 1), (request.Complete, -1)]).OrderBy(change => change.Item1))
        {
            times[depth] = times.GetValueOrDefault(depth) + timeNs - sinceNs;
            sinceNs = timeNs;
            depth += change;
        }

        return [.. times.Where(entry => entry.Key > 0).Select(entry => entry.Value)];
    }

    private static TraceReport Analyze(string file, params string[] options)
    {
        using var folder = new TemporaryFolder();
        return Tool.Analyze(folder["out"], 0, [Repository.Path("tests", "TraceAnalyzer.Tests", "Cases", "requeues", file), .. options]);
    }

    private static OperationReport Class(DeviceReport device, string @class) => device.Operations.Single(operation => operation.Scope == OperationScope.Class && operation.Name == @class);

    private static Outcome Run(params BlockEvent[] events)
    {
        var diagnostics = new ReadDiagnostics();
        var matcher = new RequestMatcher { OriginNs = events[0].TimeNs };
        var ended = new RequestBatch();
        matcher.Add(events, ended);
        matcher.Finish(ended, diagnostics);
        DeviceFlight flight = matcher.Devices[s_device];
        IoRequest[] requests = [.. ended.Requests.ToArray().OrderBy(request => request.IssueTimeNs)];
        Assert.Equal(ended.Withheld.Count, ended.Counting.Count(e => events.Contains(e)) + ended.Reissues.Count);
        return new Outcome(
            [.. requests.Select(request => (request.IssueTimeNs, request.CompleteTimeNs, (int)request.Reissues))],
            [.. requests.Select(request => request.QueueDepth)],
            events.Count(e => e.Action == BlockAction.Issue) - ended.Withheld.Count + ended.Counting.Count,
            events.Where((e, i) => e.Action == BlockAction.Issue && !ended.Withheld.Contains(i)).Concat(ended.Counting).Sum(e => e.LengthBytes),
            (int)flight.Reissues,
            (int)diagnostics[ReadCounter.UnmatchedIssues] + (int)diagnostics[ReadCounter.UnmatchedCompletions],
            flight.Issued.TimeAtDepthNs.ToArray(),
            flight.Issued.EnteredAtDepth.ToArray());
    }

    private static BlockEvent E(char action, long timeNs, ulong sector = 100, uint sectors = 8)
    {
        Rwbs letters = Rwbs.Of("R");
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

    private sealed record Outcome(
        (long Issue, long Complete, int Reissues)[] Requests, uint[] Depths, int Counted, long CountedBytes, int Reissues, int Unmatched, long[] TimeAtDepthNs, long[] EnteredAtDepth);
}
