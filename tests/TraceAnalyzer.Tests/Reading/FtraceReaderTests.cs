using System.Text;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Ftrace;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Reading;

public sealed class FtraceReaderTests
{
    private const string Good = "             fio   477 [001]     1.000000: block:block_rq_issue: 259,0 R 512 () 1 + 1 [fio]\n";

    private const string Sample = """
        # tracer: nop
        #
        cpus=2
        CPU 3 is empty
        CPU:1 [LOST 123 EVENTS]
        CPU:0 [EVENTS DROPPED]
        CPU:0 [7 EVENTS DROPPED]
                     fio   477 [001]   193.137977324:    block:block_rq_issue: 259,0 R 131072 () 69944 + 256 [fio]
         nvmev_io_worker   235 [001]   193.144402044: block:block_rq_complete: 259,0 R () 69944 + 256 [0]
        	ffffffff8145f1a1 blk_mq_start_request+0xf1 ([kernel.kallsyms])
        	    7f6a2c3d4e5f pread64+0x2f (/usr/lib/libc.so.6)

                     fio   477 [001]   193.2: sched:sched_switch: prev_comm=a: prev_pid=4 ==> next_comm=fio next_pid=5
                     fio-477   [000] d..2.   194.000001: block_bio_remap: 259,0 RM 35976 + 8 <- (259,1) 33928
                     fio-477   [000] .....   194.000002: block_dirty_buffer: 259,1 sector=137 size=4096
                     fio-477   [000] .....   194.000003: 0xffffffff: hello
                 swapper     0 [000]   194.100000: PERF_RECORD_LOST lost 9
        Processed 473 events and lost 2 chunks!

        """;

    [Fact]
    public void Events_are_read_losses_counted_and_the_rest_understood()
    {
        TextTraces trace = Read(Sample);

        Assert.Equal([BlockAction.Issue, BlockAction.Complete, BlockAction.Remap], trace.Events.Select(e => e.Action));
        Assert.Equal(123 + 1 + 7 + 9 + 2, trace[ReadCounter.LostEvents]);
        Assert.Equal(0, trace[ReadCounter.SkippedBytes]);
        Assert.Equal(
            new BlockEvent
            {
                TimeNs = 193_137_977_324,
                Sector = 69944,
                Rwbs = Rwbs.Of("R"),
                LengthBytes = 131072,
                LengthSectors = 256,
                Device = DeviceId.Of(259, 0),
                Pid = 477,
                Cpu = 1,
                Action = BlockAction.Issue,
                Class = OperationClass.Read,
            },
            trace.Events[0]);
        Assert.Equal("fio", trace.Processes.Find(477));
        Assert.Equal("nvmev_io_worker", trace.Processes.Find(235));
    }

