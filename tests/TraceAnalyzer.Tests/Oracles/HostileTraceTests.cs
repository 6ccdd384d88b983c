using TraceAnalyzer.Analysis;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Blktrace;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>Values that no device has, or that few do: the report stays sane, survives JSON, and its figures draw or say why not.</summary>
public class HostileTraceTests
{
    private static readonly ulong[] s_sectors = [0, 1, 7, uint.MaxValue, 1ul << 32, (1ul << 54) - 1, 1ul << 54, (1ul << 54) + 1, 1ul << 63, ulong.MaxValue - 7, ulong.MaxValue];
    private static readonly uint[] s_lengths = [0, 1, 511, 512, 513, 4096, 131_072, uint.MaxValue - 511, uint.MaxValue];
    private static readonly long[] s_times = [0, 1, 1_000_000_000, 86_400_000_000_000, 31_536_000_000_000_000, 1L << 62, long.MaxValue - 1, long.MaxValue];
    private static readonly int[] s_pids = [0, 1, -1, int.MinValue, int.MaxValue];
    private static readonly ushort[] s_cpus = [0, 1, 65_534, 65_535];
    private static readonly string[] s_letters = ["R", "W", "RA", "WS", "DS", "FN", "N", "ZR", "ZA", "ABCDEFGH", "Z", "F"];

    [Theory]
    [InlineData("sectors")]
    [InlineData("lengths")]
    [InlineData("times")]
    [InlineData("processes")]
    [InlineData("letters")]
    [InlineData("everything")]
    public void A_trace_of_extreme_values_is_analysed_and_drawn(string what)
    {
        for (int seed = 0; seed < SlowTests.Seeds(2, 1); seed++)
        {
            BlockEvent[] events = Extreme(what, seed);
            foreach (AnalysisOptions options in (AnalysisOptions[])[new(), new() { BinWidthNs = 1 }, new() { CountedAction = BlockAction.Complete, Study = true }])
            {
                TraceReport report = Analyse(events, options);
                if (seed == 0 && options.BinWidthNs is null && !options.Study)
                    Draw(report);
            }
        }
    }

    [Fact]
    public void Extreme_values_of_records_are_read()
    {
        var bytes = new BlktraceBytes();
        var random = new Random(1);
        long[] times = [.. s_times, long.MinValue, -1];
        int impossible = 0;
        int nowhere = 0;
        for (int i = 0; i < 500; i++)
        {
            long timeNs = Of(times, random);
            ulong sector = Of(s_sectors, random);
            impossible += timeNs < 0 ? 1 : 0;
            nowhere += timeNs >= 0 && sector > BlockEvent.MaxSector ? 1 : 0;
            bytes.Event("QGDC"[i % 4], timeNs, sector, Of(s_lengths, random), (ulong)random.Next(1 << 16) & ~(ulong)BlktraceBytes.Notify, cpu: (uint)random.Next(), pid: (uint)random.Next(), device: (uint)random.Next(20));
        }

        using BlktraceReader reader = BlktraceReader.Open(TraceReading.Parts(bytes.ToArray()), new ReadOptions());
        TraceReport report = TraceAnalysis.Run(reader, new AnalysisOptions(), cancellation: TestContext.Current.CancellationToken);
        Check(report);
        Assert.Equal(500 - impossible - nowhere, report.Events);
        Assert.Equal(48 * impossible, report.Integrity.Single(counter => counter.Name == "skippedBytes").Count);
    }

    [Fact]
    public void A_thousand_devices_are_a_thousand_reports()
    {
        var random = new Random(2);
        BlockEvent[] events = [.. Enumerable.Range(0, 20_000).Select(i => Plain(i * 1000L, i % 2 == 0 ? BlockAction.Issue : BlockAction.Complete, (ulong)i / 2 * 8, 4096) with { Device = DeviceId.Of((uint)(i / 2 % 1000), (uint)random.Next(1)) })];
        TraceReport report = Analyse(events, new AnalysisOptions());
        Assert.Equal(1000, report.Devices.Length);
        Assert.All(report.Devices, device => Assert.Equal(10, device.Operations[0].Overview.Requests));
    }

    [Fact]
    public void A_hundred_thousand_sizes_are_all_counted()
    {
        BlockEvent[] events = [.. Enumerable.Range(0, 100_000).Select(i => Plain(i * 1000L, BlockAction.Issue, (ulong)i * 8, (uint)(i + 1) * 512))];
        TraceReport report = Analyse(events, new AnalysisOptions());
        OperationReport read = report.Devices[0].Operations.Single(operation => operation.Scope == OperationScope.Class);
        Assert.Equal(100_000, read.Sizes.Sizes.Length);
        Assert.All(read.Sizes.Sizes, size => Assert.Equal(1, size.Requests));
        Draw(report);
    }

    [Fact]
    public void A_clock_that_goes_back_by_years_loses_no_requests()
    {
        const long Year = 31_536_000_000_000_000;
        BlockEvent[] events = [.. Enumerable.Range(0, 3000).Select(i => Plain((10 * Year) - (i % 10 * Year) + i, BlockAction.Issue, (ulong)i * 8, 4096))];
        TraceReport report = Analyse(events, new AnalysisOptions());
        OverviewResult overview = report.Devices[0].Operations[0].Overview;
        Assert.Equal((3000L, 3000L * 4096), (overview.Requests, overview.Bytes));
        Assert.Equal(3000, report.Devices[0].Operations[0].Throughput.Requests.Sum());
    }

