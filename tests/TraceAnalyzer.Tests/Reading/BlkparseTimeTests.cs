using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Times that blkparse prints as unsigned numbers with the seconds cut to 32 bits.</summary>
public sealed class BlkparseTimeTests
{
    // The oracle: what blkparse's printf makes of a time.
    private static string Printed(long timeNs) =>
        FormattableString.Invariant($"{unchecked((int)((ulong)timeNs / 1_000_000_000)),5}.{(ulong)timeNs % 1_000_000_000:D9}");

    [Theory]
    [InlineData(-86_595, "1266874889.709465021")]
    [InlineData(-1, "1266874889.709551615")]
    [InlineData(-709_551_616, "1266874889.000000000")]
    [InlineData(-709_551_617, "1266874888.999999999")]
    [InlineData(-1_000_000_000, "1266874888.709551616")]
    [InlineData(-3_600_000_000_000, "1266871289.709551616")]
    [InlineData(0, "    0.000000000")]
    [InlineData(5, "    0.000000005")]
    [InlineData(99_999_999_999_999, "99999.999999999")]
    [InlineData(2_147_483_648_000_000_001, "-2147483648.000000001")]
    [InlineData(4_294_967_295_000_000_001, "   -1.000000001")]
    public void A_time_is_what_blkparse_meant(long timeNs, string printed)
    {
        Assert.Equal(printed, Printed(timeNs));
        Assert.Equal(timeNs, Assert.Single(TextTraces.ReadBlkparse($"259,1    2        1 {printed} 82517  Q  WS 399368 + 8 [fio]\n").Events).TimeNs);
        string custom = printed.Trim();
        Assert.Equal(timeNs, Assert.Single(TextTraces.ReadBlkparse($"{custom} D R 8 8\n", @"%T.%t %a %d %S %n\n").Events).TimeNs);
        string wide = $"{custom.Split('.')[0],12}/{custom.Split('.')[1],12:D12}".Replace("/   ", "/000", StringComparison.Ordinal);
        Assert.Equal(timeNs, Assert.Single(TextTraces.ReadBlkparse($"{wide} D R 8 8\n", @"%12T/%12t %a %d %S %n\n").Events).TimeNs);
    }

    [Theory]
    [InlineData("1266874889.709551616", 1_266_874_889_709_551_616)]
    [InlineData("1700000000.000000000", 1_700_000_000_000_000_000)]
    [InlineData("1000000000.000000000", 1_000_000_000_000_000_000)]
    public void Clocks_that_show_the_date_stay_what_they_are(string printed, long timeNs) =>
        Assert.Equal(timeNs, Assert.Single(TextTraces.ReadBlkparse($"259,1    2        1 {printed} 82517  Q  WS 399368 + 8 [fio]\n").Events).TimeNs);

    [Fact]
    public void A_live_trace_starts_before_time_zero_and_ends_with_the_statistics()
    {
        using ITraceReader reader = TraceFormats.Open([Repository.Path("tests", "TraceAnalyzer.Tests", "Cases", "blkparse-live", "live.txt")]);
        TraceReport report = TraceAnalysis.Run(reader, new AnalysisOptions(), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(30, report.Events);
        Assert.Equal(376_756, report.LastEventNs - report.FirstEventNs);
        Assert.Equal((5L, 20_480L), (report.Devices[0].Operations[0].Overview.Requests, report.Devices[0].Operations[0].Overview.Bytes));
        Assert.DoesNotContain(report.Integrity, counter => counter is { Name: "badRecords", Count: > 0 });
    }

    [Theory]
    [InlineData("^C  8,0    0        1     0.000000001     1  D   R 8 + 8 [a]\n", 1)]
    [InlineData("^C^CTotal (8,0):\n", 0)]
    [InlineData("^C\n", 0)]
    [InlineData("^CThroughput (R/W): 0KiB/s / 0KiB/s\r\n", 0)]
    public void Ctrl_C_on_the_terminal_is_no_damage(string text, int events)
    {
        TextTraces trace = TextTraces.ReadBlkparse(text);
        Assert.Equal(events, trace.Events.Count);
        Assert.True(trace.Diagnostics.IsClean);
    }
}