    [Theory]
    [InlineData("block_bio_queue: 259,0 FWS 0 + 0 [fio]", BlockAction.Queue, "FWS", OperationClass.Write, 0, 0, 0)]
    [InlineData("block_getrq: 259,0 R 16 + 8 [fio]", BlockAction.GetRequest, "R", OperationClass.Read, 16, 8, 4096)]
    [InlineData("block_sleeprq: 259,0 R 16 + 8 [fio]", BlockAction.SleepRequest, "R", OperationClass.Read, 16, 8, 4096)]
    [InlineData("block_bio_bounce: 259,0 R 16 + 8 [fio]", BlockAction.Bounce, "R", OperationClass.Read, 16, 8, 4096)]
    [InlineData("block_bio_backmerge: 259,0 WM 16 + 8 [fio]", BlockAction.BackMerge, "WM", OperationClass.Write, 16, 8, 4096)]
    [InlineData("block_bio_frontmerge: 259,0 WM 16 + 8 [fio]", BlockAction.FrontMerge, "WM", OperationClass.Write, 16, 8, 4096)]
    [InlineData("block_rq_merge: 259,0 WM 8192 () 16 + 16 [fio]", BlockAction.BackMerge, "WM", OperationClass.Write, 16, 16, 8192)]
    [InlineData("block_rq_insert: 259,0 WSM 4096 () 16 + 8 [fio]", BlockAction.Insert, "WSM", OperationClass.Write, 16, 8, 4096)]
    [InlineData("block_rq_requeue: 259,0 WS () 16 + 8 [0]", BlockAction.Requeue, "WS", OperationClass.Write, 16, 8, 4096)]
    [InlineData("block_bio_complete: 259,0 WS 16 + 8 [0]", BlockAction.Complete, "WS", OperationClass.Write, 16, 8, 4096)]
    [InlineData("block_rq_abort: 259,0 WS () 16 + 8 [0]", BlockAction.Abort, "WS", OperationClass.Write, 16, 8, 4096)]
    [InlineData("block_rq_issue: 259,0 FF 0 () 18446744073709551615 + 0 [kworker/0:1H]", BlockAction.Issue, "FF", OperationClass.Flush, 0, 0, 0)]
    [InlineData("block_rq_issue: 259,0 N 0 () 0 + 0 [nvme]", BlockAction.Issue, "N", OperationClass.Other, 0, 0, 0)]
    [InlineData("block_rq_issue: 8,0 R 36 (12 01 80 00 24 00 ..) 0 + 0 [smartd]", BlockAction.Issue, "R", OperationClass.Other, 0, 0, 36)]
    [InlineData("block_rq_complete: 8,0 R (12 01 80 00 24 00) 0 + 0 [0]", BlockAction.Complete, "R", OperationClass.Other, 0, 0, 0)]
    [InlineData("block_rq_complete: 259,0 N () 18446744073709551615 + 8 [0]", BlockAction.Complete, "N", OperationClass.Other, 0, 0, 4096)]
    [InlineData("block_rq_issue: 8,0 W 0 () 16 + 8 [old kernel]", BlockAction.Issue, "W", OperationClass.Write, 16, 8, 4096)]
    [InlineData("block_rq_issue: 259,0 DS 2147483648 () 8589934592 + 4194304 [fstrim]", BlockAction.Issue, "DS", OperationClass.Discard, 8589934592, 4194304, 2147483648)]
    [InlineData("block_rq_issue: 259,0 WS 4096 () 16 + 8 be,0,4 [fio]", BlockAction.Issue, "WS", OperationClass.Write, 16, 8, 4096)]
    [InlineData("block_rq_issue: 259,0 WS 4096 () 16 + 8 0x2,0,4 [fio]", BlockAction.Issue, "WS", OperationClass.Write, 16, 8, 4096)]
    [InlineData("block_rq_complete: 259,0 WS () 16 + 8 none,0,0 [0]", BlockAction.Complete, "WS", OperationClass.Write, 16, 8, 4096)]
    public void Each_tracepoint_is_its_action(string text, BlockAction action, string rwbs, OperationClass @class, ulong sector, uint sectors, uint bytes)
    {
        BlockEvent e = Assert.Single(Read($" fio-7 [000] 1.000001: {text}\n").Events);
        Assert.Equal((action, rwbs, @class, sector, sectors, bytes), (e.Action, e.Rwbs.ToString(), e.Class, e.Sector, e.LengthSectors, e.LengthBytes));
    }

    [Fact]
    public void Splits_remaps_plugs_and_errors_have_their_own_fields()
    {
        List<BlockEvent> events = Read("""
             fio-7 [000] 1.000001: block_split: 259,0 R 100 / 131328 [fio]
             fio-7 [000] 1.000002: block_bio_remap: 259,0 RM 35976 + 8 <- (259,1) 33928
             fio-7 [000] 1.000003: block_rq_remap: 259,0 RM 35976 + 8 <- (252,3) 34359738368 2
             fio-7 [000] 1.000004: block_plug: [fio]
             fio-7 [000] 1.000005: block_unplug: [fi] o] 12
             fio-7 [000] 1.000006: block_rq_complete: 259,0 RM () 1 + 8 [-121]

            """).Events;
        Assert.Equal((BlockAction.Split, 100ul, 131328ul), (events[0].Action, events[0].Sector, events[0].RelatedSector));
        Assert.Equal((BlockAction.Remap, "259,1", 33928ul), (events[1].Action, events[1].RelatedDevice.ToString(), events[1].RelatedSector));
        Assert.Equal((BlockAction.Remap, "252,3", 34359738368ul), (events[2].Action, events[2].RelatedDevice.ToString(), events[2].RelatedSector));
        Assert.Equal((BlockAction.Plug, DeviceId.Unknown), (events[3].Action, events[3].Device));
        Assert.Equal((BlockAction.Unplug, 12ul), (events[4].Action, events[4].RelatedSector));
        Assert.Equal(-121, events[5].Error);
    }

