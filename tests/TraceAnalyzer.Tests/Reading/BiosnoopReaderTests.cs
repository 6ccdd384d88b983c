using System.Text;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Biosnoop;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Reading;

public sealed class BiosnoopReaderTests
{
    private const string Heading = "TIME(s)     COMM           PID    DISK    T SECTOR     BYTES   LAT(ms)\n";

    private const string Sample = """
        TIME(s)     COMM           PID    DISK    T SECTOR     BYTES  QUE(ms) LAT(ms)
        0.000000    kworker/u72:1  13379  nvme1n1 W 1142400    4096      0.01    0.55
        0.000771    sync           22177  nvme1n1 W 41963894   3072      0.11    0.47
        Possibly lost 12 samples
        5.332998    xfsaild/nvme1n 1061   nvme0n1 R 545728     16384     0.00    0.61

        """;

    [Fact]
    public void A_line_is_the_queueing_the_issue_and_the_completion_of_a_request()
    {
        TextTraces trace = Read(Sample, out BiosnoopReader reader);

        Assert.Equal(12, trace[ReadCounter.LostEvents]);
        Assert.Equal(0, trace[ReadCounter.SkippedBytes]);
        Assert.Equal(
            [
                (BlockAction.Queue, -560_000L), (BlockAction.Issue, -550_000), (BlockAction.Complete, 0),
                (BlockAction.Queue, 191_000), (BlockAction.Issue, 301_000), (BlockAction.Complete, 771_000),
                (BlockAction.Queue, 5_332_388_000), (BlockAction.Issue, 5_332_388_000), (BlockAction.Complete, 5_332_998_000),
            ],
            trace.Events.Select(e => (e.Action, e.TimeNs)));
        Assert.Equal(
            new BlockEvent
            {
                TimeNs = 301_000,
                Sector = 41963894,
                Rwbs = Rwbs.Of("W"),
                LengthBytes = 3072,
                LengthSectors = 6,
                Device = DeviceId.Of(DeviceNames.Major, 0),
                Pid = 22177,
                Cpu = BlockEvent.UnknownCpu,
                Action = BlockAction.Issue,
                Class = OperationClass.Write,
            },
            trace.Events[4]);
        Assert.Equal([(DeviceId.Of(4095, 0), "nvme1n1"), (DeviceId.Of(4095, 1), "nvme0n1")], reader.Devices.All);
        Assert.Equal("xfsaild/nvme1n", trace.Processes.Find(1061));
    }

    [Theory]
    [InlineData("TIME(s)     COMM           PID     DISK      T SECTOR     BYTES  P QUE(ms) LAT(ms)", "1.500000    a b [c] 1: d   77      nvme0n1   R 8          4096   S    0.25    1.00", "a b [c] 1: d", "nvme0n1", 1_500_000_000, 1_000_000)]
    [InlineData("TIME(s)     COMM           PID     DISK      T SECTOR     BYTES  P LAT(ms)", "1.500000    dd             77      <unknown> R 8          4096   ?    1.00", "dd", "<unknown>", 1_500_000_000, 1_000_000)]
    [InlineData("TIME(s)     COMM           PID     DISK    T    SECTOR     BYTES   LAT(ms)", "10.000001   dd 5           77      sda     R    8          4096      0.007", "dd 5", "sda", 10_000_001_000, 7_000)]
    [InlineData("TIME(s)     COMM           PID     DISK    T    SECTOR     BYTES   QUE(ms) LAT(ms)", "10.000001   dd             77      sda     R    8          4096     -1.000   0.007", "dd", "sda", 10_000_001_000, 7_000)]
    [InlineData("TIMESTAMP    COMM           PID     DISK    T    SECTOR     BYTES   LAT(ms)", "13:05:59.123 dd             77      sda     R    8          4096      0.007", "dd", "sda", 47_159_123_000_000, 7_000)]
    [InlineData("TIME(s)     COMM           PID    DISK    T SECTOR     BYTES   LAT(ms)", "1.500000    dd             77             R 8          4096      1.00", "dd", "", 1_500_000_000, 1_000_000)]
    public void Each_version_and_option_is_read(string heading, string line, string command, string disk, long completeNs, long latencyNs)
    {
        TextTraces trace = Read($"{heading}\n{line}\n", out BiosnoopReader reader);
        Assert.Equal(0, trace[ReadCounter.BadRecords]);
        BlockEvent issue = trace.Events[^2];
        Assert.Equal((BlockAction.Issue, completeNs - latencyNs, 8ul, 8u), (issue.Action, issue.TimeNs, issue.Sector, issue.LengthSectors));
        Assert.Equal((BlockAction.Complete, completeNs), (trace.Events[^1].Action, trace.Events[^1].TimeNs));
        Assert.Equal(command, trace.Processes.Find(77));
        Assert.Equal(disk, Assert.Single(reader.Devices.All).Name);
    }

