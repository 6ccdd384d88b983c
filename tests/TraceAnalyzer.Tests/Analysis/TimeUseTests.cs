using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Oracles;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>What a device's time went to. Against the plain pairing of whole captures: <see cref="PairingOracleTests"/>.</summary>
public class TimeUseTests
{
    private static readonly DeviceId s_device = DeviceId.Of(259, 0);

    [Fact]
    public void Time_is_divided_by_what_is_in_flight()
    {
        // In flight from 10 to 20, from 50 to 90, from 60 to 80: 30 of nothing, 30 of one, 20 of two.
        TimeUse use = Use(E('Q', 4, 0), E('D', 10, 0), E('C', 20, 0), E('D', 50, 8), E('D', 60, 16, "W"), E('C', 80, 16, "W"), E('C', 90, 8))!;

        Assert.Equal((80, 30, 30.0 / 80), (use.SpanNs, use.IdleNs, use.IdleShare!.Value));
        Assert.Equal([new DepthTime(1, 1, 30), new DepthTime(2, 2, 20)], use.Depths);
        Assert.Equal(70.0 / 50, use.MeanBusyDepth!.Value, 1e-12);
        Assert.Equal((1, 30, 30.0, 30.0, 30), (use.Gaps.Count, use.Gaps.TotalNs, use.Gaps.P50Ns, use.Gaps.P99Ns, use.Gaps.LongestNs));
        Assert.Equal(3 * 4096 / 50e-9, use.BusyBytesPerSecond!.Value, 1);
        Assert.Equal(3 / 50e-9, use.BusyIops!.Value, 1e-3);
        Assert.Equal(6.0 / 16, use.QueueShare!.Value, 1e-12);
    }

    [Fact]
    public void Depths_double()
    {
        var events = new List<BlockEvent>();
        for (int i = 0; i < 10; i++)
            events.Add(E('D', i * 100, (ulong)i * 8));
        for (int i = 0; i < 10; i++)
            events.Add(E('C', 1_000 + i, (ulong)i * 8));

        // Each depth from 1 to 9 for 100 ns on the way up and for 1 ns on the way down, and 10 for 100.
        TimeUse use = Use([.. events])!;
        Assert.Equal([new(1, 1, 101), new(2, 2, 101), new(3, 4, 202), new(5, 8, 404), new DepthTime(9, 16, 201)], use.Depths);
        Assert.Equal((0, 0L, 0L), (use.Gaps.Count, use.IdleNs, use.Gaps.LongestNs));
    }

    [Fact]
    public void On_a_bio_based_device_what_is_queued_is_in_flight()
    {
        TimeUse use = Use(E('Q', 10, 0), E('C', 20, 0), E('Q', 50, 8), E('C', 60, 8))!;
        Assert.Equal((50, 30, 1L), (use.SpanNs, use.IdleNs, use.Gaps.Count));
        Assert.Null(use.QueueShare);
    }

    [Fact]
    public void Of_what_a_filter_left_out_there_is_no_bandwidth()
    {
        BlockEvent[] events = [E('D', 10, 0), E('C', 20, 0), E('D', 50, 8, "W"), E('C', 60, 8, "W")];
        TimeUse use = Use(new AnalysisOptions { Filter = new EventFilter { Class = OperationClass.Read } }, events)!;
        Assert.Equal((50, 30), (use.SpanNs, use.IdleNs));
        Assert.Null(use.BusyBytesPerSecond);
        Assert.Null(use.BusyIops);
    }

    [Fact]
    public void Without_completions_nothing_is_said() => Assert.Null(Use(E('D', 10, 0), E('D', 20, 8)));

    [Fact]
    public void Requests_without_a_queueing_are_counted_where_queueings_are_recorded()
    {
        Assert.Equal(1, Report(new AnalysisOptions(), E('Q', 1, 0), E('D', 10, 0), E('C', 20, 0), E('D', 50, 8), E('C', 90, 8)).Read!.Latency!.RequestsWithoutQueue);
        Assert.Null(Report(new AnalysisOptions(), E('D', 10, 0), E('C', 20, 0)).Read!.Latency!.RequestsWithoutQueue);
    }

    private static TimeUse? Use(params BlockEvent[] events) => Use(new AnalysisOptions(), events);

    private static TimeUse? Use(AnalysisOptions options, params BlockEvent[] events) => Report(options, events).TimeUse;

    private static DeviceReport Report(AnalysisOptions options, params BlockEvent[] events)
    {
        using var reader = new EventListReader(events, 3);
        return TraceAnalysis.Run(reader, options).Devices.Single();
    }

    private static BlockEvent E(char action, long timeNs, ulong sector, string letters = "R")
    {
        Rwbs rwbs = Rwbs.Of(letters);
        return new BlockEvent
        {
            Action = BlockActions.FromLetters([(byte)action]),
            TimeNs = timeNs,
            Device = s_device,
            Sector = sector,
            Rwbs = rwbs,
            Class = rwbs.Class,
            LengthSectors = 8,
            LengthBytes = 4096,
        };
    }
}
