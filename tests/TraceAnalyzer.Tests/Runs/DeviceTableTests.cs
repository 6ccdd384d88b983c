using TraceAnalyzer.Runs.Devices;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Tests.Runs;

/// <summary>What /proc/mdstat, dmsetup table and btrfs say of devices that are made of others.</summary>
public sealed class DeviceTableTests
{
    private const string Mdstat =
        """
        Personalities : [raid0] [raid1]
        md0 : active raid0 nvme3n1[3] nvme2n1[2] nvme1n1[1] nvme0n1[0]
              1306624 blocks super 1.2 128k chunks

        md1 : active (auto-read-only) raid1 sdb1[1] sda1[0]
              1046528 blocks super 1.2 [2/2] [UU]
              bitmap: 0/1 pages [0KB], 65536KB chunk

        unused devices: <none>
        """;

    [Fact]
    public void Mdstat_has_order_and_chunk_of_a_RAID0()
    {
        DeviceTables read = MdstatReader.Read(new StringReader(Mdstat));

        Assert.Equal(["md0", "md1"], read.Tables.Select(table => table.Device));
        Assert.Equal((0, 0), (read.SkippedLines, read.Remarks.Count));
        StripedSegment md0 = Assert.Single(read.Tables[0].Segments);
        Assert.Equal((0L, 2_613_248L, 256L), (md0.FirstSector, md0.Sectors, md0.ChunkSectors));
        Assert.Equal(["nvme0n1", "nvme1n1", "nvme2n1", "nvme3n1"], md0.Columns.Select(column => column.Single().Device));
        Assert.Equal(["sda1", "sdb1"], Assert.Single(Assert.Single(read.Tables[1].Segments).Columns).Select(member => member.Device));
        Assert.True(read.Tables.All(table => table.LacksStarts));
    }

    [Theory]
    [InlineData("active raid5 sdc1[3] sdb1[1] sda1[0]", "1000 blocks level 5, 64k chunk", "raid5 is neither raid0 nor raid1")]
    [InlineData("active raid0 sdc1[2] sda1[0]", "1024 blocks super 1.2 64k chunks", "a member is missing")]
    [InlineData("active raid0 sdb1[1] sda1[0]", "1088 blocks super 1.2 64k chunks", "different sizes")]
    [InlineData("active raid0 sdb1[1] sda1[0]", "1024 blocks super 1.2", "its chunk is not known")]
    [InlineData("active raid0 sdb1[1] sda1[0]", "99999999999999999999 blocks super 1.2 64k chunks", "its size is not known")]
    [InlineData("active raid0 sdb1 sda1", "1024 blocks super 1.2 64k chunks", "its members are not understood")]
    public void An_array_that_cannot_be_mapped_says_why(string array, string blocks, string why)
    {
        DeviceTable table = Assert.Single(MdstatReader.Read(new StringReader($"Personalities : [raid0]\nmd0 : {array}\n      {blocks}\n")).Tables);

        Assert.Empty(table.Segments);
        Assert.Contains(why, table.Fault);
    }

    [Fact]
    public void Dmsetup_has_linear_striped_and_crypt_parts()
    {
        DeviceTables read = DmTableReader.Read(new StringReader("vg-lv: 4096 2048 linear 259:2 2048\nvg-lv: 0 4096 striped 2 256 259:0 512 /dev/sdb 1024\nsafe: 0 100 crypt aes-xts-plain64 :64:logon:x 0 8:1 32768 1 allow_discards\n"));

        Assert.Equal(["vg-lv", "safe"], read.Tables.Select(table => table.Device));
        Assert.Equal([(0L, 4096L, 256L), (4096L, 2048L, 2048L)], read.Tables[0].Segments.Select(segment => (segment.FirstSector, segment.Sectors, segment.ChunkSectors)));
        Assert.Equal([new("259:0", 512), new SegmentMember("/dev/sdb", 1024)], read.Tables[0].Segments[0].Columns.Select(column => column.Single()));
        Assert.Equal(new SegmentMember("8:1", 32768), read.Tables[1].Segments.Single().Columns.Single().Single());
        Assert.Empty(DmTableReader.Read(new StringReader("No devices found\n")).Tables);
    }

    [Theory]
    [InlineData("0 100 thin 253:2 1", "target thin is neither linear nor striped")]
    [InlineData("0 100 linear 8:0 0\n50 100 linear 8:0 100", "its parts overlap")]
    [InlineData("0 100 striped 0 8 8:0 0", "its striped part is not understood")]
    [InlineData("0 101 striped 2 8 8:0 0 8:16 0", "its striped part is not understood")]
    [InlineData("0 100 striped 3 8 8:0 0 8:16 0", "its striped part is not understood")]
    [InlineData("0 100 linear 8:0 -1", "its linear part is not understood")]
    public void A_table_that_cannot_be_mapped_says_why(string text, string why) =>
        Assert.Contains(why, Assert.Single(DmTableReader.Read(new StringReader(text)).Tables).Fault);

    [Theory]
    [InlineData("0 2048 linear 259:0 34", true)]
    [InlineData("No devices found", true)]
    [InlineData("0 1 2 3", false)]
    [InlineData("", false)]
    [InlineData("259,0 1 2 0.1 3 D R 0 + 8 [x]", false)]
    public void Tables_are_told_by_their_targets(string line, bool isTable) => Assert.Equal(isTable, DmTableReader.IsTable([line]));

