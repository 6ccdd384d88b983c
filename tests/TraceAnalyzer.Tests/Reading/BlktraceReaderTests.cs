using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Blktrace;

namespace TraceAnalyzer.Tests.Reading;

public class BlktraceReaderTests
{
    [Theory]
    [InlineData(7, false)]
    [InlineData(7, true)]
    [InlineData(8, false)]
    [InlineData(8, true)]
    public void Every_field_of_a_record_is_read_in_both_versions_and_byte_orders(int version, bool bigEndian)
    {
        byte[] bytes = new BlktraceBytes(version, bigEndian)
            .Process(4711, "python3")
            .Timestamp(1_000, 1_700_000_000, 5)
            .Event('C', 123_456_789_012, 1ul << 33, 131_072, BlktraceBytes.Read | BlktraceBytes.Ahead, cpu: 3, pid: 4711, device: (259u << 20) | 7, error: -5, sequence: 42)
            .ToArray();

        ReadTrace trace = Read(bytes);

        BlockEvent e = Assert.Single(trace.Events);
        Assert.Equal(123_456_789_012, e.TimeNs);
        Assert.Equal(1ul << 33, e.Sector);
        Assert.Equal(131_072u, e.LengthBytes);
        Assert.Equal(256u, e.LengthSectors);
        Assert.Equal(BlockAction.Complete, e.Action);
        Assert.Equal("RA", e.Rwbs.ToString());
        Assert.Equal(OperationClass.Read, e.Class);
        Assert.Equal(4711, e.Pid);
        Assert.Equal(3, e.Cpu);
        Assert.Equal("259,7", e.Device.ToString());
        Assert.Equal(-5, e.Error);
        Assert.Equal(42u, e.Sequence);
        Assert.Equal("python3", trace.Processes.Find(4711));
        Assert.Equal(new WallClockAnchor(1_000, 1_700_000_000_000_000_005), trace.WallClock);
        Assert.Equal(bytes.Length, trace.UnderstoodBytes);
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Theory]
    [InlineData(BlktraceBytes.Read, 4096, "R")]
    [InlineData(BlktraceBytes.Write | BlktraceBytes.Sync, 4096, "WS")]
    [InlineData(BlktraceBytes.Write | BlktraceBytes.Sync | BlktraceBytes.Meta | BlktraceBytes.Fua | BlktraceBytes.Flush, 4096, "FWFSM")]
    [InlineData(BlktraceBytes.Discard | BlktraceBytes.Write | BlktraceBytes.Sync, 4096, "DS")]
    [InlineData(BlktraceBytes.Flush, 0, "FN")]
    [InlineData(BlktraceBytes.Read, 0, "N")]
    public void Letters_are_those_of_blkparse(uint category, uint bytes, string letters)
    {
        BlockEvent e = Assert.Single(Read(new BlktraceBytes().Event('D', 1, 8, bytes, category).ToArray()).Events);
        Assert.Equal(letters, e.Rwbs.ToString());
    }

