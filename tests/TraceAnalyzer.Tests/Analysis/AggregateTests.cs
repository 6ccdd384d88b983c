using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Oracles;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>Devices added up. Against whole captures: <see cref="SeveralDiskOracleTests"/>.</summary>
public class AggregateTests
{
    private static readonly DeviceId s_array = DeviceId.Of(9, 0);

    [Fact]
    public void Devices_are_busy_together_while_any_is()
    {
        // 10 to 20 on one, 15 to 40 on the other, 60 to 90 on both: 30 + 30 of 80 busy; 10 + 30 and 25 + 30 each.
        TraceReport report = Report(E('D', 10, 0), E('D', 15, 1), E('C', 20, 0), E('C', 40, 1), E('D', 60, 0, 8), E('D', 60, 1, 8), E('C', 90, 0, 8), E('C', 90, 1, 8));
        AggregateReport all = report.Aggregate!;

        Assert.Equal(["8,0", "8,16"], all.Devices);
        Assert.Equal((80L, 20L), (all.Whole.TimeUse!.SpanNs, all.Whole.TimeUse.IdleNs));
        Assert.Equal([new DepthTime(1, 1, 25), new DepthTime(2, 2, 35)], all.Whole.TimeUse.Depths);
        Assert.Equal((2L, (40L + 55) / 80.0), (all.Whole.QueueDepth!.MaxDepth, all.Whole.QueueDepth.MeanDepth));
        Assert.Equal([40L, 55L], all.Balance.Parts.Select(part => part.BusyNs!.Value));
        Assert.Equal(95.0 / 60, all.Balance.BusyDevices!.Value, 1e-12);
        Assert.Equal((4L, 16_384L), (all.Whole.Transfers!.Overview.Requests, all.Whole.TransferredBytes));
        Assert.Equal(all.Whole.Limit, report.Limit);
    }

    // Most over mean of 3, 1 and 0 parts is 3 / (4/3); Gini of 0, 1, 3 is (|0-1| + |0-3| + |1-3|) * 2 / (2 * 3 * 4).
    [Fact]
    public void Balance_is_of_the_bytes()
    {
        DeviceBalance balance = Report(
            E('D', 1, 0), E('C', 2, 0), E('D', 3, 0), E('C', 4, 0), E('D', 5, 0), E('C', 6, 0), E('D', 7, 1), E('C', 8, 1), E('D', 9, 2, bytes: 512), E('C', 10, 2, bytes: 512)).Aggregate!.Balance;
        double mean = ((4 * 4096) + 512) / 3.0;

        Assert.Equal(3 * 4096 / mean, balance.MaxOverMean!.Value, 1e-12);
        double[] bytes = [512, 4096, 3 * 4096];
        Assert.Equal(bytes.SelectMany(one => bytes.Select(other => Math.Abs(one - other))).Sum() / (2 * 3 * 3 * mean), balance.Gini!.Value, 1e-12);
    }

    [Fact]
    public void A_remapped_request_counts_once()
    {
        // The array queues and completes; its members issue.
        TraceReport report = Report(
            E('Q', 1, s_array), Remap(2, 0), E('D', 3, 0), E('C', 9, 0), E('C', 10, s_array),
            E('Q', 21, s_array, 8), Remap(22, 1), E('D', 23, 1, 8), E('C', 29, 1, 8), E('C', 30, s_array, 8));

        Assert.Equal(["8,0", "8,16"], report.Aggregate!.Devices);
        Assert.Equal(8192, report.Aggregate.Whole.TransferredBytes);
        Assert.Equal(["9,0 is made of other devices, to which its requests go: its requests are not counted again."], report.Aggregate.LeftOut);
        Assert.Equal(2L * 6, report.Aggregate.Whole.QueueDepth!.BusyNs);
    }