    // Each is a limit of what is kept; what is beyond it is counted, not dropped in silence.
    [Fact]
    public void Lines_members_and_devices_beyond_the_most_are_counted()
    {
        const int Lines = SideRanges.MostSegments;
        DeviceTables segments = DmTableReader.Read(new StringReader(string.Concat(Enumerable.Range(0, Lines + 3).Select(i => FormattableString.Invariant($"a: {8 * i} 8 linear 8:0 {8 * i}\n")))));
        Assert.Equal((Lines, 3), (segments.Tables.Single().Segments.Count, segments.SkippedLines));

        DeviceTables devices = DmTableReader.Read(new StringReader(string.Concat(Enumerable.Range(0, SideRanges.MostDevices + 2).Select(i => FormattableString.Invariant($"d{i}: 0 8 linear 8:0 {8 * i}\n")))));
        Assert.Equal((SideRanges.MostDevices, 2), (devices.Tables.Count, devices.SkippedLines));

        string members = string.Concat(Enumerable.Repeat(" 8:0 0", StripedSegment.MostMembers));
        const int Most = (1 << 20) / StripedSegment.MostMembers;
        DeviceTables striped = DmTableReader.Read(new StringReader(string.Concat(Enumerable.Range(0, Most + 1).Select(i => FormattableString.Invariant($"s{i}: 0 {8 * StripedSegment.MostMembers} striped {StripedSegment.MostMembers} 8{members}\n")))));
        Assert.Equal((Most, 1), (striped.Tables.Count, striped.SkippedLines));

        // A line longer than any of the most members.
        string stretched = $"l: 0 8 linear 8:0 0{new string(' ', 40 * StripedSegment.MostMembers)}\n";
        Assert.Equal((0, 1), (DmTableReader.Read(new StringReader(stretched)).Tables.Count, DmTableReader.Read(new StringReader(stretched)).SkippedLines));
    }

    [Fact]
    public void Chunks_of_btrfs_are_stripes_copies_or_one_piece()
    {
        DeviceTables read = BtrfsChunkReader.Read(new StringReader(
            Chunk(1 << 20, 1 << 21, "SYSTEM|RAID1", (3, 1 << 20), (4, 1 << 21))
            + Chunk(1 << 22, 1 << 22, "DATA|RAID0", (1, 1 << 20), (2, 1 << 21))
            + Chunk(1 << 23, 1 << 20, "DATA|single", (1, 1 << 24))
            + Chunk(1 << 24, 1 << 20, "DATA|RAID6", (1, 1 << 24), (2, 1 << 24), (3, 1 << 24))));
        StripedSegment[] segments = [.. Assert.Single(read.Tables).Segments];

        Assert.Equal([(2048L, 4096L, 4096L), (8192L, 8192L, 128L), (16384L, 2048L, 2048L)], segments.Select(segment => (segment.FirstSector, segment.Sectors, segment.ChunkSectors)));
        Assert.Equal([new("devid 3", 2048), new SegmentMember("devid 4", 4096)], Assert.Single(segments[0].Columns));
        Assert.Equal([new("devid 1", 2048), new SegmentMember("devid 2", 4096)], segments[1].Columns.Select(column => column.Single()));
        Assert.Equal(["1 chunk not mapped: profile RAID6"], read.Remarks);
        Assert.True(BtrfsChunkReader.AreChunks(["btrfs-progs v6.2", "chunk tree"]));
    }

    [Fact]
    public void Chunks_that_make_no_sense_are_skipped_or_refused()
    {
        Assert.Equal(1, BtrfsChunkReader.Read(new StringReader(Chunk(1 << 20, 1 << 20, "DATA|RAID0", (1, 1 << 20)).Replace("num_stripes 1", "num_stripes 2"))).SkippedLines);
        Assert.Equal(1, BtrfsChunkReader.Read(new StringReader(Chunk(1 << 20, 1 << 20, "DATA|single", (1, 1 << 20)).Replace("length 1048576", "length 99999999999999999999999"))).SkippedLines);
        Assert.Contains("overlap", BtrfsChunkReader.Read(new StringReader(Chunk(1 << 20, 1 << 20, "DATA|single", (1, 0)) + Chunk((1 << 20) + 512, 1 << 20, "DATA|single", (1, 0)))).Tables.Single().Fault);
    }

    private static string Chunk(long address, long length, string type, params (int Device, long Offset)[] stripes) => FormattableString.Invariant(
        $"\titem 0 key (FIRST_CHUNK_TREE CHUNK_ITEM {address}) itemoff 1 itemsize 2\n\t\tlength {length} owner 2 stripe_len 65536 type {type}\n\t\tio_align 65536 io_width 65536 sector_size 4096\n\t\tnum_stripes {stripes.Length} sub_stripes 1\n")
        + string.Concat(stripes.Select((stripe, i) => FormattableString.Invariant($"\t\t\tstripe {i} devid {stripe.Device} offset {stripe.Offset}\n\t\t\tdev_uuid x\n")));
}
