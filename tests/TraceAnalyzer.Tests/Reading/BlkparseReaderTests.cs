using System.Text;
using System.Text.Json;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Blkparse;

namespace TraceAnalyzer.Tests.Reading;

public sealed class BlkparseReaderTests
{
    private const string Summary = """
        CPU0 (nvme0n1):
         Reads Queued:        7737,   942628KiB	 Writes Queued:         245,    21440KiB
         Read depth:             3        	 Write depth:            61
         IO unplugs:             0        	 Timer unplugs:           2

        Total (nvme0n1):
         PC Reads Queued:          0,        0KiB	 PC Writes Queued:         0,        0KiB
        Trace started at Mon Nov 16 02:39:41 2026
        Throughput (R/W): 35166KiB/s / 1758KiB/s
        Events (nvme0n1): 82371 entries
        Skips: 0 forward (0 -   0.0%)
        IPC I/O Parent (634, ...)
         Reads Queued:           1,        4KiB	 Writes Queued:           0,        0KiB
         Allocation wait:        0        	 Allocation wait:         0
        Input file nvme0n1.blktrace.0 added

        """;

    private static readonly BlockEvent s_issue = new()
    {
        TimeNs = 52_239_707_800,
        Sector = 4194320,
        Rwbs = Rwbs.Of("WSM"),
        LengthBytes = 4096,
        LengthSectors = 8,
        Device = DeviceId.Of(259, 0),
        Pid = 820,
        Sequence = 40386,
        Cpu = 3,
        Action = BlockAction.Issue,
        Class = OperationClass.Write,
    };

    [Fact]
    public void An_event_has_the_lines_fields()
    {
        TextTraces trace = TextTraces.ReadBlkparse("259,0    3    40386    52.239707800   820  D WSM 4194320 + 8 [IPC I/O Parent]\n");
        Assert.Equal(s_issue, Assert.Single(trace.Events));
        Assert.Equal("IPC I/O Parent", trace.Processes.Find(820));
        Assert.True(trace.Diagnostics.IsClean);
    }

    // Action and what is after it; class, sector, bytes, sectors, related sector, error.
    [Theory]
    [InlineData("Q  RA 34359738368 + 256 [fio]", OperationClass.Read, 34359738368, 131072, 256, 0, 0)]
    [InlineData("I   W 8 + 8 [a [b] c]", OperationClass.Write, 8, 4096, 8, 0, 0)]
    [InlineData("P   N [python3]", OperationClass.Other, 0, 0, 0, 0, 0)]
    [InlineData("D  FN [kworker/0:1H]", OperationClass.Flush, 0, 0, 0, 0, 0)]
    [InlineData("Q FWS [jbd2/nvme0n1p1-]", OperationClass.Write, 0, 0, 0, 0, 0)]
    [InlineData("C  FN 0 [0]", OperationClass.Flush, 0, 0, 0, 0, 0)]
    [InlineData("C WFSM 16 [0]", OperationClass.Write, 16, 0, 0, 0, 0)]
    [InlineData("C   R 5 + 8 [65531]", OperationClass.Read, 5, 4096, 8, 0, -5)]
    [InlineData("C   R 5 + 8 [-5]", OperationClass.Read, 5, 4096, 8, 0, -5)]
    [InlineData("C   R 5 + 8 (  123456) [0]", OperationClass.Read, 5, 4096, 8, 0, 0)]
    [InlineData("C  WS 5 (  123456) [0]", OperationClass.Write, 5, 0, 0, 0, 0)]
    [InlineData("D   R 5 + 8 (13847754070) [fio]", OperationClass.Read, 5, 4096, 8, 0, 0)]
    [InlineData("D  FN (13847754070) [fio]", OperationClass.Flush, 0, 0, 0, 0, 0)]
    [InlineData("R  WS 5 + 8 [0]", OperationClass.Write, 5, 4096, 8, 0, 0)]
    [InlineData("D   R 4096 [nvme]", OperationClass.Other, 0, 4096, 0, 0, 0)]
    [InlineData("D   N 0 [nvme]", OperationClass.Other, 0, 0, 0, 0, 0)]
    [InlineData("D   R 36 (12 00 00 00 24 00 ..) [hald-addon-stor]", OperationClass.Other, 0, 36, 0, 0, 0)]
    [InlineData("C   R (12 00 00 00 24 00 ..) [0]", OperationClass.Other, 0, 0, 0, 0, 0)]
    [InlineData("C   R [0]", OperationClass.Other, 0, 0, 0, 0, 0)]
    [InlineData("D  DS 2048 + 4194303 [fstrim]", OperationClass.Discard, 2048, 2147483136, 4194303, 0, 0)]
    [InlineData("UT   N [fio] 12", OperationClass.Other, 0, 0, 0, 12, 0)]
    [InlineData("U   N [a] b] 1", OperationClass.Other, 0, 0, 0, 1, 0)]
    [InlineData("X   R 4718592 / 4718848 [fio]", OperationClass.Read, 4718592, 0, 0, 4718848, 0)]
    [InlineData("X   R 8589934000 / 200 [fio]", OperationClass.Read, 8589934000, 0, 0, 8589934792, 0)] // the upper half is not printed
    [InlineData("A  WS 496376 + 32 <- (259,1) 494328", OperationClass.Write, 496376, 16384, 32, 494328, 0)]
    [InlineData("m   N cfq workload slice:300", OperationClass.Other, 0, 0, 0, 0, 0)]
    public void Every_actions_own_part(string rest, OperationClass @class, ulong sector, uint bytes, uint sectors, ulong related, int error)
    {
        TextTraces trace = TextTraces.ReadBlkparse("  8,0    0        1     0.000000001   820  " + rest + "\n");
        BlockEvent e = Assert.Single(trace.Events);
        Assert.Equal(rest.Split(' ')[0], e.Action.Letter());
        Assert.Equal((@class, sector, bytes, sectors, related, error), (e.Class, e.Sector, e.LengthBytes, e.LengthSectors, e.RelatedSector, e.Error));
        Assert.Equal(DeviceId.Of(8, 0), e.Device);
        Assert.Equal(e.Action == BlockAction.Remap ? DeviceId.Of(259, 1) : default, e.RelatedDevice);
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Fact]
    public void A_name_that_is_not_known_is_none()
    {
        TextTraces trace = TextTraces.ReadBlkparse("8,0 0 1 0.000000001 820 D R 1 + 1 [(null)]\n8,0 0 2 0.000000002 821 C R 1 + 1 [0]\n");
        Assert.Equal(2, trace.Events.Count);
        Assert.Equal(0, trace.Processes.Count);
    }

