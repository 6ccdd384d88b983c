using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>
/// The binaries of a capture against what blkparse printed of them, event by event and field by field. What the
/// text does not say is taken off the binary's events first, so each method here is also the list of what that is.
/// </summary>
[Trait("Kind", "capture")]
public class BlkparseDifferentialTests
{
    private const string CustomFormat = @"%D %2c %8s %5T.%9t %5p %2a %3d %S + %n [%C]\n";

    public static TheoryData<string> Sets =>
    [
        "nvmevirt/a-offload-mmap/a-offload-mmap",
        "nvmevirt/b-deepnvme-fio/b-deepnvme-fio",
        "nvmevirt/b2-deepnvme-fio-alltools/b2-deepnvme-fio-alltools",
        "nvmevirt/c-kvcache/c-kvcache",
        "nvmevirt/d-mixed-partition-dm/nvme0n1",
        "nvmevirt/d-mixed-partition-dm/dm-0",
        "nvmevirt/e-qemunvme-mixed-trim-flush-fua/nvme0n1",
        "nvmevirt/e-qemunvme-mixed-trim-flush-fua/dm-0",
        "nvmevirt/g-qemunvme-xfs-mqdeadline/g-qemunvme-xfs-mqdeadline",
    ];

    public static TheoryData<string> SetsWithTextOfVersion13 =>
    [
        "nvmevirt/b-deepnvme-fio/b-deepnvme-fio",
        "nvmevirt/b2-deepnvme-fio-alltools/b2-deepnvme-fio-alltools",
        "nvmevirt/c-kvcache/c-kvcache",
        "nvmevirt/d-mixed-partition-dm/nvme0n1",
        "nvmevirt/d-mixed-partition-dm/dm-0",
        "nvmevirt/e-qemunvme-mixed-trim-flush-fua/nvme0n1",
        "nvmevirt/e-qemunvme-mixed-trim-flush-fua/dm-0",
        "nvmevirt/g-qemunvme-xfs-mqdeadline/g-qemunvme-xfs-mqdeadline",
        "nvmevirt/l-qemunvme-cgroup/l-qemunvme-cgroup",
    ];

    [Theory]
    [MemberData(nameof(Sets))]
    [InlineData("nvmevirt/l-qemunvme-cgroup/l-qemunvme-cgroup")]
    public void A_merged_dump_is_its_per_CPU_set(string name) =>
        SameAsDump(TraceFiles.Read(TraceFiles.FindSet(name)).Events, TraceFiles.Read(TraceFiles.Find(name + ".bin")).Events);