    [Theory]
    [InlineData("  IPC I/O Parent   477 [001]   193.137977:    block:block_rq_issue:", "IPC I/O Parent", 477, 1, 193_137_977_000)]
    [InlineData(" kworker/u8:1-3 [002] d..2.   0.000001: block_rq_issue:", "kworker/u8:1", 3, 2, 1_000)]
    [InlineData(" [1] 2.0: a   9 [011] 5.1234567: block:block_rq_issue:", "[1] 2.0: a", 9, 11, 5_123_456_700)]
    [InlineData(" a-1 [2]-10 [003] ...1 5.000000001: block_rq_issue:", "a-1 [2]", 10, 3, 5_000_000_001)]
    [InlineData(" (x) [0]   9/10 [003] 5.000000: x1 block:block_rq_issue:", "(x) [0]", 10, 3, 5_000_000_000, false)]
    [InlineData(" (x) [0]   9/10 [003] 5.000000: 1 block:block_rq_issue:", "(x) [0]", 10, 3, 5_000_000_000)]
    [InlineData("kworker/-44        1..... 17493us!: block_rq_issue:", "kworker/", 44, 1, 17_493_000)]
    [InlineData("  fio-477     1d..2   193.138977: block_rq_issue:", "fio", 477, 1, 193_138_977_000)]
    [InlineData("  fio-477   [001]   193.138977:  (+120)   block_rq_issue:", "fio", 477, 1, 193_138_977_000)]
    [InlineData("vhost-12 22031   1  1019.931888:    block:block_rq_issue:", "vhost-12", 22031, 1, 1019_931_888_000)]
    [InlineData("         vhost 5 22031 [001] K      1019.931888:    block:block_rq_issue:", "vhost 5", 22031, 1, 1019_931_888_000)]
    [InlineData("         vhost 5 22031/22032 [001] 2026-11-28 12:05:26.294673  1043.379047:    block:block_rq_issue:", "vhost 5", 22032, 1, 1043_379_047_000)]
    [InlineData("             :-1    -1/-1    [003] 5.000000: block:block_rq_complete:", null, BlockEvent.UnknownPid, 3, 5_000_000_000)]
    [InlineData(" (x) [0]   9/10 [003] 5.000000: block:block_rq_issue:", "(x) [0]", 10, 3, 5_000_000_000)]
    [InlineData(" fio-10 (      9) [003] .... 5.000000: block_rq_issue:", "fio", 10, 3, 5_000_000_000)]
    [InlineData(" fio-10 (-------) [003] dNh3 5.000000: block_rq_issue:", "fio", 10, 3, 5_000_000_000)]
    [InlineData(" fio  10 9223372034.999999999: block:block_rq_issue:", "fio", 10, BlockEvent.UnknownCpu, 9223372034_999_999_999)]
    [InlineData(" <...>-10 [003] 5.000000: block_rq_complete:", null, 10, 3, 5_000_000_000)]
    [InlineData(" :10    10 [003] 5.000000: block:block_rq_complete:", null, 10, 3, 5_000_000_000)]
    [InlineData(" :-1    -1 [003] 5.000000: block:block_rq_complete:", null, BlockEvent.UnknownPid, 3, 5_000_000_000)]
    public void Whatever_a_command_is_called_the_prefix_is_read(string prefix, string? name, int pid, int cpu, long timeNs, bool isEvent = true)
    {
        bool completes = prefix.Contains("complete", StringComparison.Ordinal);
        TextTraces trace = Read(prefix + (completes ? " 259,0 R () 16 + 8 [0]\n" : $" 259,0 R 4096 () 16 + 8 [{name}]\n"));
        Assert.Equal(0, trace[ReadCounter.BadRecords]);
        if (!isEvent)
        {
            Assert.Empty(trace.Events);
            return;
        }

        BlockEvent e = Assert.Single(trace.Events);
        Assert.Equal((pid, (ushort)cpu, timeNs), (e.Pid, e.Cpu, e.TimeNs));
        Assert.Equal(name, trace.Processes.Find(pid));
        Assert.Equal(name is null ? 0 : 1, trace.Processes.Count);
    }