    [Fact]
    public void Sequences_above_two_thousand_million_are_printed_negative()
    {
        TextTraces trace = TextTraces.ReadBlkparse("8,0    0 -2147483648     0.000000001   820  D   R 1 + 1 [fio]\r\n");
        Assert.Equal(2147483648u, Assert.Single(trace.Events).Sequence);
    }

    [Fact]
    public void The_cgroup_column_of_newer_versions_is_no_action()
    {
        TextTraces trace = TextTraces.ReadBlkparse("""
            259,0    0        0    12.210001010   220 1,0  m   N phase fio

            259,0    1        7    13.301435220   625 a3f,1e  D  RM 35976 + 8 [fio]

            """);
        Assert.Equal([BlockAction.Message, BlockAction.Issue], trace.Events.Select(e => e.Action));
        Assert.Equal(35976ul, trace.Events[1].Sector);
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Fact]
    public void Messages_may_have_lines_and_summaries_events_after_them()
    {
        const string Event = "259,0    0        1     0.000000001   625  D   R 8 + 8 [fio]\n";
        TextTraces trace = TextTraces.ReadBlkparse("259,0    0        0     0.000000000     0  m   N first\nsecond\n\nthird 1,2\n" + Event + Summary + Event);
        Assert.Equal([BlockAction.Message, BlockAction.Issue, BlockAction.Issue], trace.Events.Select(e => e.Action));
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Fact]
    public void Skips_that_blkparse_reports_are_lost_events()
    {
        TextTraces trace = TextTraces.ReadBlkparse("Skips: 2 forward (1,017 -   0.3%)\n");
        Assert.Equal(1017, trace[ReadCounter.LostEvents]);
    }

