using TraceAnalyzer.Cli.Capture.Devices;
using TraceAnalyzer.Cli.Capture.Recording;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Capture;

/// <summary>Gates that fail: numbers that do not fit each other by a single request or sector.</summary>
public sealed class CaptureGatesTests : IDisposable
{
    // Two reads of 4 KiB, one of which completes while the counters are read at the end, a write, and a read that does not complete.
    private const string Trace = """
                  dd-10    [000] .....   100.000100: block_rq_issue: 7,0 R 4096 () 0 + 8 [dd]
                  dd-10    [001] .....   100.000200: block_rq_complete: 7,0 R () 0 + 8 [0]
                  dd-10    [000] .....   100.010000: block_rq_issue: 7,0 R 4096 () 8 + 8 [dd]
             kworker-20    [000] .....   100.010100: block_rq_issue: 7,0 W 8192 () 64 + 16 [kworker]
             kworker-20    [000] .....   100.010200: block_rq_complete: 7,0 W () 64 + 16 [0]
                  dd-10    [000] .....   100.020500: block_rq_complete: 7,0 R () 8 + 8 [0]
                  dd-10    [000] .....   100.020600: block_rq_issue: 7,0 R 4096 () 128 + 8 [dd]

        """;

    private static readonly BlockDevice s_device = new("none", DeviceId.Of(7, 0), "none", 0);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(8, 16, GateState.Passed)]
    [InlineData(16, 16, GateState.Passed)]
    [InlineData(7, 16, GateState.Failed)]
    [InlineData(17, 16, GateState.Failed)]
    [InlineData(8, 15, GateState.Failed)]
    [InlineData(8, 17, GateState.Failed)]
    public void Counters_must_lie_between_what_completed_surely_and_perhaps(long readSectors, long writeSectors, object state)
    {
        DiskSnapshot start = Snapshot(99_000_000_000, 99_000_100_000, default);
        DiskSnapshot end = Snapshot(100_020_000_000, 100_021_000_000, new DiskNumbers(2, readSectors, 1, writeSectors, 0));

        Assert.Equal(state, CaptureGates.Counters(Check(start, end), start, end, s_device).State);
    }

    [Fact]
    public void Requests_without_a_partner_and_the_bytes_of_the_command_are_counted()
    {
        DiskSnapshot start = Snapshot(99_000_000_000, 99_000_100_000, default);
        TraceCheck check = Check(start, Snapshot(101_000_000_000, 101_000_000_001, default));

        Assert.Equal((7, 1, 0), (check.Events, check.WithoutCompletion, check.WithoutIssue));
        Assert.Equal((3 * 4096, (3 * 4096) + 8192), (check.BytesOfCommand, check.IssuedBytes));
        Assert.Equal(GateState.Unknown, CaptureGates.Counters(check, start, start with { Disks = new Dictionary<string, DiskNumbers>() }, s_device).State);
    }

    [Fact]
    public void Members_on_partitions_are_placed_on_their_disks()
    {
        const string Tables = "vg-lv: 0 4194304 striped 2 256 8:2 2048 8:17 100\ncrypt: 0 100 crypt aes-xts-plain64 00:00 0 259:3 4096 1 allow_discards\nvg-a: 0 8 linear 259:0 7\n";

        string placed = DeviceTableFiles.OnWholeDisks(Tables, number => number == DeviceId.Of(8, 2) ? (DeviceId.Of(8, 0), 4096) : number == DeviceId.Of(259, 3) ? (DeviceId.Of(259, 1), 1000) : null);

        Assert.Equal("vg-lv: 0 4194304 striped 2 256 8:0 6144 8:17 100\ncrypt: 0 100 crypt aes-xts-plain64 00:00 0 259:1 5096 1 allow_discards\nvg-a: 0 8 linear 259:0 7\n", placed);
    }

    [Fact]
    public void Mounts_are_found_by_the_longest_path_and_the_last_of_those_over_each_other()
    {
        Mount[] mounts =
        [
            .. ((string[])
            [
                "1 0 254:0 / / rw,noatime shared:1 - ext4 /dev/vda rw", "2 1 7:0 / /mnt rw - ext4 /dev/loop0 rw,errors=continue", "3 1 7:1 / /mnt rw master:1 shared:2 - xfs /dev/loop1 rw",
                "4 1 0:30 / /a\\040b rw - tmpfs tmpfs rw", "nonsense", "5 1 x / / rw - ext4 y rw",
            ]).Select(Mount.Parse).OfType<Mount>(),
        ];

        Assert.Equal(4, mounts.Length);
        Assert.Equal(("xfs", "rw,rw"), (Mount.Of("/mnt/x", mounts)!.Type, Mount.Of("/mnt/x", mounts)!.Options));
        Assert.Equal("/", Mount.Of("/mntx", mounts)!.Point);
        Assert.True(Mount.Of("/a b/c", mounts)!.IsMemory);
    }

    private static DiskSnapshot Snapshot(long beforeNs, long afterNs, DiskNumbers numbers) => new(beforeNs, afterNs, new Dictionary<string, DiskNumbers> { ["none"] = numbers });

    private TraceCheck Check(DiskSnapshot start, DiskSnapshot end)
    {
        File.WriteAllText(_folder["t.txt"], Trace);
        return TraceCheck.Read(_folder["t.txt"], start, end, [10], null);
    }
}
