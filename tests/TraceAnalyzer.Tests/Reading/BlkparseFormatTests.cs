using System.Text;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Blkparse;

namespace TraceAnalyzer.Tests.Reading;

public sealed class BlkparseFormatTests
{
    private const string DefaultSpeltOut = @"%D %2c %8s %5T.%9t %5p %2a %3d %S + %n [%C]\n";
    private const string Comma = @"%T.%9t,%D,%c,%s,%p,%a,%d,%S,%n,%N,%e,%C\n";

    [Theory]
    [InlineData(@"%D %2c %8s %5T.%9t %5p %2a %3d %S + %n [%C]\n", "259,0    3    40386    52.239707800   820  D WSM 4194320 + 8 [IPC I/O Parent]\n")]
    [InlineData(@"%T.%9t,%D,%c,%s,%p,%a,%d,%S,%n,%N,%e,%C\n", "52.239707800,259,0  ,3,40386,820,D,WSM,4194320,8,4096,0,IPC I/O Parent\n")]
    [InlineData(@"%C %T.%t %a %d %S %N %M:%m %c %s %p\n", "IPC I/O Parent 52.239707800 D WSM 4194320 4096 259:0 3 40386 820\n")]
    [InlineData(@"%-16C|%16C|%-6M%-2m%-4c|%-8s|%T%9t|%-5p|%-3a|%-5d|%-12S|%-4n\n", "IPC I/O Parent  |  IPC I/O Parent|259   0 3   |40386   |52239707800|820  |D  |WSM  |4194320     |8   \n")]
    [InlineData(@"%a%d %S%%%N\t%T.%12t %M,%m %c/%s/%p %C\n", "DWSM 4194320%4096\t52.000239707800 259,0 3/40386/820 IPC I/O Parent\n")]
    [InlineData(@"%z %g %Z %P [%e] %D %c %s %p %T %t %a %d %S %n %C\n", "02:39:41.134398 g Z 00 12 .. [0] 259,0   3 40386 820 52 239707800 D WSM 4194320 8 IPC I/O Parent\n")]
    [InlineData("%g|%P|%4u|%D|%c|%s|%p|%T|%t|%a|%d|%S|%n|%C\n", "1f,0||  12|259,0  |3|40386|820|52|239707800|D|WSM|4194320|8|IPC I/O Parent\n")]
    public void A_record_has_the_formats_fields(string format, string text)
    {
        TextTraces trace = TextTraces.ReadBlkparse(text, format);
        Assert.True(trace.Diagnostics.IsClean);
        Assert.Equal(
            new BlockEvent
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
            },
            Assert.Single(trace.Events));
        Assert.Equal("IPC I/O Parent", trace.Processes.Find(820));
    }

    [Fact]
    public void What_a_format_leaves_out_is_unknown()
    {
        BlockEvent e = Assert.Single(TextTraces.ReadBlkparse("1.000000000 C WS 8 8\n", @"%T.%t %a %d %S %n\n").Events);
        Assert.Equal((DeviceId.Unknown, BlockEvent.UnknownCpu, BlockEvent.UnknownPid), (e.Device, e.Cpu, e.Pid));
    }

    [Fact]
    public void Errors_splits_and_unplugs_are_carried_where_printed()
    {
        TextTraces trace = TextTraces.ReadBlkparse("1.000000000 C R 8 8 65531 77\n1.000000001 X R 8589934000 8 0 200\n1.000000002 UT N 0 0 0 3\n1.000000003 D R 8 8 0 77\n", @"%T.%t %a %d %S %n %e %U\n");
        Assert.Equal([-5, 0, 0, 0], trace.Events.Select(e => (int)e.Error));
        Assert.Equal([0, 8589934792, 3, 0], trace.Events.Select(e => e.RelatedSector));
    }

    [Theory]
    [InlineData(@"%t %a %d %S %n\n", "no %T")]
    [InlineData(@"%T.%t %d %S %n\n", "no %a (action), without which events cannot be read; if blktrace recorded or blkparse printed one action only, say which: --action")]
    [InlineData(@"%T.%t %a %S %n\n", "no %d (rwbs), without which events cannot be read; if all lines are of one operation, say which: --operation")]
    [InlineData(@"%T.%t %a %d %n\n", "no %S")]
    [InlineData(@"%T.%t %a %d %S\n", "no %n (sectors) or %N (bytes)")]
    [InlineData(@"%T.%t %a %d %S %n\q", "an escape")]
    [InlineData(@"%T.%t %a %d %S %n %5", "a '%' without a field")]
    [InlineData(@"%T.%t %a %d %S %99999999999n", "a width")]
    [InlineData("", "no %a")]
    public void A_format_that_cannot_be_read_back_says_why(string format, string why)
    {
        TraceException e = Assert.Throws<TraceException>(() => TextTraces.ReadBlkparse("", format));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void What_a_format_leaves_out_can_be_stated()
    {
        var options = new ReadOptions { BlkparseFormat = @"%T.%t %S %N\n", BlkparseAction = BlockAction.Complete, BlkparseRwbs = Rwbs.Of("R") };
        using BlkparseReader reader = BlkparseReader.Open(new TraceParts("t", [TextTraces.Input("0.000061198 41992 54272\n3.5 8 512\n")], 0), options);
        TextTraces trace = TextTraces.Read(reader);
        Assert.Equal("blkparse text, custom format, every line a completion as stated, every line R as stated", reader.Source.Format);
        Assert.Equal([(BlockAction.Complete, Rwbs.Of("R"), OperationClass.Read, 61_198L, 41992ul, 54272u), (BlockAction.Complete, Rwbs.Of("R"), OperationClass.Read, 3_000_000_005, 8, 512)],
            trace.Events.Select(e => (e.Action, e.Rwbs, e.Class, e.TimeNs, e.Sector, e.LengthBytes)));
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Fact]
    public void What_a_format_prints_is_not_what_is_stated()
    {
        var options = new ReadOptions { BlkparseFormat = @"%T.%t %a %d %S %N\n", BlkparseAction = BlockAction.Complete, BlkparseRwbs = Rwbs.Of("R") };
        using BlkparseReader reader = BlkparseReader.Open(new TraceParts("t", [TextTraces.Input("0.000061198 D WS 41992 54272\n")], 0), options);
        BlockEvent e = Assert.Single(TextTraces.Read(reader).Events);
        Assert.Equal((BlockAction.Issue, Rwbs.Of("WS")), (e.Action, e.Rwbs));
    }

    // As found in public scripts.
    [Theory]
    [InlineData(@"%T %t %c %p %d %S %N \n", "3 000000007 2 77 R 8 512 \n", BlockAction.Complete, null, 3_000_000_007)]
    [InlineData(@"%M %m %d %a %N %S %5T.%9t\n", "8 16 R D 512 8     3.000000007\n", null, null, 3_000_000_007)]
    [InlineData(@"%T %t %d %S %n %d %a\n", "3 000000007 R 8 1 R D\n", null, null, 3_000_000_007)]
    [InlineData(@"%T.%t %d %S %N\n", "3.000000007 R 8 512\n", BlockAction.Complete, null, 3_000_000_007)]
    [InlineData(@"%M %m %2c %8s %5T.%9t %5p %2a %3d %S %n\n", "8 16  0        4     3.000000007    77  D   R 8 1\n", null, null, 3_000_000_007)]
    [InlineData(@"%a\t%d\t%N\t%S\t%T.%t\n", "D\tR\t512\t8\t3.000000007\n", null, null, 3_000_000_007)]
    [InlineData(@"%T:%t %p %d %S %n\n", "3:000000007 77 R 8 1\n", BlockAction.Queue, null, 3_000_000_007)]
    [InlineData(@"%5T.%9t, %p, %C, %a, %S, %n, %N\n", "    3.000000007, 77, (null), D, 8, 1, 512\n", null, "R", 3_000_000_007)]
    [InlineData(@"%T %c %p %d %S %N \n", "3 2 77 R 8 512 \n", BlockAction.Complete, null, 3_000_000_000)]
    [InlineData(@"%T.%0t %a %d %S %N\n", "3.7 D R 8 512\n", null, null, 3_000_000_007)]
    [InlineData(@"%T.%3t %a %d %S %N\n", "3.007 D R 8 512\n", null, null, 3_000_000_007)]
    [InlineData(@"%T.%3t %a %d %S %N\n", "3.5005 D R 8 512\n", null, null, 3_000_005_005)]
    public void Formats_of_scripts_are_read_once_what_they_leave_out_is_stated(string format, string text, BlockAction? action, string? rwbs, long timeNs)
    {
        var options = new ReadOptions { BlkparseFormat = format, BlkparseAction = action, BlkparseRwbs = rwbs is null ? null : Rwbs.Of(rwbs) };
        Assert.True(BlkparseReader.Sniff(System.Text.Encoding.ASCII.GetBytes(text), options));
        using BlkparseReader reader = BlkparseReader.Open(new TraceParts("t", [TextTraces.Input(text)], 0), options);
        TextTraces trace = TextTraces.Read(reader);
        BlockEvent e = Assert.Single(trace.Events);
        Assert.Equal((timeNs, action ?? BlockAction.Issue, Rwbs.Of("R"), 8ul, 512u), (e.TimeNs, e.Action, e.Rwbs, e.Sector, e.LengthBytes));
        Assert.Equal(format.Contains("%t", StringComparison.Ordinal) || format.Contains("9t", StringComparison.Ordinal) || format.Contains("3t", StringComparison.Ordinal) || format.Contains("0t", StringComparison.Ordinal), reader.HasCompletions);
        if (action is not null)
            Assert.Throws<TraceException>(() => BlkparseReader.Sniff([], options with { BlkparseAction = null }));
        if (rwbs is not null)
            Assert.Throws<TraceException>(() => BlkparseReader.Sniff([], options with { BlkparseRwbs = null }));
    }

    [Fact]
    public void Messages_and_file_names_are_known_beside_a_format()
    {
        const string Text = """
            259,0    0        0    12.210001010   220  m   N phase fio
            and more
            12.300000000,D,R,8,8
            12.300000001,C,R,8,8
            Input file nvme0n1.blktrace.0 added

            """;
        TextTraces trace = TextTraces.ReadBlkparse(Text, @"%T.%t,%a,%d,%S,%n\n");
        Assert.Equal([BlockAction.Message, BlockAction.Issue, BlockAction.Complete], trace.Events.Select(e => e.Action));
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Fact]
    public void Records_without_newlines_are_told_apart()
    {
        const string Text = "259,0    0        1     0.000000000   241  Q WSM 8 + 8 [a]b]259,0    0        2     0.000148920   241  G WSM 8 + 8 [a]b]"
            + "259,0    0        0    12.210001010   220  m   N note\n"
            + "259,0    0        3     0.000181920   242  P   N 0 + 0 [IPC I/O Parent]Input file x.blktrace.0 added\n";
        TextTraces trace = TextTraces.ReadBlkparse(Text, DefaultSpeltOut[..^2]);
        Assert.Equal([BlockAction.Queue, BlockAction.GetRequest, BlockAction.Message, BlockAction.Plug], trace.Events.Select(e => e.Action));
        Assert.Equal("a]b", trace.Processes.Find(241));
        Assert.Equal("IPC I/O Parent", trace.Processes.Find(242));
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Fact]
    public void Numbers_that_touch_the_next_record_end_where_it_starts()
    {
        TextTraces trace = TextTraces.ReadBlkparse("259,0   0.000000001 D R 8 256259,0   0.000000002 C R 8 256", "%D %T.%t %a %d %S %n");
        Assert.Equal([256u, 256u], trace.Events.Select(e => e.LengthSectors));
        Assert.Equal([DeviceId.Of(259, 0), DeviceId.Of(259, 0)], trace.Events.Select(e => e.Device));
    }

    [Fact]
    public void Damage_among_records_without_newlines_costs_what_it_hits()
    {
        const string Record = "259,0    0        1     0.000000000   241  Q WSM 8 + 8 [a]";
        TextTraces trace = TextTraces.ReadBlkparse(Record + "#?!" + Record + Record, DefaultSpeltOut[..^2]);
        Assert.Equal(1, trace[ReadCounter.BadRecords]);
        Assert.InRange(trace.Events.Count, 2, 3);
        Assert.InRange(trace[ReadCounter.SkippedBytes], 3, 3 + Record.Length);
    }

    [Theory]
    [InlineData(DefaultSpeltOut, "259,0    0        1     0.000000000   241  Q WSM 8 + 8 [a]", 1)]
    [InlineData(DefaultSpeltOut, "259,0    0        1     0.000000000   241  Q WSM 8 + 8 [a", 0)]
    [InlineData(@"%T.%t %a %d %S %n\n", "1.000000000 D R 8 25", 0)]
    public void A_last_line_without_newline_is_whole_or_counted_as_cut(string format, string last, int events)
    {
        TextTraces trace = TextTraces.ReadBlkparse(last, format);
        Assert.Equal(events, trace.Events.Count);
        Assert.Equal(1 - events, trace[ReadCounter.TruncatedRecords]);
    }

    [Fact]
    public void Records_of_several_lines_survive_the_cutting_into_chunks()
    {
        string text = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"0.{i:D9} D\nR 8\n\n256 fio\n"));
        TextTraces trace = TextTraces.ReadBlkparse(text, @"%T.%t %a\n%d %S\n\n%n %C\n");
        Assert.Equal(30_000, trace.Events.Count);
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Fact]
    public void One_giant_line_survives_the_cutting_into_chunks()
    {
        string text = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"259,0   0.{i:D9} D R 8 256[fio]"));
        TextTraces trace = TextTraces.ReadBlkparse(text, "%D %T.%t %a %d %S %n[%C]");
        Assert.Equal(Enumerable.Range(0, 30_000).Select(i => (long)i), trace.Events.Select(e => e.TimeNs));
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Fact]
    public void Sniffing_needs_the_format()
    {
        byte[] text = Encoding.ASCII.GetBytes("1.000000000 D R 8 8\n");
        Assert.False(BlkparseReader.Sniff(text, new ReadOptions()));
        Assert.True(BlkparseReader.Sniff(text, new ReadOptions { BlkparseFormat = @"%T.%t %a %d %S %n\n" }));
    }

    // The default text and the text of a format, made of the same binaries, tell the same of every event.
    [Theory]
    [InlineData("a-offload-mmap", "a-offload-mmap")]
    [InlineData("c-kvcache", "c-kvcache")]
    [InlineData("d-mixed-partition-dm", "dm-0")]
    [InlineData("d-mixed-partition-dm", "nvme0n1")]
    [InlineData("e-qemunvme-mixed-trim-flush-fua", "nvme0n1")]
    [InlineData("g-qemunvme-xfs-mqdeadline", "g-qemunvme-xfs-mqdeadline")]
    [Trait("Kind", "capture")]
    public void Captures_are_the_same_in_both_formats(string folder, string name)
    {
        List<BlockEvent> byDefault = TextTraces.ReadBlkparse(TextTraces.InputOf(Captures.File($"nvmevirt/{folder}/{name}.blkparse.txt"))).Events;
        string text = File.ReadAllText(Captures.File($"nvmevirt/{folder}/{name}.custom.txt"));
        AssertSame(byDefault, TextTraces.ReadBlkparse(text, DefaultSpeltOut));

        // The same records as other formats print them.
        AssertSame(byDefault, TextTraces.ReadBlkparse(text.Replace("]\n", "]", StringComparison.Ordinal), DefaultSpeltOut[..^2]));
    }

    [Fact]
    public void Damage_ends_and_is_accounted_for()
    {
        const string Records = "52.239707800,259,0  ,3,40386,820,D,WSM,4194320,8,4096,0,IPC I/O Parent\n52.239707801,259,0  ,3,40387,820,P,N,0,0,0,0,fio\n";
        byte[] lines = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(Records, 20)));
        byte[] oneLine = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(Records.ReplaceLineEndings(""), 20)));
        for (int seed = 0; seed < 500; seed++)
        {
            TextTraces.ReadBlkparse(TextTraces.Input(TextTraces.Damage(lines, new Random(seed))), Comma);
            TextTraces.ReadBlkparse(TextTraces.Input(TextTraces.Damage(oneLine, new Random(seed))), Comma[..^2]);
        }
    }

    // What the format carries: no error, no related sector, no mark of passthrough (whose length it gives in sectors).
    private static void AssertSame(List<BlockEvent> byDefault, TextTraces custom)
    {
        Assert.True(custom.Diagnostics.IsClean);
        Assert.Equal(byDefault.Count, custom.Events.Count);
        for (int i = 0; i < byDefault.Count; i++)
        {
            BlockEvent expected = byDefault[i] with { Error = 0, RelatedDevice = default, RelatedSector = 0 };
            BlockEvent actual = custom.Events[i];
            if (expected.Action == BlockAction.Split)
                actual = actual with { LengthBytes = 0, LengthSectors = 0 };

            // Zero-byte events have a sector that the default text only prints of completions.
            if (expected is { LengthSectors: 0, Sector: 0 })
                expected.Sector = actual.Sector;
            if (expected.Class != expected.Rwbs.Class)
            {
                expected.Class = expected.Rwbs.Class;
                expected = expected with { LengthBytes = actual.LengthBytes, LengthSectors = actual.LengthSectors };
            }

            Assert.True(expected.Equals(actual), $"event {i}: {Describe(expected)}, {Describe(actual)}");
        }
    }

    private static string Describe(BlockEvent e) =>
        $"{e.Device} {e.Cpu} {e.Sequence} {e.TimeNs} {e.Pid} {e.Action.Letter()} {e.Rwbs} {e.Class} {e.Sector} {e.LengthSectors} {e.LengthBytes}";
}
