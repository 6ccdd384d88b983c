using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Oracles;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>What an analysis keeps and reports is bounded whatever there is without number in the trace, and what was kept does not depend on workers.</summary>
public class BoundedAnalysisTests
{
    private const long SecondNs = 1_000_000_000;

    [Fact]
    public void A_far_off_time_widens_the_bins_of_many_devices()
    {
        string trace = Repository.Path("tests", "TraceAnalyzer.Tests", "Cases", "bins-times-devices", "dev10.bin");
        TraceReport report = TraceFiles.Analyse(new AnalysisOptions { BinWidthNs = 1_000_000 }, trace);
        long cells = report.Devices.Sum(device => device.Operations.Sum(operation => operation.Throughput.Requests.Length + operation.Throughput.Bytes.Length));
        Assert.InRange(cells, 1, 1 << 20);

        // 3,900.001 s in 500 ms; 200 ms would be 19,501 bins of 60 series.
        Assert.Equal(500_000_000, report.Time.WidthNs);
        Assert.Equal("Bins of 1 ms would be 3,900,001 in each series; bins of series over time are 500 ms wide, so that the report stays small.", Assert.Single(report.Notes));
        Assert.All(report.Devices.SelectMany(device => device.Operations), operation => Assert.Equal(operation.Overview.Requests, operation.Throughput.Requests.Sum()));
        Assert.Equal(0, report.Integrity.Single(counter => counter.Name == "timesOutOfRange").Count);
    }

    [Fact]
    public void Bins_that_fit_keep_their_width()
    {
        TraceReport report = Analyse(Reads(100, i => new() { TimeNs = i * SecondNs }), new AnalysisOptions { BinWidthNs = 1_000_000 });
        Assert.Equal(1_000_000, report.Time.WidthNs);
        Assert.Empty(report.Notes);
    }

    [Fact]
    public void The_studys_seconds_stay_seconds_however_far_they_reach()
    {
        // Two bursts 20 days apart, which would be 1,728,001 values.
        const long Days20 = 20 * 86_400;
        TraceReport report = Analyse(Reads(2000, i => new() { TimeNs = (i / 1000 * Days20 * SecondNs) + (i % 1000 * 1_000_000L), Sector = (ulong)i * 8 }), new AnalysisOptions { Study = true });
        Assert.Equal([0, Days20], report.Study!.Seconds!);
        Assert.Equal([4_096_000, 4_096_000], report.Study.ReadBytes);
        Assert.Equal(2000, report.Devices[0].Operations[0].Throughput.Requests.Sum());
        Assert.InRange(report.Time.Count, 1, 1 << 20);
    }