    private static BlockEvent[] Extreme(string what, int seed)
    {
        var random = new Random(seed);
        bool all = what == "everything";
        var events = new BlockEvent[300];
        for (int i = 0; i < events.Length; i++)
        {
            BlockEvent e = Plain(5_000_000_000 + (i * 1000L), (BlockAction)random.Next(BlockActions.Count), (ulong)random.Next(50) * 8, 4096);
            if (random.Next(3) > 0)
                e.Action = i % 3 == 0 ? BlockAction.Queue : i % 3 == 1 ? BlockAction.Issue : BlockAction.Complete;
            if (all || what == "sectors")
                (e.Sector, e.RelatedSector) = (Of(s_sectors, random), Of(s_sectors, random));
            if (all || what == "lengths")
                (e.LengthBytes, e.LengthSectors) = Of(s_lengths, random) is var length && random.Next(5) > 0 ? (length, length / 512) : (length, Of(s_lengths, random));
            if (all || what == "times")
                e.TimeNs = Of(s_times, random) is var time && random.Next(2) == 0 ? time : random.NextInt64();
            if (all || what == "processes")
                (e.Pid, e.Cpu, e.Error, e.Device) = (Of(s_pids, random), Of(s_cpus, random), (short)random.Next(), new DeviceId((uint)random.Next(2) * uint.MaxValue));
            if (all || what == "letters")
            {
                e.Rwbs = Rwbs.Of(Of(s_letters, random));
                e.Class = random.Next(3) == 0 ? (OperationClass)random.Next(5) : e.Rwbs.Class;
            }

            events[i] = e;
        }

        return events;
    }

    private static BlockEvent Plain(long timeNs, BlockAction action, ulong sector, uint bytes) => new()
    {
        TimeNs = timeNs,
        Action = action,
        Sector = sector,
        LengthBytes = bytes,
        LengthSectors = bytes / 512,
        Rwbs = Rwbs.Of("R"),
        Class = OperationClass.Read,
        Device = DeviceId.Of(259, 0),
        Pid = 1,
    };

    private static T Of<T>(T[] values, Random random) => values[random.Next(values.Length)];

    private static TraceReport Analyse(BlockEvent[] events, AnalysisOptions options)
    {
        TraceReport report = TraceAnalysis.Run(new EventListReader(events, 1000), options with { Workers = 2 });
        Check(report);
        // Events at impossible sectors are bad records.
        Assert.Equal(events.Length, report.Events + report.Integrity.Single(counter => counter.Name == "badRecords").Count);
        return report;
    }

    private static void Check(TraceReport report)
    {
        Assert.True(report.Time.WidthNs > 0 && report.Time.Count > 0);
        Assert.All(report.Integrity, counter => Assert.True(counter.Count >= 0, counter.Name));
        foreach (OperationReport operation in report.Devices.SelectMany(device => device.Operations))
        {
            OverviewResult overview = operation.Overview;
            Assert.Equal(overview.Requests, operation.Sizes.Sizes.Sum(size => size.Requests));
            Assert.InRange(operation.Throughput.Requests.Sum(), 0, overview.Requests);
            Assert.True(overview.DurationNs >= 0, $"duration {overview.DurationNs}");
            Assert.True(overview.FirstNs <= overview.LastNs);
            Assert.InRange(overview.MinSizeBytes, 0, overview.MaxSizeBytes);
            if (operation.SectorAccess is { } access)
            {
                Assert.True(access.TouchedSectors > 0 && access.AccessedSectors >= access.TouchedSectors);
                Assert.Equal(access.TouchedSectors, access.Distribution.Sum(entry => entry.Sectors));
                Assert.InRange(access.Gini, 0, 1);
            }

            foreach (LatencyStatistics? latency in (LatencyStatistics?[])[operation.Latency?.Q2D, operation.Latency?.D2C, operation.Latency?.Q2C])
            {
                if (latency is not null)
                    Assert.True(latency.MinNs >= 0 && latency.MeanNs >= latency.MinNs && latency.MeanNs <= latency.MaxNs, $"{latency.MinNs} {latency.MeanNs} {latency.MaxNs}");
            }
        }

        foreach (QueueDepthResult depth in report.Devices.Select(device => device.QueueDepth).OfType<QueueDepthResult>())
        {
            Assert.All(depth.Mean, mean => Assert.True(mean >= 0, $"mean depth {mean}"));
            Assert.All(depth.TimeAtDepthNs, ns => Assert.True(ns >= 0, $"time at depth {ns}"));
        }

        var first = new MemoryStream();
        ReportJson.Write(report, first);
        first.Position = 0;
        var second = new MemoryStream();
        ReportJson.Write(ReportJson.Read(first), second);
        Assert.Equal(first.ToArray(), second.ToArray());
    }

    private static void Draw(TraceReport report)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("traceanalyzer-hostile-");
        try
        {
            foreach (FigureFile figure in FigureWriter.WriteAll(report, folder.FullName, new FigureOptions { Dpi = FigureOptions.MinDpi }))
            {
                Assert.NotEqual(figure.FileName is null, figure.Reason is null);
                if (figure.FileName is not null)
                    Assert.True(new FileInfo(Path.Combine(folder.FullName, figure.FileName)).Length > 500);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
