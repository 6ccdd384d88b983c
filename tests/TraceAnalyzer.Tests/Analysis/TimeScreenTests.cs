using System.Globalization;
using System.Text;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>Events whose time cannot be right are counted, and do not stretch the time axis.</summary>
public sealed class TimeScreenTests
{
    private const long SecondNs = 1_000_000_000;
    private const long HourNs = 3600 * SecondNs;
    private const long YearNs = 366 * 24 * HourNs;
    private const long UptimeNs = 380_374 * SecondNs;

    [Theory]
    [InlineData(10, 0L, 0)]
    [InlineData(100, 0L, 0)]
    [InlineData(100, 0L, 50)]
    [InlineData(100, 0L, 100)]
    [InlineData(100, 40 * YearNs, 0)]
    [InlineData(100, 40 * YearNs, 100)]
    [InlineData(100, long.MaxValue, 50)]
    [InlineData(20_000, 0L, 0)]
    [InlineData(20_000, 0L, 20_000)]
    [InlineData(20_000, 40 * YearNs, 0)]
    [InlineData(20_000, 40 * YearNs, 12_345)]
    [InlineData(20_000, UptimeNs + (5 * HourNs), 20_000)]
    [InlineData(20_000, UptimeNs - (5 * HourNs), 7)]
    public void One_event_far_off_everything_else_is_counted_and_off_the_axis(int count, long oddNs, int place)
    {
        List<long> timesNs = Bulk(count);
        timesNs.Insert(place, oddNs);
        TraceReport report = Analyze(timesNs);
        Assert.Equal(count + 1, report.Events);
        Assert.Equal((UptimeNs, UptimeNs + ((count - 1) * 1000L)), (report.FirstEventNs, report.LastEventNs));
        Assert.Equal(1, OutOfRange(report));
        OverviewResult all = report.Devices[0].Operations[0].Overview;
        Assert.Equal((count + 1L, (count + 1L) * 512), (all.Requests, all.Bytes));
        Assert.Equal(count, report.Devices[0].Operations[0].Throughput.Requests.Sum());
        Assert.Equal(report.LastEventNs - report.FirstEventNs, all.DurationNs);
        Assert.True(report.Time.OriginNs == UptimeNs && report.Time.Count * report.Time.WidthNs < 2 * (all.DurationNs + 1000));
    }

    [Fact]
    public void A_clock_that_is_years_off_is_off_the_axis_with_all_its_events()
    {
        List<long> timesNs = [.. Bulk(40_000).Select((ns, i) => i % 16 == 5 ? ns + (40 * YearNs) : ns)];
        TraceReport report = Analyze(timesNs);
        Assert.Equal((40_000, 2500), (report.Events, OutOfRange(report)));
        Assert.Equal(39_999_000, report.LastEventNs - report.FirstEventNs);
        Assert.Equal(40_000, report.Devices[0].Operations[0].Overview.Requests);
    }

    // Nothing that a trace can do by itself is taken from it.
    [Theory]
    [InlineData(2000, 2000, 5 * HourNs)]
    [InlineData(20_000, 40, 5 * HourNs)]
    [InlineData(40, 20_000, 300 * HourNs)]
    [InlineData(50_000, 50_000, 24 * HourNs)]
    [InlineData(20_000, 1, HourNs / 2)]
    [InlineData(3, 3, 100 * HourNs)]
    [InlineData(1, 1, 100 * HourNs)]
    public void A_trace_that_pauses_keeps_its_pause(int before, int after, long pauseNs)
    {
        List<long> timesNs = [.. Bulk(before), .. Bulk(after).Select(ns => ns + (before * 1000L) + pauseNs)];
        TraceReport report = Analyze(timesNs);
        Assert.Equal((before + after, 0), (report.Events, OutOfRange(report)));
        Assert.Equal(timesNs[^1] - timesNs[0], report.LastEventNs - report.FirstEventNs);
        Assert.Equal(before + after, report.Devices[0].Operations[0].Throughput.Requests.Sum());
    }

    [Fact]
    public void A_long_trace_reaches_further()
    {
        // An hour's trace may pause for four days.
        List<long> timesNs = [.. Enumerable.Range(0, 3600).Select(i => UptimeNs + (i * SecondNs)), UptimeNs + (96 * HourNs)];
        TraceReport report = Analyze(timesNs);
        Assert.Equal((0, 96 * HourNs), (OutOfRange(report), report.LastEventNs - report.FirstEventNs));
    }

    [Fact]
    public void What_is_far_off_does_not_depend_on_how_the_trace_is_cut()
    {
        var random = new Random(5);
        for (int seed = 0; seed < 12; seed++)
        {
            // Bursts up to months apart, a few lines gone astray.
            var timesNs = new List<long>();
            long atNs = UptimeNs;
            for (int burst = random.Next(1, 6); burst > 0; burst--)
            {
                timesNs.AddRange(Bulk(random.Next(2000, 8000)).Select(ns => ns - UptimeNs + atNs));
                atNs = timesNs[^1] + (random.Next(3) switch { 0 => SecondNs, 1 => random.NextInt64(20 * HourNs), _ => random.NextInt64(YearNs / 2) });
            }

            for (int i = random.Next(4); i > 0; i--)
                timesNs.Insert(random.Next(timesNs.Count), random.NextInt64(60 * YearNs));
            List<long> expected = Screened(timesNs, timesNs.Count);
            foreach (int size in (int[])[100, 700, 1500, 4000])
                Assert.Equal(expected, Screened(timesNs, size));
        }
    }

    private static List<long> Screened(List<long> timesNs, int size)
    {
        var screen = new TimeScreen();
        var batch = new EventBatch();
        var kept = new List<long>();
        int farOff = 0;
        foreach (long[] piece in timesNs.Chunk(size))
        {
            batch.Clear();
            foreach (long ns in piece)
                batch.Append().TimeNs = ns;
            batch.SortByTime();
            screen.Screen(batch);
            foreach (BlockEvent e in batch.Events)
                kept.Add(e.TimeNs);
            farOff += batch.FarOff.Count;
        }

        batch.Clear();
        screen.Finish(batch);
        foreach (BlockEvent e in batch.Events)
            kept.Add(e.TimeNs);
        farOff += batch.FarOff.Count;
        Assert.Equal(timesNs.Count, kept.Count + farOff);
        kept.Sort();
        return kept;
    }

    private static List<long> Bulk(int count) => [.. Enumerable.Range(0, count).Select(i => UptimeNs + (i * 1000L))];

    private static long OutOfRange(TraceReport report) => report.Integrity.Single(counter => counter.Name == "timesOutOfRange").Count;

    private static TraceReport Analyze(List<long> timesNs)
    {
        var text = new StringBuilder();
        foreach (long ns in timesNs)
            text.Append(CultureInfo.InvariantCulture, $"{ns}, R, 512, 8, 1\n");
        TraceReport[] reports = [.. new[] { 1, 3 }.Select(workers =>
        {
            using var reader = TraceAnalyzer.Reading.Bpftrace.BpftraceCsvReader.Open(new TraceParts("t", [TextTraces.Input(text.ToString())], 0), new ReadOptions());
            return TraceAnalysis.Run(reader, new AnalysisOptions { Workers = workers });
        })];
        Assert.Equal(Json(reports[0]), Json(reports[1]));
        return reports[0];
    }

    private static string Json(TraceReport report)
    {
        using var stream = new MemoryStream();
        ReportJson.Write(report, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