    // Request-based device-mapper (multipath) issues too, before its requests are remapped.
    [Fact]
    public void A_device_that_issues_and_is_made_of_others_does_not_count()
    {
        TraceReport report = Report(
            E('D', 1, s_array), Remap(2, 0), E('D', 3, 0), E('C', 9, 0), E('C', 10, s_array),
            E('D', 21, s_array, 8), Remap(22, 1), E('D', 23, 1, 8), E('C', 29, 1, 8), E('C', 30, s_array, 8));

        Assert.Equal(8192, report.Aggregate!.Whole.TransferredBytes);
        Assert.Equal((26L, 14L), (report.Aggregate.Whole.TimeUse!.SpanNs, report.Aggregate.Whole.TimeUse.IdleNs));
    }

    [Fact]
    public void Where_a_device_turns_out_to_be_made_of_others_too_late_the_depth_is_not_known()
    {
        TraceReport report = Report(
            E('D', 1, s_array), E('D', 3, 0), E('D', 4, 1), E('C', 9, 0), E('C', 10, 1), E('C', 11, s_array), Remap(22, 0), E('D', 23, 0, 8), E('C', 24, 0, 8));

        Assert.Equal(["8,0", "8,16"], report.Aggregate!.Devices);
        Assert.Null(report.Aggregate.Whole.TimeUse);
        Assert.Equal("other devices than these issued requests too, or some of these never issue", report.Aggregate.WithoutDepth);
    }

    [Fact]
    public void One_device_has_no_sum()
    {
        Assert.Null(Report(E('D', 1, 0), E('C', 2, 0)).Aggregate);

        // Nor has one that does all but a trickle.
        BlockEvent[] busy = [.. Enumerable.Range(0, 20).SelectMany(i => (BlockEvent[])[E('D', 10 * i, 0, (ulong)i * 8), E('C', (10 * i) + 5, 0, (ulong)i * 8)])];
        Assert.Null(Report([.. busy, E('D', 300, 1), E('C', 301, 1)]).Aggregate);
    }

    [Fact]
    public void A_loop_device_beside_disks_does_not_count()
    {
        DeviceId loop = DeviceId.Of(7, 0);
        TraceReport report = Report(E('D', 1, loop), E('D', 2, 0), E('C', 3, 0), E('C', 4, loop), E('D', 5, 1), E('C', 6, 1));

        Assert.Equal(["8,0", "8,16"], report.Aggregate!.Devices);
        Assert.Contains("7,0 is a loop device", report.Aggregate.LeftOut.Single());
        Assert.Equal(["7,0", "7,1"], Report(E('D', 1, loop), E('C', 4, loop), E('D', 5, DeviceId.Of(7, 1)), E('C', 6, DeviceId.Of(7, 1))).Aggregate!.Devices);
    }

