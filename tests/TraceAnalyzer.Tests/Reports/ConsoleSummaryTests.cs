using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Tests.Reports;

public sealed class ConsoleSummaryTests
{
    [Fact]
    public void Write_FitsTheReportOnAScreen()
    {
        string expected = """
            Trace      kv-offload (blktrace per-CPU set, 2 files, 3 MiB)
            Events     16,310 in 1.4 s (queue 16,296, issue 7, complete 7)
            Counted    issue events (and the study's definitions)
            Filters    device 259,0; process "python3"

            Device 259,0
              operation  requests    bytes  of bytes  mean IOPS  mean bandwidth  peak bandwidth
              transfers         5  516 KiB     100 %          4       413 KiB/s       768 KiB/s
              read              4  512 KiB    99.2 %        3.2       410 KiB/s       768 KiB/s
              discard           1    1 GiB         -          -               -               -
              flush             1      0 B         -          -               -               -

              operation  main size  of requests  footprint  mean accesses  max accesses   Gini  hottest 10 % get
              transfers    128 KiB         80 %    512 KiB              2             3  0.250              15 %
              read         128 KiB         75 %    512 KiB              2             3  0.250              15 %
              discard        1 GiB        100 %    512 KiB              2             3  0.250              15 %
              flush            0 B        100 %          -              -             -      -                 -

              latency        requests     mean      p50     p99     max
              transfers Q2D         4   1.5 us   1.5 us  4.5 us    6 us
              transfers D2C         4  85.3 us  85.3 us  256 us  341 us
              transfers Q2C         4  86.8 us  86.8 us  260 us  347 us
              read Q2D              4   1.5 us   1.5 us  4.5 us    6 us
              read D2C              4  85.3 us  85.3 us  256 us  341 us
              read Q2C              4  86.8 us  86.8 us  260 us  347 us

              requests in flight: 0.88 on average, 2 at most

              3 more issues of requests that had gone back to the queue (each request is counted once)

              process (5 of 6)   pid     read  written  requests
              �[2J"rm", -rf��   4711  384 KiB      0 B         3
              =1+1�             4712  128 KiB    4 KiB         2
              -                    -      0 B      0 B         2
              a                    1      0 B      0 B         0
              b                    2      0 B      0 B         0

            Device =1+1� (4095,0)
              nothing was counted

            Run        kv-offload (not analysed: init)
            What       FlexGen, facebook/opt-6.7b, batch 16, prompt 256, 32 tokens generated, 0 % of the weights on disk, 100 % of the cache on disk
            Framework  stdout.txt: model 12.386 GiB, cache 2.250 GiB, prefill 0.636 s, decode 21.663 s, total 22.299 s
            Clock      joined by timestamp record of the trace, to within 1 us
            GPU        2 GPUs, 2 samples, mean of all 20.00 %, time-weighted 10.00 %
                       any GPU and I/O busy 50 %, any GPU only 25 %, I/O only 12.5 %, neither 12.5 %
                       GPU 0: mean 20.00 %, time-weighted 20.00 %; busy with I/O 50 %, alone 25 %; I/O alone 12.5 %, neither 12.5 %
                       GPU 1: mean 40.00 %, time-weighted 40.00 %; busy with I/O 50 %, alone 25 %; I/O alone 12.5 %, neither 12.5 %
            Phases     bench: run.json, to within 22 ms, confidence 0.88

              phase    time     read  written  I/O busy  computing  stalled
              bench  700 ms  256 KiB    4 KiB      50 %     14.3 %   42.9 %

            Passes     2 found in the trace (kv-cache, confidence 0.90, median 700 ms, 2 noted, starts to within 14 ms)
            Tokens     2 from tokens.csv, to within 14 ms

              token        time     read  written  I/O busy  computing  stalled
              prefill 0  700 ms  256 KiB    4 KiB      50 %     14.3 %   42.9 %
              decode 1   700 ms  256 KiB    4 KiB      50 %     14.3 %   42.9 %

            Stalls     of the tokens' time 14.3 % computing, 42.9 % I/O in flight and nothing computed, 42.9 % neither (from layers.csv)
                       most in front of the framework's layer 1: 100 % of it, 150 ms a token

              moved    by closed form  by the framework  in the trace
              read            391 KiB           384 KiB       256 KiB
              written           4 KiB             4 KiB         4 KiB

            Reads      page-cache hits 128 KiB (33.3 %), read in excess 0 B, of no known file 0 B, unexplained 0 B
            Unknown    Layers: nothing says which file holds which layer.

            not shown:      Sectors are read uniformly. The Gini coefficient is 0.250.
                            But events were lost: counts and bytes are lower bounds.
            not answerable: Reading saturates the device. What the device can read is not given.

            Problem    tokens.csv: 1 line not understood and skipped
            Not read   watts.csv: a table of no kind known here
            Not used   plot.py

            Note       Bins of 1 us would be 1,400,000 in each series; bins of series over time are 500 ms wide, so that the report stays small.

            Integrity  something was lost or does not fit:
              1,234 events the tracer reported lost [lostEvents]
              7 bytes that belong to no record [skippedBytes] (first: run.blktrace.1, byte 4096)

            """;

        Assert.Equal(expected, Write(SampleReport.Full()), ignoreLineEndingDifferences: true);
    }

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