    [Theory]
    [InlineData("what is this\n")]
    [InlineData("259,0    0        1     0.000000001   625  D   R 8 + \n")]
    [InlineData("259,0    0        1     0.00000001   625  D   R 8 + 8 [fio]\n")]
    [InlineData("259,0    0        1     0.000000001   625  Y   R 8 + 8 [fio]\n")]
    [InlineData("259,0    0        1     0.000000001   625  D   r 8 + 8 [fio]\n")]
    [InlineData("259,0    0        1     0.000000001   625  D   R 8 + 8388608 [fio]\n")]
    [InlineData("259,0    0        1     0.000000001   625  D   R 8 + 8 [fio\n")]
    [InlineData("259,0    0        1     0.000000001   625  C   R 8 + 8 [0\n")]
    [InlineData("259,0    0        1     0.000000001   625  A   R 8 + 8 <- 259,1 9\n")]
    [InlineData("259,0    0        1     0.000000001   625  A   R 8 <- (259,1) 9\n")]
    [InlineData("259,0    0        1 9999999999.000000001   625  D   R 8 + 8 [fio]\n")]
    [InlineData("5000,0    0        1     0.000000001   625  D   R 8 + 8 [fio]\n")]
    [InlineData("259,0    65535        1     0.000000001   625  D   R 8 + 8 [fio]\n")]
    [InlineData("259,0    0        1     0.000000001   625  D   R 18446744073709551616 + 8 [fio]\n")]
    public void A_line_that_is_none_is_counted_with_its_place(string line)
    {
        const string Event = "259,0    0        1     0.000000001   625  D   R 8 + 8 [fio]\n";
        TextTraces trace = TextTraces.ReadBlkparse(Event + line + Event);
        Assert.Equal(2, trace.Events.Count);
        Assert.Equal(1, trace[ReadCounter.BadRecords]);
        Assert.Equal(line.Length, trace[ReadCounter.SkippedBytes]);
        Assert.Equal($"trace.txt, byte {Event.Length}", trace.Diagnostics.FirstPlace(ReadCounter.BadRecords));
    }

    [Theory]
    [InlineData("259,0    0        1     0.000000001   625  D   R 8 + 8 [fio]", 1)]
    [InlineData("259,0    0        1     0.000000001   625  C   R 8 + 8 [0]", 1)]
    [InlineData("259,0    0        1     0.000000001   625  D   R 8 + 8 [fi", 0)]
    [InlineData("259,0    0        1     0.000000001   625  U   N [fio] 1", 0)]
    [InlineData("259,0    0        1     0.000000001   625  A   R 8 + 8 <- (259,1) 9", 0)]
    [InlineData("259,", 0)]
    public void A_last_line_without_newline_is_whole_or_counted_as_cut(string last, int events)
    {
        TextTraces trace = TextTraces.ReadBlkparse(last);
        Assert.Equal(events, trace.Events.Count);
        Assert.Equal(1 - events, trace[ReadCounter.TruncatedRecords]);
        Assert.Equal(0, trace[ReadCounter.BadRecords]);
    }

    [Theory]
    [InlineData("259,0    0        1     0.000000001   625  D   R 8 + 8 [fio]\n", true)]
    [InlineData("some words\n259,0    0        1     0.000000001   625  P   N [fio]\n", true)]
    [InlineData(Summary, false)]
    [InlineData("", false)]
    [InlineData("\0\0\0", false)]
    [InlineData("380374513676, WSM, 36864, 3672488, 72\n", false)]
    public void Sniffing_wants_an_event(string text, bool isBlkparse) =>
        Assert.Equal(isBlkparse, BlkparseReader.Sniff(Encoding.ASCII.GetBytes(text), new ReadOptions()));