    // Every combination of options in which bcc prints BYTES without a blank behind it.
    [Theory]
    [InlineData("LAT(ms)", "10485761204.12", 1048576, 1_204_120_000, -1)]
    [InlineData("LAT(ms)", "131072010404.00", 1310720, 10_404_000_000, -1)]
    [InlineData("LAT(ms)", "104857612040.12", 1048576, 12_040_120_000, -1)]
    [InlineData("LAT(ms)", "104857601204.12", 10485760, 1_204_120_000, -1)]
    [InlineData("LAT(ms)", "21474836481204.12", 2147483648, 1_204_120_000, -1)]
    [InlineData("LAT(ms)", "10485771204.12", 1048577, 1_204_120_000, -1)]
    [InlineData("LAT(ms)", "1048576 912.44", 1048576, 912_440_000, -1)]
    [InlineData("LAT(ms)", "524288 1500.00", 524288, 1_500_000_000, -1)]
    [InlineData("QUE(ms) LAT(ms)", "10485761204.12  912.44", 1048576, 912_440_000, 1_204_120_000)]
    [InlineData("QUE(ms) LAT(ms)", "10485761204.12 12345.67", 1048576, 12_345_670_000, 1_204_120_000)]
    [InlineData("QUE(ms) LAT(ms)", "1048576   0.10 12345.67", 1048576, 12_345_670_000, 100_000)]
    [InlineData("P LAT(ms)", "1048576S 1204.12", 1048576, 1_204_120_000, -1)]
    [InlineData("P LAT(ms)", "104857600?    0.12", 104857600, 120_000, -1)]
    [InlineData("P LAT(ms)", "4096   R 1204.12", 4096, 1_204_120_000, -1)]
    [InlineData("P QUE(ms) LAT(ms)", "1048576R 1204.12 1000.00", 1048576, 1_000_000_000, 1_204_120_000)]
    public void Columns_that_touch_are_told_apart(string heading, string columns, uint bytes, long latencyNs, long queueNs)
    {
        TextTraces trace = Read($"TIME(s)     COMM           PID    DISK    T SECTOR     BYTES  {heading}\n60.354871   kworker/u16:4  2784   sda     W 1136424000 {columns}\n", out _);
        Assert.True(trace.Diagnostics.IsClean);
        BlockEvent issue = trace.Events[^2];
        Assert.Equal((1_136_424_000ul, bytes, 60_354_871_000 - latencyNs), (issue.Sector, issue.LengthBytes, issue.TimeNs));
        Assert.Equal(queueNs < 0 ? 2 : 3, trace.Events.Count);
        if (queueNs >= 0)
            Assert.Equal(queueNs, issue.TimeNs - trace.Events[0].TimeNs);
    }

