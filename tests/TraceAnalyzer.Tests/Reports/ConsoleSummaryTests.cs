using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Summaries;

namespace TraceAnalyzer.Tests.Reports;

public sealed class ConsoleSummaryTests
{
    [Fact]
    public void Write_FitsTheReportOnAScreen() => Golden.Equal("console-summary.txt", Write(SampleReport.Full()));

    [Fact]
    public void Write_OfADeviceWithoutTheCountedActionSaysWhatToCount()
    {
        TraceReport report = SampleReport.Full();
        DeviceReport bio = report.Devices[1] with { Device = "252,0", Actions = [new ActionCount("queue", "Q", 4), new ActionCount("complete", "C", 4)] };
        Assert.Contains(
            "  nothing was counted: no issue events on this device; count queue events with --action queue",
            Write(report with { Devices = [bio] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_IsTheSameInEveryCulture() =>
        Assert.Equal(Write(SampleReport.Full()), Culture.InGerman(() => Write(SampleReport.Full())));

    [Fact]
    public void Write_LetsNoControlCharacterOfATraceThrough()
    {
        TraceReport report = SampleReport.Full();
        const string Evil = "a\u001b]0;owned\u0007\r\nb\u009b31m";
        report = report with
        {
            Source = report.Source with { Name = Evil, Format = Evil },
            Settings = report.Settings with { Filters = [Evil] },
            Integrity = [new IntegrityCounter("badRecords", 1, "bad", Evil)],
            Devices = [report.Devices[0] with { Device = Evil, Processes = [new ProcessUse(1, Evil, 0, 0, 0, 0, 0)] }],
        };

        string text = Write(report);

        Assert.DoesNotContain(text.Replace(Environment.NewLine, ""), char.IsControl);
        Assert.Equal(6, text.Split("\uFFFD]0;owned").Length - 1);
    }

    [Fact]
    public void Write_SaysWhenNothingWasLost()
    {
        TraceReport report = SampleReport.Full();

        string text = Write(report with { Integrity = [.. report.Integrity.Select(counter => counter with { Count = 0 })] });

        Assert.EndsWith($"Integrity  no losses found{Environment.NewLine}", text);
    }

    [Fact]
    public void Write_TakesAnEmptyTrace()
    {
        TraceReport report = SampleReport.Full() with { Events = 0, Actions = [], Devices = [] };

        Assert.Contains("Events     none", Write(report));
    }

    private static string Write(TraceReport report)
    {
        using var writer = new StringWriter();
        ConsoleSummary.Write(report, writer);
        return writer.ToString();
    }
}