    [Fact]
    public void Chunks_are_cut_before_events_only()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 20_000; i++)
            text.Append("259,0    0        0     0.000000000     0  m   N note\nof three\nlines\n259,0    0        1     0.000000001   625  D   R 8 + 8 [fio]\n");
        TextTraces trace = TextTraces.ReadBlkparse(text.ToString());
        Assert.Equal(40_000, trace.Events.Count);
        Assert.True(trace.Diagnostics.IsClean);
    }

    // What blkparse printed, against counts made of the binaries when the captures were taken.
    [Theory]
    [InlineData("a-offload-mmap", "a-offload-mmap")]
    [InlineData("b-deepnvme-fio", "b-deepnvme-fio")]
    [InlineData("c-kvcache", "c-kvcache")]
    [InlineData("d-mixed-partition-dm", "dm-0")]
    [InlineData("d-mixed-partition-dm", "nvme0n1")]
    [InlineData("e-qemunvme-mixed-trim-flush-fua", "nvme0n1")]
    [InlineData("g-qemunvme-xfs-mqdeadline", "g-qemunvme-xfs-mqdeadline")]
    [InlineData("i-stream", "i-stream")]
    [Trait("Kind", "capture")]
    public void Captures_have_the_counts_of_their_check_file(string folder, string name)
    {
        TextTraces trace = TextTraces.ReadBlkparse(TextTraces.InputOf(Captures.File($"nvmevirt/{folder}/{name}.blkparse.txt")));
        using JsonDocument check = JsonDocument.Parse(File.ReadAllText(Captures.File($"nvmevirt/{folder}/summary.check.json")));
        JsonElement expected = check.RootElement.GetProperty(name);

        Assert.True(trace.Diagnostics.IsClean);
        Assert.Equal(expected.GetProperty("lines").GetInt32(), trace.Events.Count);
        Assert.Equal(Counts(expected.GetProperty("actions")), Count(trace.Events, e => e.Action.Letter()));
        Assert.Equal(Counts(expected.GetProperty("rwbs_D")), Count(trace.Events.Where(e => e.Action == BlockAction.Issue), e => e.Rwbs.ToString()));
        Assert.Equal(Counts(expected.GetProperty("devs")), Count(trace.Events, e => e.Device.ToString()));
        Assert.Equal(
            Counts(expected.GetProperty("C_err")),
            Count(trace.Events.Where(e => e.Action == BlockAction.Complete), e => $"{(ushort)e.Error}"));
    }

    // Newer versions print more messages, and rewrite C after splits; nothing else differs.
    [Theory]
    [InlineData("d-mixed-partition-dm", "nvme0n1")]
    [InlineData("e-qemunvme-mixed-trim-flush-fua", "nvme0n1")]
    [Trait("Kind", "capture")]
    public void Both_versions_of_blkparse_are_read_alike(string folder, string name)
    {
        TextTraces old = TextTraces.ReadBlkparse(TextTraces.InputOf(Captures.File($"nvmevirt/{folder}/{name}.blkparse.txt")));
        TextTraces recent = TextTraces.ReadBlkparse(TextTraces.InputOf(Captures.File($"nvmevirt/{folder}/{name}.blkparse13.txt")));
        List<BlockEvent> recentEvents = [.. recent.Events.Where(e => e.Action != BlockAction.Message)];
        Assert.True(recent.Diagnostics.IsClean);
        Assert.True(recentEvents.Count < recent.Events.Count);
        Assert.Equal(
            old.Events.Where(e => e.Action != BlockAction.Complete).Select(e => (e.Sequence, e.Cpu, e.Action, e.Sector, e.LengthBytes, e.RelatedSector, e.Pid)),
            recentEvents.Where(e => e.Action != BlockAction.Complete).Select(e => (e.Sequence, e.Cpu, e.Action, e.Sector, e.LengthBytes, e.RelatedSector, e.Pid)));
    }

    [Fact]
    public void The_fast_columns_are_the_plain_lines()
    {
        string[] lines =
        [
            "259,0    3    40386    52.239707800   820  D WSM 4194320 + 8 [python3]",
            "  8,16  11 12345678 12345.000000000 99999 UT   N [fio] 1",
            "  8,128  0        1     0.000000001     0  C   R 8 + 8 [0]",
            "259,1048575  0 -2147483648     0.000000001 4294967295  C   R 8 + 8 [0]",
            "259,0    0        0    12.210001010   220 1,0  m   N phase fio",
        ];
        const string Noise = " 0123456789,.-DU/:!\x10";
        var random = new Random(3);
        int understood = 0;
        int fast = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] line = Encoding.ASCII.GetBytes(lines[random.Next(lines.Length)]);
            for (int changes = random.Next(3); changes > 0; changes--)
                line[random.Next(line.Length)] = (byte)Noise[random.Next(Noise.Length)];

            BlockEvent byColumns = default;
            BlockEvent plain = default;
            bool isPlain = BlkparseLineParser.TryParseLinePlain(line, ref plain, out ReadOnlySpan<byte> plainName);
            Assert.Equal(isPlain, BlkparseLineParser.TryParseLine(line, ref byColumns, out ReadOnlySpan<byte> name));
            if (!isPlain)
                continue;
            Assert.Equal(plain, byColumns);
            Assert.True(plainName.SequenceEqual(name));
            understood++;
            fast += BlkparseColumns.TryReadHeader(line, ref byColumns) ? 1 : 0;
        }

        Assert.InRange(fast, 20_000, understood - 5_000);
    }

    [Fact]
    public void Damage_ends_and_is_accounted_for()
    {
        byte[] sample = Encoding.Latin1.GetBytes(
            string.Concat(Enumerable.Repeat("259,0    0        1     0.000000001   625  A   R 8 + 8 <- (259,1) 9\n259,0    3        2     0.000000002   625  X  WS 8 / 16 [IPC I/O Parent]\n", 30)) + Summary);
        for (int seed = 0; seed < 1000; seed++)
            TextTraces.ReadBlkparse(TextTraces.Input(TextTraces.Damage(sample, new Random(seed))));
    }

    private static SortedDictionary<string, int> Counts(JsonElement counts) =>
        new(counts.EnumerateObject().ToDictionary(count => count.Name, count => count.Value.GetInt32()), StringComparer.Ordinal);

    private static SortedDictionary<string, int> Count(IEnumerable<BlockEvent> events, Func<BlockEvent, string> key) =>
        new(events.CountBy(key).ToDictionary(), StringComparer.Ordinal);
}