    [Theory]
    [InlineData("104857712040.12")] // 1048577 B in 12 s or 10485771 B in 2 s
    [InlineData("0000000.00")]
    [InlineData("10485760204.12")]
    public void Columns_that_touch_and_can_be_cut_in_two_ways_or_none_are_counted(string columns)
    {
        TextTraces trace = Read($"TIME(s)     COMM           PID    DISK    T SECTOR     BYTES  LAT(ms)\n60.354871   kworker/u16:4  2784   sda     W 113642400  {columns}\n", out _);
        Assert.Empty(trace.Events);
        Assert.Equal(1, trace[ReadCounter.BadRecords]);
    }

    [Fact]
    public void Times_of_the_day_are_carried_over_every_midnight()
    {
        string[] times = ["23:59:59.814", "23:59:59.990", "00:00:00.014", "23:59:59.998", "00:00:00.020", "12:00:00", "23:59:59", "00:00:01.5", "22:00:00.000", "20:30:00.000", "18:00:00.000"];
        double[] seconds = [-.186, -.010, .014, -.002, .020, 43200, 86399, 86401.5, 86400 + 79200, 86400 + 73800, (2 * 86400) + 64800];
        string text = "TIMESTAMP    COMM           PID     DISK    T    SECTOR     BYTES   LAT(ms)\n"
            + string.Concat(times.Select(time => $"{time,-12} mount          163467  sde     WSM  41944043   524288    1.422\n"));
        TextTraces trace = Read(text, out _);
        Assert.Equal(seconds.Select(s => (long)Math.Round((s + 86400) * 1e9)), trace.Events.Where(e => e.Action == BlockAction.Complete).Select(e => e.TimeNs));
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Fact]
    public void Days_are_counted_over_chunks_decoded_in_any_order()
    {
        var text = new StringBuilder("TIMESTAMP    COMM           PID     DISK    T    SECTOR     BYTES   LAT(ms)\n");
        for (int i = 0; i < 20_000; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{TimeSpan.FromMinutes(i):hh\\:mm\\:ss}.000 dd 1 sda R {i} 512 0.5\n");
        using BiosnoopReader reader = Open(TextTraces.Input(text.ToString()));
        var chunks = new List<TraceChunk>();
        for (var chunk = new TraceChunk(); reader.ReadChunk(chunk); chunk = new TraceChunk())
            chunks.Add(chunk);

        Assert.True(chunks.Count > 2);
        var batch = new EventBatch();
        foreach (TraceChunk chunk in Enumerable.Reverse(chunks))
        {
            reader.Decode(chunk, batch);
            foreach (BlockEvent e in batch.Events.ToArray().Where(e => e.Action == BlockAction.Complete))
                Assert.Equal((long)e.Sector * 60_000_000_000, e.TimeNs);
        }
    }

    [Theory]
    [InlineData("0.1 dd 1 sda R 18446744073709551615 0 0.5", OperationClass.Other, 0, 0)] // bcc: a flush
    [InlineData("0.1 dd 1 sda FS -1 0 0.5", OperationClass.Flush, 0, 0)] // libbpf-tools: a flush
    [InlineData("0.1 dd 1 sda DS 8 -2147483648 0.5", OperationClass.Discard, 8, 2147483648)]
    [InlineData("0.1 dd 1 sda WFS 34359738368 512 0.5", OperationClass.Write, 34359738368, 512)]
    [InlineData("0.1 dd 1 sda N 0 0 0.5", OperationClass.Other, 0, 0)]
    public void Odd_numbers_and_letters_are_understood(string line, OperationClass @class, ulong sector, uint bytes)
    {
        BlockEvent e = Read(Heading + line + "\n", out _).Events[0];
        Assert.Equal((@class, sector, bytes), (e.Class, e.Sector, e.LengthBytes));
    }

    [Fact]
    public void A_request_whose_start_was_missed_has_no_process()
    {
        TextTraces trace = Read(Heading + "0.1 ? 0 R 0 4096 0.5\n", out _);
        Assert.Equal(BlockEvent.UnknownPid, trace.Events[0].Pid);
        Assert.Equal(0, trace.Processes.Count);
    }

    [Theory]
    [InlineData("0.1 dd 1 sda R 8 512 0.5\n0.1 dd 1 sda R 8 512 0.5", 0, 1)]
    [InlineData("0.1 dd 1 sda R 8 512\n", 1, 0)]
    [InlineData("0.1 dd 1 sda R 8 4294967296 0.5\n", 1, 0)]
    [InlineData("0.1 dd 1 sda r 8 512 0.5\n", 1, 0)]
    [InlineData("0.1 dd x sda R 8 512 0.5\n", 1, 0)]
    [InlineData("0,1 dd 1 sda R 8 512 0.5\n", 1, 0)]
    [InlineData("-0.1 dd 1 sda R 8 512 0.5\n", 1, 0)]
    [InlineData("0.1 dd 1 sda R 8 512 0.5x\n", 1, 0)]
    [InlineData("0.1 dd 1 sda R 8 512 0.1234567\n", 1, 0)]
    [InlineData("lost some\n", 1, 0)]
    public void What_is_not_understood_is_counted(string lines, int bad, int truncated)
    {
        TextTraces trace = Read(Heading + lines, out _);
        Assert.Equal((bad, truncated), (trace[ReadCounter.BadRecords], trace[ReadCounter.TruncatedRecords]));
    }

    [Fact]
    public void Commas_for_decimals_change_nothing() =>
        Assert.Equal(Read(Sample, out _).Events, Culture.InGerman(() => Read(Sample, out _)).Events);

    [Fact]
    public void Disks_keep_their_number_over_chunks_decoded_in_any_order()
    {
        var text = new StringBuilder(Heading);
        for (int i = 0; i < 20_000; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{i}.5 dd 1 disk{i / 1000} R {i} 512 0.5\n");
        using BiosnoopReader reader = Open(TextTraces.Input(text.ToString()));
        var chunks = new List<TraceChunk>();
        for (var chunk = new TraceChunk(); reader.ReadChunk(chunk); chunk = new TraceChunk())
            chunks.Add(chunk);

        Assert.True(chunks.Count > 2);
        var batch = new EventBatch();
        foreach (TraceChunk chunk in Enumerable.Reverse(chunks))
        {
            reader.Decode(chunk, batch);
            foreach (BlockEvent e in batch.Events)
                Assert.Equal(e.Sector / 1000, e.Device.Minor);
        }
    }

    [Fact]
    public void Damage_ends_and_is_accounted_for()
    {
        byte[] sample = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Sample, 50)));
        for (int seed = 0; seed < 500; seed++)
        {
            byte[] damaged = [.. Encoding.ASCII.GetBytes(Heading), .. TextTraces.Damage(sample, new Random(seed))];
            using BiosnoopReader reader = Open(TextTraces.Input(damaged));
            TextTraces.Read(reader);
        }
    }

    [Theory]
    [InlineData(Sample, true)]
    [InlineData(Heading, true)]
    [InlineData("0.000771    sync           22177  nvme1n1 W 41963894   3072      0.47\n", false)]
    [InlineData("TIME(s)     COMM           PID    MESSAGE\n", false)]
    [InlineData("", false)]
    public void Sniffing_wants_the_headings(string text, bool isBiosnoop)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal(isBiosnoop, BiosnoopReader.Sniff(bytes, new ReadOptions()));
        Assert.Equal(isBiosnoop, TraceFormats.Recognize(bytes, new ReadOptions())?.Name == BiosnoopReader.FormatName);
    }

    private static TextTraces Read(string text, out BiosnoopReader reader)
    {
        using (reader = Open(TextTraces.Input(text)))
            return TextTraces.Read(reader);
    }

    private static BiosnoopReader Open(TraceInput input) => BiosnoopReader.Open(new TraceParts("t", [input], 0), new ReadOptions());
}