    [Theory]
    [InlineData("nvmevirt/d-mixed-partition-dm")]
    [InlineData("nvmevirt/e-qemunvme-mixed-trim-flush-fua")]
    public void The_sets_of_two_devices_are_one_trace(string folder)
    {
        List<BlockEvent> sets = TraceFiles.Read(TraceFiles.FindSet(folder + "/nvme0n1"), TraceFiles.FindSet(folder + "/dm-0")).Events;
        List<BlockEvent> dump = TraceFiles.Read(TraceFiles.Find(folder + "/merged.bin")).Events;
        SameAsDump(sets, dump);
        SameEvents(AsDefaultText(WithoutCgroups(sets)), TraceFiles.Read(TraceFiles.Find(folder + "/merged.blkparse.txt")).Events);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_default_text_says_what_the_records_say(string name)
    {
        ReadTrace binary = TraceFiles.Read(TraceFiles.FindSet(name));
        ReadTrace text = TraceFiles.Read(TraceFiles.Find(name + ".blkparse.txt"));
        SameEvents(AsDefaultText(WithoutCgroups(binary.Events)), text.Events);
        Assert.True(binary.Diagnostics.IsClean);
        Assert.True(text.Diagnostics.IsClean);
        Assert.Equal(text.Processes.All.Select(process => (process.Pid, binary.Processes.Find(process.Pid))), text.Processes.All.Select(process => (process.Pid, (string?)process.Name)));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Text_of_a_format_says_what_the_records_say(string name)
    {
        ReadTrace text = TraceFiles.ReadCustom(TraceFiles.Find(name + ".custom.txt"), CustomFormat);
        SameEvents(AsCustomText(WithoutCgroups(TraceFiles.Read(TraceFiles.FindSet(name)).Events)), text.Events);
        Assert.True(text.Diagnostics.IsClean);
    }

    [Theory]
    [MemberData(nameof(SetsWithTextOfVersion13))]
    public void Text_of_a_newer_version_says_what_the_records_say(string name)
    {
        List<BlockEvent> binary = AsDefaultText(TraceFiles.Read(TraceFiles.FindSet(name)).Events);
        List<BlockEvent> text = TraceFiles.Read(TraceFiles.Find(name + ".blkparse13.txt")).Events;

        // 1.3.0 prints the sector and size of the whole bio, and not of its piece, where a split one completes.
        if (binary.Exists(e => e.Action == BlockAction.Split))
        {
            binary = [.. binary.Select(WithoutPlaceOfCompletions)];
            text = [.. text.Select(WithoutPlaceOfCompletions)];
        }

        // It takes the id of a cgroup for the second sector of a split.
        if (name.EndsWith("cgroup", StringComparison.Ordinal))
        {
            binary = [.. binary.Select(WithoutSecondSector)];
            text = [.. text.Select(WithoutSecondSector)];
        }

        SameEvents(binary, text);
    }

    [Fact]
    public void A_stream_is_what_its_text_says()
    {
        List<BlockEvent> binary = TraceFiles.Read(TraceFiles.Find("nvmevirt/i-stream/i-stream.bin")).Events;
        SameEvents(AsDefaultText(binary), TraceFiles.Read(TraceFiles.Find("nvmevirt/i-stream/i-stream.blkparse.txt")).Events);
        SameEvents(AsDefaultText(binary), TraceFiles.Read(TraceFiles.Find("nvmevirt/i-stream/i-stream.blkparse13.txt")).Events);
    }

    [Fact]
    public void An_older_version_leaves_out_all_records_with_a_cgroup()
    {
        List<BlockEvent> all = TraceFiles.Read(TraceFiles.FindSet("nvmevirt/l-qemunvme-cgroup/l-qemunvme-cgroup")).Events;
        List<BlockEvent> text = TraceFiles.Read(TraceFiles.Find("nvmevirt/l-qemunvme-cgroup/l-qemunvme-cgroup.blkparse.txt")).Events;

        // Plugs are the only ones that carry none. Time still starts at the first I/O.
        long zeroNs = WithoutCgroups(all)[0].TimeNs;
        SameEvents([.. all.Where(e => e.Action == BlockAction.Plug).Select(e => AsDefaultText(e, zeroNs))], text);
    }

    // blkparse 1.2.0 does not know the cgroup bit, which kernel messages carry, and drops them.
    private static List<BlockEvent> WithoutCgroups(List<BlockEvent> events) => [.. events.Where(e => e.Action != BlockAction.Message)];

    // A merged dump starts at zero, but for the messages that blkparse 1.2.0 did not understand: they keep their time.
    private static void SameAsDump(List<BlockEvent> events, List<BlockEvent> dump)
    {
        List<BlockEvent> expected = WithoutCgroups(events);
        long zeroNs = expected[0].TimeNs;
        SameEvents([.. expected.Select(e => e with { TimeNs = e.TimeNs - zeroNs })], WithoutCgroups(dump));
        Assert.Equal(events.Count, dump.Count);
    }

    // Text starts at zero.
    private static List<BlockEvent> AsDefaultText(List<BlockEvent> events) => [.. events.Select(e => AsDefaultText(e, events[0].TimeNs))];

    private static List<BlockEvent> AsCustomText(List<BlockEvent> events) => [.. events.Select(e => AsCustomText(e, events[0].TimeNs))];

    private static BlockEvent AsDefaultText(BlockEvent e, long zeroNs)
    {
        e.TimeNs -= zeroNs;
        bool isPassthrough = e.Class == OperationClass.Other && e.Rwbs.Class != OperationClass.Other;
        switch (e.Action)
        {
            case BlockAction.Remap:
                break;
            case BlockAction.Complete when isPassthrough || e.Rwbs.ToString() == "N":
                // "C R [0]"
                e.Sector = 0;
                e.LengthBytes = e.LengthSectors = 0;
                break;
            case BlockAction.Complete:
                // "C WS 4718592 [0]": completions without bytes have a sector.
                break;
            case BlockAction.Split:
                // "X WS 8 / 16 [fio]": both parts' sectors, no length.
                e.LengthBytes = e.LengthSectors = 0;
                break;
            case BlockAction.Unplug or BlockAction.UnplugTimer or BlockAction.Plug or BlockAction.Message:
                e.Sector = 0;
                e.LengthBytes = e.LengthSectors = 0;
                break;
            default:
                // "D R 4096 [nvme]": of a passthrough command the bytes; "Q FWS [fio]": of a request without data nothing.
                if (e.LengthSectors == 0)
                    e.Sector = 0;
                break;
        }

        // Only completions print an error, and only remaps and splits another sector, unplugs a count.
        if (e.Action != BlockAction.Complete)
            e.Error = 0;
        return e;
    }

    private static BlockEvent AsCustomText(BlockEvent e, long zeroNs)
    {
        e.TimeNs -= zeroNs;
        e.Error = 0;
        e.RelatedSector = 0;
        e.RelatedDevice = default;

        // "%n" is the bytes in sectors, whatever they are; nothing tells a passthrough command by then.
        e.LengthSectors = e.LengthBytes / BlockEvent.SectorBytes;
        e.LengthBytes = e.LengthSectors * BlockEvent.SectorBytes;
        e.Class = e.Rwbs.Class;
        return e;
    }

    private static BlockEvent WithoutPlaceOfCompletions(BlockEvent e)
    {
        if (e.Action == BlockAction.Complete)
        {
            e.Sector = 0;
            e.LengthBytes = e.LengthSectors = 0;
        }

        return e;
    }

    private static BlockEvent WithoutSecondSector(BlockEvent e) => e.Action == BlockAction.Split ? e with { RelatedSector = 0 } : e;

    private static void SameEvents(List<BlockEvent> expected, List<BlockEvent> actual)
    {
        Assert.NotEmpty(expected);
        for (int i = 0; i < Math.Min(expected.Count, actual.Count); i++)
        {
            if (Fields(expected[i]) != Fields(actual[i]))
                Assert.Fail($"event {i}: expected {Fields(expected[i])}, found {Fields(actual[i])}");
        }

        Assert.Equal(expected.Count, actual.Count);
    }

    private static EventFields Fields(in BlockEvent e) => new(
        e.TimeNs, e.Device, e.Cpu, e.Sequence, e.Pid, e.Action, e.Rwbs, e.Class, e.Sector, e.LengthBytes, e.LengthSectors, e.Error, e.RelatedDevice, e.RelatedSector);

    private readonly record struct EventFields(
        long TimeNs,
        DeviceId Device,
        ushort Cpu,
        uint Sequence,
        int Pid,
        BlockAction Action,
        Rwbs Rwbs,
        OperationClass Class,
        ulong Sector,
        uint LengthBytes,
        uint LengthSectors,
        short Error,
        DeviceId RelatedDevice,
        ulong RelatedSector);
}