    [Theory]
    [InlineData(" fio-7 [000] 1.000001: block_rq_issue: 259,0 R 4096 () 16 + 8\n")]
    [InlineData(" fio-7 [000] 1.000001: block_rq_issue: 259,0 r 4096 () 16 + 8 [fio]\n")]
    [InlineData(" fio-7 [000] 1.000001: block_rq_issue: 259,0 R 4294967296 () 16 + 8 [fio]\n")]
    [InlineData(" fio-7 [000] 1.000001: block_rq_issue: 259,0 R 4096 (zz) 16 + 8 [fio]\n")]
    [InlineData(" fio-7 [000] 1.000001: block_rq_issue: 259,0 R 4096 (.. 16 + 8 [fio]\n")]
    [InlineData(" fio-7 [000] 1.000001: block_rq_issue: 4096,0 R 4096 () 16 + 8 [fio]\n")]
    [InlineData(" fio-7 [000] 1.000001: block_rq_issue: 259,0 R 4096 () 18446744073709551616 + 8 [fio]\n")]
    [InlineData(" fio-7 [000] 1.000001: block_rq_issue: 259,0 R 4096 () 16 + 8388608 [fio]\n")]
    [InlineData(" fio-7 [000] 1.000001: block_rq_complete: 259,0 R () 16 + 8 [fio]\n")]
    [InlineData(" fio-7 [000] 1.000001: block_rq_complete: 259,0 R () 16 + 8 [-40000]\n")]
    [InlineData(" fio-7 [000] 1.000001: block_split: 259,0 R 16 + 8 [fio]\n")]
    [InlineData(" fio-7 [000] 1.000001: block_bio_remap: 259,0 R 16 + 8 <- (259,1 33928\n")]
    [InlineData(" fio-7 [000] 1.000001: block_unplug: [fio] x\n")]
    [InlineData(" fio-7 [000] 1.0000000001: block_rq_issue: 259,0 R 4096 () 16 + 8 [fio]\n")]
    [InlineData(" fio-7 [000] 9223372037.000000: block_rq_issue: 259,0 R 4096 () 16 + 8 [fio]\n")]
    [InlineData(" fio-7 [000] 1000001: block_rq_issue: 259,0 R 4096 () 16 + 8 [fio]\n")]
    [InlineData(" fio [000] 1.000001: block_rq_issue: 259,0 R 4096 () 16 + 8 [fio]\n")]
    [InlineData(" fio [000] 1.000001: block:block_rq_issue: 259,0 R 4096 () 16 + 8 [fio]\n")]
    [InlineData(" fio-7 [000] 1.000001: block_rq_is\n")]
    [InlineData(" fio-7 [000] 1.000001:\n")]
    [InlineData("        fio   7 [000] 1.000001: block:block_rq_complete: 259,0 R ()\n")]
    [InlineData("    7 1.0: block:block_rq_complete: 259,0 R (/x)\n")]
    [InlineData(" fio-7 [abc] 1.000001: block_rq_issue: 259,0 R 4096 () 16 + 8 [fio]\n")]
    [InlineData("nonsense\n")]
    [InlineData("CPU:1 [LOST SOME]\n")]
    public void What_is_not_understood_is_counted(string line)
    {
        TextTraces trace = Read(Good + line + Good);
        Assert.Equal(2, trace.Events.Count);
        Assert.Equal((1, line.Length), (trace[ReadCounter.BadRecords], trace[ReadCounter.SkippedBytes]));
        Assert.Equal($"trace.txt, byte {Good.Length}", trace.Diagnostics.FirstPlace(ReadCounter.BadRecords));
    }

    [Fact]
    public void A_last_line_without_newline_is_whole_or_counted_as_cut()
    {
        string line = Good.TrimEnd('\n');
        for (int length = 1; length < line.Length; length++)
        {
            TextTraces trace = Read(Good + line[..length]);
            bool isBlank = string.IsNullOrWhiteSpace(line[..length]);
            Assert.Single(trace.Events);
            Assert.Equal((isBlank ? 0 : 1, isBlank ? 0 : length), (trace[ReadCounter.TruncatedRecords], trace[ReadCounter.SkippedBytes]));
        }

        Assert.Equal(2, Read(Good + line).Events.Count);
    }

    [Fact]
    public void Carriage_returns_and_commas_for_decimals_change_nothing()
    {
        List<BlockEvent> expected = Read(Sample).Events;
        Assert.Equal(expected, Read(Sample.Replace("\n", "\r\n", StringComparison.Ordinal)).Events);
        Assert.Equal(expected, Culture.InGerman(() => Read(Sample)).Events);
    }

    [Fact]
    public void Chunks_change_nothing()
    {
        string text = string.Concat(Enumerable.Repeat(Sample, 1000));
        Assert.True(text.Length > 3 * TraceChunk.TargetBytes);
        TextTraces trace = Read(text);
        Assert.Equal(Enumerable.Repeat(Read(Sample).Events, 1000).SelectMany(events => events), trace.Events);
        Assert.Equal(1000 * 142, trace[ReadCounter.LostEvents]);
    }