    [Fact]
    public void Version_8_tells_zone_operations_from_reads_and_writes()
    {
        byte[] bytes = new BlktraceBytes(8)
            .Event('D', 1, 8, 4096, 1ul << 16)
            .Event('D', 2, 8, 0, 1ul << 17)
            .ToArray();
        List<BlockEvent> events = Read(bytes).Events;
        Assert.Equal(("ZA", OperationClass.Write), (events[0].Rwbs.ToString(), events[0].Class));
        Assert.Equal(("ZR", OperationClass.Other), (events[1].Rwbs.ToString(), events[1].Class));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Payloads_are_big_endian_and_may_follow_a_cgroup_id(bool cgroup)
    {
        byte[] remap = [0x0F, 0xC0, 0, 2, 0x10, 0x30, 0, 0, .. BlktraceBytes.BigEndian64(34_359_738_369)];
        byte[] bytes = new BlktraceBytes()
            .Event('X', 1, 100, 8192, BlktraceBytes.Write, payload: BlktraceBytes.BigEndian64(108), cgroup: cgroup)
            .Event('U', 2, 0, 0, BlktraceBytes.Read, payload: BlktraceBytes.BigEndian64(3), cgroup: cgroup)
            .Event('A', 3, 100, 8192, BlktraceBytes.Write, payload: remap, cgroup: cgroup)
            .ToArray();

        List<BlockEvent> events = Read(bytes).Events;

        Assert.Equal((BlockAction.Split, 108ul), (events[0].Action, events[0].RelatedSector));
        Assert.Equal((BlockAction.Unplug, 3ul), (events[1].Action, events[1].RelatedSector));
        Assert.Equal((BlockAction.Remap, 34_359_738_369ul, "252,2"), (events[2].Action, events[2].RelatedSector, events[2].RelatedDevice.ToString()));
    }

    [Fact]
    public void Passthrough_commands_are_no_reads()
    {
        BlockEvent e = Assert.Single(Read(new BlktraceBytes().Event('D', 1, 0, 4096, BlktraceBytes.Read | BlktraceBytes.Passthrough).ToArray()).Events);
        Assert.Equal((OperationClass.Other, 0u, 4096u), (e.Class, e.LengthSectors, e.LengthBytes));
    }

    [Fact]
    public void Messages_are_events_without_io()
    {
        ReadTrace trace = Read(new BlktraceBytes().Message(7, "fio\nwas\there").ToArray());
        BlockEvent e = Assert.Single(trace.Events);
        Assert.Equal((BlockAction.Message, 7L, 0u), (e.Action, e.TimeNs, e.LengthBytes));
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Fact]
    public void Files_of_a_set_are_merged_by_time()
    {
        var cpus = new BlktraceBytes[3];
        for (int cpu = 0; cpu < cpus.Length; cpu++)
            cpus[cpu] = new BlktraceBytes();
        var random = new Random(1);
        for (int i = 0; i < 60_000; i++)
        {
            int cpu = random.Next(3);
            cpus[cpu].Event('D', i * 10L, (ulong)i, 512, BlktraceBytes.Read, (uint)cpu);
        }

        ReadTrace trace = Read([.. cpus.Select(cpu => cpu.ToArray())]);

        Assert.Equal(60_000, trace.Events.Count);
        Assert.Equal(Enumerable.Range(0, 60_000).Select(i => (ulong)i), trace.Events.Select(e => e.Sector));
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Fact]
    public void Files_of_a_set_with_large_payloads_are_merged_by_time()
    {
        // What is cut off at once is longer than a merge key can tell places apart.
        string text = new('x', 60_000);
        BlktraceBytes[] cpus = [.. Enumerable.Range(0, 40).Select(_ => new BlktraceBytes())];
        for (int i = 0; i < 400; i++)
        {
            uint cpu = (uint)(i * 7 % 40);
            cpus[cpu].Event('D', i * 10L, (ulong)i, 512, BlktraceBytes.Read, cpu, sequence: (uint)(i / 40 * 2) + 1);
            cpus[cpu].Message((i * 10L) + 1, text);
        }

        ReadTrace trace = Read([.. cpus.Select(cpu => cpu.ToArray())]);

        Assert.Equal(Enumerable.Range(0, 400).Select(i => (ulong)i), trace.Events.Where(e => e.Action == BlockAction.Issue).Select(e => e.Sector));
        Assert.Equal(400, trace.Events.Count(e => e.Action == BlockAction.Message));
    }

    [Fact]
    public void Reading_goes_on_after_damage_and_counts_it()
    {
        byte[] good = new BlktraceBytes().Event('D', 1, 8, 512, BlktraceBytes.Read).ToArray();
        byte[] later = new BlktraceBytes().Event('D', 2, 9, 512, BlktraceBytes.Read, sequence: 2).ToArray();
        byte[] garbage = [1, 2, 3, 4, 5, 6, 7, 8, 9];

        ReadTrace trace = Read([.. good, .. garbage, .. later]);

        Assert.Equal([8ul, 9ul], trace.Events.Select(e => e.Sector));
        Assert.Equal(1, trace.Diagnostics[ReadCounter.BadRecords]);
        Assert.Equal(garbage.Length, trace.Diagnostics[ReadCounter.SkippedBytes]);
        Assert.Equal("t, byte 48", trace.Diagnostics.FirstPlace(ReadCounter.BadRecords));
    }

    [Fact]
    public void A_wrong_payload_length_does_not_swallow_the_records_behind_it()
    {
        byte[] damaged = new BlktraceBytes().Event('D', 1, 8, 512, BlktraceBytes.Read).ToArray();
        damaged[46] = 0xFF;
        byte[] rest = new BlktraceBytes().Event('D', 2, 9, 512, BlktraceBytes.Read, sequence: 2).Event('D', 3, 10, 512, BlktraceBytes.Read, sequence: 3).ToArray();

        ReadTrace trace = Read([.. damaged, .. rest]);

        Assert.Equal([9ul, 10ul], trace.Events.Select(e => e.Sector));
        Assert.Equal((1L, 48L), (trace.Diagnostics[ReadCounter.BadRecords], trace.Diagnostics[ReadCounter.SkippedBytes]));
    }

    [Fact]
    public void A_cut_last_record_is_counted()
    {
        byte[] bytes = new BlktraceBytes().Event('D', 1, 8, 512, BlktraceBytes.Read).Event('D', 2, 9, 512, BlktraceBytes.Read).ToArray();

        ReadTrace trace = Read(bytes[..^20]);

        Assert.Single(trace.Events);
        Assert.Equal((1L, 28L), (trace.Diagnostics[ReadCounter.TruncatedRecords], trace.Diagnostics[ReadCounter.SkippedBytes]));
    }

    [Fact]
    public void Gaps_in_the_sequence_are_lost_events_but_swapped_records_are_not()
    {
        byte[] bytes = new BlktraceBytes()
            .Event('D', 1, 1, 512, BlktraceBytes.Read, sequence: 10)
            .Event('D', 3, 3, 512, BlktraceBytes.Read, sequence: 12)
            .Event('D', 4, 2, 512, BlktraceBytes.Read, sequence: 11)
            .Event('D', 5, 9, 512, BlktraceBytes.Read, sequence: 20)
            .Event('D', 6, 1, 512, BlktraceBytes.Read, sequence: uint.MaxValue, cpu: 1)
            .Event('D', 7, 1, 512, BlktraceBytes.Read, sequence: 1, cpu: 1)
            .ToArray();

        // 13 to 19 of CPU 0; 0 of CPU 1, whose counter wraps.
        Assert.Equal(7 + 1, Read(bytes).Diagnostics[ReadCounter.LostEvents]);
    }

    [Fact]
    public void A_clock_that_runs_backwards_within_a_cpu_is_counted_and_between_cpus_is_not()
    {
        byte[] bytes = new BlktraceBytes()
            .Event('D', 10, 1, 512, BlktraceBytes.Read, cpu: 0, sequence: 1)
            .Event('D', 5, 2, 512, BlktraceBytes.Read, cpu: 1, sequence: 1)
            .Event('D', 9, 3, 512, BlktraceBytes.Read, cpu: 0, sequence: 2)
            .ToArray();

        ReadTrace trace = Read(bytes);

        Assert.Equal(1, trace.Diagnostics[ReadCounter.ClockRegressions]);
        Assert.Equal([2ul, 3ul, 1ul], trace.Events.Select(e => e.Sector));
    }

    [Fact]
    public void Any_damage_ends_and_every_byte_is_accounted_for()
    {
        var builder = new BlktraceBytes();
        for (int i = 0; i < 400; i++)
        {
            builder.Event(i % 2 == 0 ? 'D' : 'C', i, (ulong)i * 8, 4096, BlktraceBytes.Read, payload: i % 7 == 0 ? BlktraceBytes.BigEndian64(1) : null);
            if (i % 50 == 0)
                builder.Message(i, "a message");
        }

        byte[] whole = builder.ToArray();
        for (int seed = 0; seed < 500; seed++)
        {
            byte[] damaged = Damage(whole, new Random(seed));
            ReadTrace trace = seed % 3 == 0 ? Read(damaged[..(damaged.Length / 2)], damaged[(damaged.Length / 2)..]) : Read(damaged);
            Assert.Equal(damaged.Length, trace.UnderstoodBytes + trace.Diagnostics[ReadCounter.SkippedBytes]);
        }
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        byte[] bytes = whole[random.Next(100)..^random.Next(1, 100)];
        for (int i = random.Next(20); i > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        int cut = random.Next(bytes.Length);
        return [.. bytes[..cut], .. bytes[Math.Min(bytes.Length, cut + random.Next(200))..]];
    }

    private static ReadTrace Read(params byte[][] files) => TraceReading.ReadAll(BlktraceReader.Open(TraceReading.Parts(files), new ReadOptions()));
}