    // Against adding up all changes in the order of time.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_in_flight_is_what_counting_gives(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 60; round++)
        {
            int devices = random.Next(2, 6);
            var events = new List<BlockEvent>();
            for (int i = random.Next(20, 200); i > 0; i--)
            {
                int device = random.Next(devices);
                long issued = random.Next(2000) * 10L;
                events.Add(E('D', issued, device, (ulong)i * 8));
                events.Add(E('C', issued + 5 + (10 * random.Next(40)), device, (ulong)i * 8));
            }

            // Issues are at multiples of 10, completions between.
            BlockEvent[] sorted = [.. events.OrderBy(e => e.TimeNs)];
            TraceReport report = Report(sorted);
            if (report.Aggregate is not { } all)
                continue;
            var atDepth = new SortedDictionary<int, long>();
            for (int depth = 0, i = 0; i < sorted.Length - 1; i++)
            {
                depth += sorted[i].Action == BlockAction.Issue ? 1 : -1;
                atDepth[depth] = atDepth.GetValueOrDefault(depth) + sorted[i + 1].TimeNs - sorted[i].TimeNs;
            }

            Assert.Equal(atDepth.Where(depth => depth.Value > 0), all.Whole.QueueDepth!.TimeAtDepthNs.Select((ns, depth) => KeyValuePair.Create(depth, ns)).Where(depth => depth.Value > 0));
            Assert.Equal(sorted.Length / 2, all.Whole.QueueDepth.IssuedAtDepth.Sum());
            Assert.Equal(report.Devices.Sum(device => device.TransferredBytes), all.Whole.TransferredBytes);
            Assert.Equal(report.Devices.Select(device => device.Transfers!.Throughput.Bytes).Aggregate((one, other) => [.. one.Zip(other, (a, b) => a + b)]), all.Whole.Transfers!.Throughput.Bytes);
            Assert.Equal(report.Devices.Sum(device => device.Read!.Overview.FootprintBytes), all.Whole.Read!.Overview.FootprintBytes);
        }
    }

    // A bio of 8 KiB that is split in two, and one that is not.
    [Fact]
    public void An_array_traced_alone_is_counted_by_queueing()
    {
        TraceReport report = Report(
            E('Q', 10, s_array, bytes: 8192), E('X', 11, s_array, bytes: 8192) with { RelatedSector = 8 }, E('C', 20, s_array), E('C', 30, s_array, 8), E('Q', 50, s_array, 100), E('C', 60, s_array, 100));
        DeviceReport array = Assert.Single(report.Devices);

        Assert.Equal("queue", report.Settings.CountedAction);
        Assert.StartsWith("Nothing is issued (D) in the trace", Assert.Single(report.Notes));
        Assert.Equal((2L, 12_288L), (array.Read!.Overview.Requests, array.Read.Overview.Bytes));
        Assert.Equal((50L, 20L), (array.TimeUse!.SpanNs, array.TimeUse.IdleNs));
        Assert.Equal(3, array.Read.Latency!.Q2C!.Count);
        Assert.NotNull(report.Limit);
    }

    [Fact]
    public void One_issue_is_enough_to_count_issues()
    {
        BlockEvent[] array = [.. Enumerable.Range(0, 600).SelectMany(i => (BlockEvent[])[E('Q', 10 * i, s_array, (ulong)i * 8), E('C', (10 * i) + 5, s_array, (ulong)i * 8)])];
        TraceReport report = Report([.. array, E('D', 7000, 0), E('C', 7001, 0)]);

        Assert.Equal(("issue", 0), (report.Settings.CountedAction, report.Notes.Length));
        Assert.Equal(1, report.Devices.Sum(device => device.Transfers?.Overview.Requests ?? 0));
        // Of the array alone the filter lets nothing pass that was issued.
        using var reader = new EventListReader([.. array, E('D', 7000, 0), E('C', 7001, 0)], 3);
        TraceReport alone = TraceAnalysis.Run(reader, new AnalysisOptions { Workers = 2, Filter = new EventFilter { Device = s_array } }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(("queue", 600L), (alone.Settings.CountedAction, alone.BusiestDevice!.Transfers!.Overview.Requests));
    }

    // Without completions nothing tells an array from a trace of queueings alone, whose requests an option counts.
    [Fact]
    public void Queueings_alone_are_counted_by_option_only() => Assert.Equal("issue", Report(E('Q', 10, s_array), E('Q', 20, s_array, 8)).Settings.CountedAction);

    private static TraceReport Report(params BlockEvent[] events)
    {
        using var reader = new EventListReader(events, 3);
        return TraceAnalysis.Run(reader, new AnalysisOptions { Workers = 2 });
    }

    private static BlockEvent Remap(long timeNs, int device) => E('A', timeNs, device) with { RelatedDevice = s_array, RelatedSector = 0 };

    private static BlockEvent E(char action, long timeNs, int device, ulong sector = 0, uint bytes = 4096) => E(action, timeNs, DeviceId.Of(8, (uint)device * 16), sector, bytes);

    private static BlockEvent E(char action, long timeNs, DeviceId device, ulong sector = 0, uint bytes = 4096)
    {
        var rwbs = Rwbs.Of("R");
        return new BlockEvent
        {
            Action = BlockActions.FromLetters([(byte)action]),
            TimeNs = timeNs,
            Device = device,
            Sector = sector,
            Rwbs = rwbs,
            Class = rwbs.Class,
            LengthSectors = bytes / 512,
            LengthBytes = bytes,
        };
    }
}