    [Fact]
    public void A_device_that_did_little_takes_little()
    {
        const int Devices = 10_000;
        BlockEvent[] events = Reads(Devices * 3, i => new() { TimeNs = i * 100_000L, Device = DeviceId.Of(259, (uint)(i * 7919L % Devices)), Sector = (ulong)i * 1_000_003 % (1ul << 32), LengthSectors = 256 });
        var options = new AnalysisOptions { Workers = 1 };
        var clock = AnalysisClock.For(0, options);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var accumulators = new TraceAccumulators(options);
        foreach (BlockEvent[] chunk in events.Chunk(5000))
            accumulators.Add(chunk, clock, null, 0);
        double each = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Devices;
        TestContext.Current.SendDiagnosticMessage($"{each:F0} bytes a device");
        Assert.InRange(each, 1, 4_000);
        Assert.Equal(Devices, accumulators.Devices.Count());
        Assert.Equal(Devices * 3, accumulators.Operations.Sum(operation => operation.Operation.Requests));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Operations_beyond_what_is_told_apart_are_counted_together(int workers)
    {
        // 2,000 strings of four letters, a few hundred of which are reads by their first letter, and R, the shortest.
        TraceReport report = Analyse(Reads(4001, i => new() { TimeNs = i, Rwbs = i == 4000 ? Rwbs.Of("R") : Letters(i % 2000) }), new AnalysisOptions { Workers = workers }, chunk: 97);
        OperationReport[] strings = [.. report.Devices[0].Operations.Where(operation => operation.Scope == OperationScope.Rwbs)];
        Assert.Equal(4001, strings.Sum(operation => operation.Overview.Requests));
        Assert.Equal(TraceAccumulators.MaxOperations, strings.Count(operation => operation.Name != "others"));
        Assert.Contains(strings, operation => operation.Name == "R");

        // R and the first 255 in the order of class and letters stay.
        string[] first = [.. Enumerable.Range(0, 2000).Select(Letters).OrderBy(rwbs => rwbs.Class).ThenBy(rwbs => rwbs).Select(rwbs => rwbs.ToString()).Take(TraceAccumulators.MaxOperations - 1)];
        Assert.Equal(first.Append("R").Order(StringComparer.Ordinal), strings.Where(operation => operation.Name != "others").Select(operation => operation.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Sizes_beyond_what_is_told_apart_become_ranges_and_sums_stay_exact()
    {
        CountedIo[] ios = [.. Enumerable.Range(1, 1000).Select(i => new CountedIo(i, 0, (uint)(i * 13 % 1009 * 3), 8, 0, 0))];
        var sizes = new RequestSizeAccumulator(maxSizes: 100);
        sizes.Add(ios);
        RequestSizeResult result = sizes.ToResult();
        Assert.Equal(32, result.RangeBytes);
        Assert.Equal(ios.GroupBy(io => (long)io.LengthBytes / 32 * 32).OrderBy(group => group.Key).Select(group => new SizeCount(group.Key, group.Count())), result.Sizes);
        Assert.Equal((1000, ios.Sum(io => (long)io.LengthBytes), ios.Min(io => io.LengthBytes), ios.Max(io => io.LengthBytes)), (sizes.Requests, sizes.Bytes, sizes.Min, sizes.Max));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Processes_beyond_what_is_told_apart_are_counted_together(int parts)
    {
        const int Pids = 400_000;
        UseAccumulator[] uses = [.. Enumerable.Range(0, parts).Select(_ => new UseAccumulator())];
        for (int i = 0; i < Pids; i += 1000)
            uses[i / 1000 % parts].Add([.. Enumerable.Range(i, 1000).Select(n => new CountedIo(n, 0, 512, 1, (int)(n * 104_729L % Pids), 0))]);
        foreach (UseAccumulator other in uses[1..])
            uses[0].Merge(other);
        Assert.Equal(Enumerable.Range(0, UseAccumulator.MaxKeys), uses[0].ByPid.Select(pid => pid.Pid));
        Assert.Equal((Pids - UseAccumulator.MaxKeys, 512L * (Pids - UseAccumulator.MaxKeys)), (uses[0].OtherPids.Requests, uses[0].OtherPids.Bytes));
    }

    [Fact]
    public void A_report_lists_so_many_processes_and_counts_the_rest()
    {
        const int Pids = 70_000;
        TraceReport report = Analyse(Reads(Pids, i => new() { TimeNs = i, Pid = i + 1, Sector = (ulong)i * 8 }), new AnalysisOptions());
        DeviceReport device = report.Devices[0];
        Assert.Equal(1 << 16, device.Processes.Length);
        Assert.Equal(new OtherProcesses(Pids - (1 << 16), Pids - (1 << 16), 4096L * (Pids - (1 << 16)), 0, 0, 0), device.OtherProcesses);
    }

    private static Rwbs Letters(int i) => Rwbs.Of(string.Concat((char)('A' + (i % 26)), (char)('A' + (i / 26 % 26)), (char)('A' + (i / 676 % 26)), 'Q'));

    private static TraceReport Analyse(BlockEvent[] events, AnalysisOptions options, int chunk = 1000)
    {
        using var reader = new EventListReader(events, chunk);
        return TraceAnalysis.Run(reader, options);
    }

    private static BlockEvent[] Reads(int count, Func<int, BlockEvent> of) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            BlockEvent e = of(i);
            e.Action = BlockAction.Issue;
            e.LengthSectors = e.LengthSectors == 0 ? 8 : e.LengthSectors;
            e.LengthBytes = e.LengthSectors * 512;
            e.Rwbs = e.Rwbs == default ? Rwbs.Of("R") : e.Rwbs;
            e.Class = e.Rwbs.Class;
            e.Device = e.Device == default ? DeviceId.Of(259, 0) : e.Device;
            return e;
        }),
    ];
}
