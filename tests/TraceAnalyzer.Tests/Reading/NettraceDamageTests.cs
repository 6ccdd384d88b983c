using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reading.Nettrace;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Whatever happens to the bytes of a .nettrace: the work ends, nothing but <see cref="TraceException"/> is thrown, and each byte was understood or is counted.</summary>
[Trait("Kind", "capture")]
public sealed class NettraceDamageTests
{
    private const ulong Kernel = 0xFFFF_FFFF_8100_0000;

    [Fact]
    public void A_cut_costs_the_last_event_at_most()
    {
        byte[] whole = Sample();
        List<BlockEvent> all = TryRead(whole)!.Events;
        var random = new Random(7);
        for (int i = 0; i < 300; i++)
        {
            byte[] cut = whole[..random.Next(20, whole.Length)];
            if (TryRead(cut) is not { } read)
                continue;
            Assert.Equal(cut.Length, read.UnderstoodBytes + read.Diagnostics[ReadCounter.SkippedBytes]);
            Assert.Equal(0, read.Diagnostics[ReadCounter.BadRecords]);
            Assert.Equal(1, read.Diagnostics[ReadCounter.TruncatedRecords]);
            Assert.Equal(all.Take(read.Events.Count), read.Events);

            // An event has more than 60 bytes, so what is missing must fit into what was skipped or cut off.
            Assert.InRange(all.Count - read.Events.Count, 0, ((whole.Length - cut.Length + (int)read.Diagnostics[ReadCounter.SkippedBytes]) / 60) + 1);
        }
    }

    [Fact]
    public void The_end_of_a_capture_of_one_block_can_be_missing()
    {
        using TraceInput input = CompressedInput.OpenFile(Oracles.TraceFiles.Find("loop-nettrace/kv.nettrace"));
        var content = new MemoryStream();
        input.Content.CopyTo(content);
        byte[] whole = content.ToArray();
        ReadTrace all = TryRead(whole)!;
        ReadTrace read = TryRead(whole[..700_000])!;
        Assert.Equal(all.Events.Take(read.Events.Count), read.Events);

        // An event takes 82 bytes; they are the last of the only block of events.
        Assert.InRange(all.Events.Count - read.Events.Count, (whole.Length - 700_000) / 100, (whole.Length - 700_000) / 65);
        Assert.Equal(1, read.Diagnostics[ReadCounter.TruncatedRecords]);
    }

    [Fact]
    public void Damage_is_survived_and_every_byte_accounted_for()
    {
        byte[] whole = Sample();
        int read = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            byte[] damaged = Damage(whole, new Random(seed));
            if (TryRead(damaged) is not { } trace)
                continue;
            read++;
            Assert.Equal(damaged.Length, trace.UnderstoodBytes + trace.Diagnostics[ReadCounter.SkippedBytes]);
        }

        Assert.InRange(read, 100, 400);
    }

    [Fact]
    public void A_damaged_block_costs_its_own_events_only()
    {
        NettraceBytes bytes = new();
        List<int> starts = [];
        for (int block = 0; block < 6; block++)
        {
            starts.Add(bytes.Length);
            for (int i = 0; i < 10; i++)
                bytes.IssueEvent(1000 + (block * 10) + i, (ulong)i * 8, 8, "R");
            bytes.EndBlock();
        }

        byte[] file = bytes.ToArray();

        // The flags of the third block's first event: the payload's length is then that of the event before, which there is none of.
        file[starts[2] + 4 + 20] = 0;
        ReadTrace read = TryRead(file)!;
        Assert.Equal(50, read.Events.Count);
        Assert.Equal(1, read.Diagnostics[ReadCounter.BadRecords]);
        Assert.Equal(file.Length, read.UnderstoodBytes + read.Diagnostics[ReadCounter.SkippedBytes]);
    }

    [Fact]
    public void Events_that_nothing_describes_are_counted()
    {
        ReadTrace read = TryRead(new NettraceBytes(hasDescriptions: false).IssueEvent(5, 0, 8, "R").IssueEvent(6, 8, 8, "R").ToArray())!;
        Assert.Empty(read.Events);
        Assert.Equal(2, read.Diagnostics[ReadCounter.BadRecords]);
    }

    [Fact]
    public void Many_useless_blocks_do_not_exhaust_the_stack()
    {
        byte[] file = new NettraceBytes().IssueEvent(5, 0, 8, "R").ToArray();
        byte[] useless = [.. Enumerable.Repeat((byte[])[1, 0, 0, 2, 0xFF], 100_000).SelectMany(block => block)];
        byte[] hostile = [.. file.AsSpan(0, 20), .. useless, .. file.AsSpan(20)];
        ReadTrace read = TryRead(hostile)!;
        Assert.Equal(hostile.Length, read.UnderstoodBytes + read.Diagnostics[ReadCounter.SkippedBytes]);
    }

    private static byte[] Sample()
    {
        var bytes = new NettraceBytes();
        bytes.Thread(1, 90, 91).Stacks(1, [Kernel + 1, Kernel + 2], [Kernel + 3]).ProcessCreate(0, "python3").ProcessSymbol(Kernel, Kernel + 9, "submit_bio");
        for (int i = 0; i < 150; i++)
        {
            if (i % 2 == 0)
                bytes.IssueEvent(10_000 + (i * 100), (ulong)i * 64, 8, "RA", thread: i % 3 == 0 ? 1 : 0, stack: i % 3, cpu: i);
            else
                bytes.CompleteEvent(10_000 + (i * 100), (ulong)(i - 1) * 64, 8, "RA");
            if (i % 40 == 39)
                bytes.EndBlock();
        }

        return bytes.ToArray();
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        byte[] bytes = [.. whole];
        for (int i = random.Next(1, 12); i > 0; i--)
            bytes[random.Next(20, bytes.Length)] = (byte)random.Next(256);
        for (int i = random.Next(3); i > 0; i--)
        {
            int from = random.Next(20, bytes.Length);
            int to = random.Next(from, Math.Min(bytes.Length, from + 500));
            int at = random.Next(20, bytes.Length);
            bytes = random.Next(2) == 0 ? [.. bytes[..from], .. bytes[to..], 0] : [.. bytes[..at], .. bytes[from..to], .. bytes[at..]];
        }

        return bytes;
    }

    // Null if it is not a trace any more.
    private static ReadTrace? TryRead(byte[] bytes)
    {
        try
        {
            return TraceReading.ReadAll(NettraceReader.Open(TraceReading.Parts(bytes), new ReadOptions()));
        }
        catch (TraceException)
        {
            return null;
        }
    }
}
