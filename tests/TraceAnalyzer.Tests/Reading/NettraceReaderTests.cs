using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Nettrace;
using TraceAnalyzer.Tests.Oracles;

namespace TraceAnalyzer.Tests.Reading;

[Trait("Kind", "capture")]
public sealed class NettraceReaderTests
{
    private const ulong Kernel = 0xFFFF_FFFF_8100_0000;

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "fio")]
    public void An_issue_and_its_completion_are_read(bool isOld, string? name)
    {
        ReadTrace read = Read(new NettraceBytes(isOld ? NettraceBytes.Layout.Old : NettraceBytes.Layout.New)
            .IssueEvent(5_000, 2048, 256, "RA", cpu: 3)
            .CompleteEvent(9_000, 2048, 256, "RA", error: -5, cpu: 4)
            .ToArray());

        Assert.True(read.Diagnostics.IsClean);
        Assert.Equal(2, read.Events.Count);
        BlockEvent issue = read.Events[0];
        Assert.Equal((5_000L, BlockAction.Issue, 2048ul, 256u, 131_072u), (issue.TimeNs, issue.Action, issue.Sector, issue.LengthSectors, issue.LengthBytes));
        Assert.Equal(("259,1", "RA", OperationClass.Read, 77, (ushort)3), (issue.Device.ToString(), issue.Rwbs.ToString(), issue.Class, issue.Pid, issue.Cpu));
        BlockEvent complete = read.Events[1];
        Assert.Equal((9_000L, BlockAction.Complete, (short)-5, (ushort)4), (complete.TimeNs, complete.Action, complete.Error, complete.Cpu));

        // Without format files the place of the name is certain in the old layout only.
        Assert.Equal(name, read.Processes.Find(77));
    }

    [Fact]
    public void Requests_without_a_place_are_read_as_the_text_of_the_tracepoint_is()
    {
        ReadTrace read = Read(new NettraceBytes()
            .IssueEvent(1, ulong.MaxValue, 0, "FF")
            .IssueEvent(2, ulong.MaxValue, 0, "N", bytes: 4096)
            .ToArray());
        Assert.Equal((OperationClass.Flush, 0ul, 0u), (read.Events[0].Class, read.Events[0].Sector, read.Events[0].LengthBytes));
        Assert.Equal((OperationClass.Other, 0ul, 4096u), (read.Events[1].Class, read.Events[1].Sector, read.Events[1].LengthBytes));
    }

    [Fact]
    public void Processes_have_their_names()
    {
        ReadTrace read = Read(new NettraceBytes().Thread(1, 78, 79).ProcessCreate(1, "python3").IssueEvent(5, 0, 8, "R").ToArray());
        Assert.Equal("python3", read.Processes.Find(78));
    }

    [Fact]
    public void Ticks_of_any_length_become_nanoseconds()
    {
        ReadTrace read = Read(new NettraceBytes(ticksPerSecond: 10_000_000).IssueEvent(3_000_000_001, 0, 8, "R").ToArray());
        Assert.Equal(300_000_000_100, read.Events[0].TimeNs);

        // 2026-11-23 03:18:36 UTC is 1795403916, says "date -u -d ... +%s"; 1000 ticks are 100 microseconds.
        Assert.Equal(new WallClockAnchor(100_000, 1_795_403_916_907_000_000), read.WallClock);
    }

    [Fact]
    public void Cpus_above_255_are_told_apart() =>
        Assert.Equal(300, Read(new NettraceBytes().IssueEvent(5, 0, 8, "R", cpu: 300).ToArray()).Events[0].Cpu);

    [Fact]
    public void Stacks_are_those_of_their_events_whatever_the_order()
    {
        byte[] file = new NettraceBytes()
            .Thread(1, 1, 11).Thread(2, 1, 12)
            .Stacks(1, [Kernel + 0x10, Kernel + 0x110, 0x7F00_0000_0000], [Kernel + 0x110])
            .ProcessSymbol(Kernel, Kernel + 0xFF, "submit_bio").ProcessSymbol(Kernel + 0x100, Kernel + 0x1FF, "filemap_fault")
            .IssueEvent(5, 0, 8, "R", thread: 1, stack: 1)
            .IssueEvent(6, 8, 8, "R", thread: 2, stack: 2)
            .IssueEvent(7, 16, 8, "R", thread: 2)
            .ToArray();
        using var reader = NettraceReader.Open(TraceReading.Parts(file), new ReadOptions());
        ReadTrace read = TraceReading.ReadAll(reader);
        Assert.Equal([1, 2, 0], read.Events.Select(e => (int)e.Stack));
        Assert.Equal(["submit_bio", "filemap_fault"], reader.Stacks.Frames(1));
        Assert.Equal(["filemap_fault"], reader.Stacks.Frames(2));
    }

    [Fact]
    public void A_copy_of_kallsyms_names_what_the_trace_does_not()
    {
        var symbols = new KernelSymbols();
        symbols.Add(Kernel, Kernel + 0xF, "known");
        symbols.AddKallsyms(new StringReader("ffffffff81000000 T overruled\nffffffff81000010 t from_file\nffffffff81000020 D data\n0000000000000000 T hidden\nffffffff81000030 T last\nno line\n"));
        Assert.Equal(["known", "from_file", "from_file", "0xffffffff81000030", "0x10"],
            ((ulong[])[Kernel, Kernel + 0x10, Kernel + 0x2F, Kernel + 0x30, 0x10]).Select(symbols.NameOf));
    }

    [Fact]
    public void A_trace_without_block_events_says_how_to_record_them()
    {
        TraceException error = Assert.Throws<TraceException>(() => Read(new NettraceBytes().OtherEvent(5).ToArray()));
        Assert.Contains("--perf-events block:block_rq_issue", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(7, "version 7")]
    [InlineData(5, "version 5")]
    public void Other_versions_are_refused_by_name(int version, string expected)
    {
        byte[] file = new NettraceBytes().ToArray();
        if (version < 6)
            file[8] = 20;
        else
            file[12] = (byte)version;
        TraceException error = Assert.Throws<TraceException>(() => Read(file));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BlockAction.Issue, 1009)]
    [InlineData(BlockAction.Complete, 1031)]
    public void The_captures_requests_are_those_that_perf_recorded_at_the_same_time(BlockAction action, int count)
    {
        List<BlockEvent> perf = Requests("loop-nettrace/perf.txt");
        Assert.Equal(count, perf.Count);

        // perf began later and stopped earlier, and its clock is some milliseconds apart; nothing happened on the device in the second around.
        long fromNs = perf[0].TimeNs - 1_000_000_000;
        long toNs = perf[^1].TimeNs + 1_000_000_000;
        IEnumerable<BlockEvent> nettrace = Requests("loop-nettrace/kv.nettrace").Where(e => e.TimeNs >= fromNs && e.TimeNs <= toNs);
        Assert.Equal(perf.Select(Describe).Order(StringComparer.Ordinal), nettrace.Select(Describe).Order(StringComparer.Ordinal));

        List<BlockEvent> Requests(string name) => [.. TraceFiles.Read(TraceFiles.Find(name)).Events.Where(e => e.Action == action && e.Device == DeviceId.Of(7, 0))];
    }

    [Fact]
    public void Every_event_of_the_busy_system_disk_that_perf_recorded_is_there()
    {
        Dictionary<string, int> nettrace = Of("loop-nettrace/kv.nettrace");
        foreach ((string request, int times) in Of("loop-nettrace/perf.txt"))
            Assert.InRange(times, 1, nettrace.GetValueOrDefault(request));

        static Dictionary<string, int> Of(string name) =>
            TraceFiles.Read(TraceFiles.Find(name)).Events.Where(e => e.Device == DeviceId.Of(254, 0)).Select(e => $"{e.Action} {Describe(e)}").CountBy(text => text).ToDictionary();
    }

    [Fact]
    public void Names_and_layouts_of_the_format_files_beside_the_capture_are_used()
    {
        using var reader = (NettraceReader)TraceFormats.Open([Repository.Path("traces", "loop-nettrace", "kv.nettrace.zst")]);
        Assert.Equal(["block_rq_complete", "block_rq_issue"], reader.Formats.Order());
        ReadTrace read = TraceReading.ReadAll(reader);
        Assert.True(read.Diagnostics.IsClean);

        // A thread of dotnet-trace, whose process has another name.
        Assert.Equal("oc-dotnet-event", read.Processes.Find(3291));
    }

    private static string Describe(BlockEvent e) => $"{e.Device} {e.Rwbs} {e.Sector} {e.LengthSectors} {e.LengthBytes} {e.Pid} {e.Cpu}";

    private static ReadTrace Read(byte[] file) => TraceReading.ReadAll(NettraceReader.Open(TraceReading.Parts(file), new ReadOptions()));
}