    [Fact]
    public void Damage_ends_and_is_accounted_for()
    {
        byte[] sample = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Sample, 20)));
        for (int seed = 0; seed < 500; seed++)
            Read(TextTraces.Input(TextTraces.Damage(sample, new Random(seed))));
    }

    [Theory]
    [InlineData(Sample, true)]
    [InlineData(Good, true)]
    [InlineData("cpus=2\n", false)]
    [InlineData("", false)]
    [InlineData(" fio-477 [000] .....   194.000002: sched_switch: prev_comm=a\n", false)]
    [InlineData("  8,0    3        1     0.000000000   697  G   W 223490 + 8 [kjournald]\n", false)]
    [InlineData("380374513676, WSM, 36864, 3672488, 72\n", false)]
    public void Sniffing_wants_an_event_of_the_block_layer(string text, bool isFtrace)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal(isFtrace, FtraceReader.Sniff(bytes, new ReadOptions()));
        Assert.Equal(isFtrace, TraceFormats.Recognize(bytes, new ReadOptions())?.Name == FtraceReader.FormatName);
    }

    private static TextTraces Read(string text) => Read(TextTraces.Input(text));

    private static TextTraces Read(TraceInput input)
    {
        using FtraceReader reader = FtraceReader.Open(new TraceParts("t", [input], 0), new ReadOptions());
        return TextTraces.Read(reader);
    }

    [Fact]
    public void Call_stacks_of_perf_belong_to_the_event_before_them()
    {
        const string Text =
            """
            fio 477 [001] 193.000001000: block:block_rq_issue: 259,0 R 4096 () 8 + 8 [fio]
            	ffffffff8145f1a1 blk_mq_start_request+0xf1 ([kernel.kallsyms])
            	ffffffff8145f1a1 blk_mq_start_request+0xf1 ([kernel.kallsyms])
            	ffffffff812f1a10 filemap_fault+0x10 ([kernel.kallsyms])
            	ffffffff81ffffff [unknown] ([kernel.kallsyms])
            	    7f0012345678 read+0x10 (/usr/lib/libc.so.6)

            fio 477 [001] 193.000002000: block:block_rq_complete: 259,0 R () 8 + 8 [0]
            fio 477 [001] 193.000003000: block:block_rq_issue: 259,0 R 4096 () 16 + 8 [fio]
            	ffffffff812f1a10 iomap_dio_rw+0x10 ([kernel.kallsyms])

            """;
        byte[] text = System.Text.Encoding.ASCII.GetBytes(Text.ReplaceLineEndings("\n"));
        using var reader = FtraceReader.Open(TraceReading.Parts(text), new ReadOptions());
        ReadTrace read = TraceReading.ReadAll(reader);
        Assert.True(read.Diagnostics.IsClean);
        Assert.Equal([1, 0, 2], read.Events.Select(e => (int)e.Stack));
        Assert.Equal(["blk_mq_start_request", "blk_mq_start_request", "filemap_fault", "0xffffffff81ffffff"], reader.Stacks.Frames(1));
        Assert.Equal(["iomap_dio_rw"], reader.Stacks.Frames(2));
        Assert.Equal(text.Length, read.UnderstoodBytes);
    }

    [Fact]
    public void Chunks_do_not_part_an_event_from_its_stack()
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < 4000; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"fio 477 [001] 193.{i:d6}: block:block_rq_issue: 259,0 R 4096 () {i * 8} + 8 [fio]\n");
            for (int frame = 0; frame < 10; frame++)
                text.Append("\tffffffff8145f1a1 f").Append(i % 3).Append("+0xf1 ([kernel.kallsyms])\n");
            text.Append('\n');
        }

        using var reader = FtraceReader.Open(TraceReading.Parts(System.Text.Encoding.ASCII.GetBytes(text.ToString())), new ReadOptions());
        ReadTrace read = TraceReading.ReadAll(reader);
        Assert.Equal(4000, read.Events.Count);
        Assert.Equal(Enumerable.Range(0, 4000).Select(i => $"f{i % 3}"), read.Events.Select(e => reader.Stacks.Frames(e.Stack).Distinct().Single()));
        Assert.All(read.Events, e => Assert.Equal(10, reader.Stacks.Frames(e.Stack).Count));
    }
}
