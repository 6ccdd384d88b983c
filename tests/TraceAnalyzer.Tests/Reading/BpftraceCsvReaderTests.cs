using System.Text;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Bpftrace;

namespace TraceAnalyzer.Tests.Reading;

public sealed class BpftraceCsvReaderTests
{
    private const string Sample = """
        probe.bt:2:12-14: WARNING: comparison of integers of different signs: 'unsigned int32' and 'int64' can lead to undefined behavior
        /args->dev == ((259 << 20) | 0)/
                   ~~
        Attaching 1 probe...
        380374513676, WSM, 36864, 3672488, 72
        380380720256, RA, 131072, 34359738368, 256
        Lost 64 events
        380380720000, FF, 0, 0, 0
        380380720300,N,0,0,0


        """;

    [Fact]
    public void The_probes_lines_are_events_and_the_rest_is_understood()
    {
        TextTraces trace = TextTraces.ReadBpftrace(Sample);
        Assert.Equal(4, trace.Events.Count);
        Assert.Equal(64, trace[ReadCounter.LostEvents]);
        Assert.Equal(0, trace[ReadCounter.BadRecords]);
        Assert.Equal(
            new BlockEvent
            {
                TimeNs = 380374513676,
                Rwbs = Rwbs.Of("WSM"),
                LengthBytes = 36864,
                Sector = 3672488,
                LengthSectors = 72,
                Cpu = BlockEvent.UnknownCpu,
                Pid = BlockEvent.UnknownPid,
                Action = BlockAction.Issue,
                Class = OperationClass.Write,
            },
            trace.Events[0]);
        Assert.Equal(34359738368ul, trace.Events[1].Sector);
        Assert.Equal([OperationClass.Write, OperationClass.Read, OperationClass.Flush, OperationClass.Other], trace.Events.Select(e => e.Class));
    }

    [Theory]
    [InlineData("1, D, -2147483648, 0, 4194304\n", 1, 0)] // %d of 2 GiB
    [InlineData("1, D, -2147483649, 0, 4194304\n", 0, 1)]
    [InlineData("  1 ,R , 512,0 ,1 \r\n", 1, 0)]
    [InlineData("1, R, 512, 0\n", 0, 1)]
    [InlineData("1, R, 512, 0, 1, 2\n", 0, 1)]
    [InlineData("1, r, 512, 0, 1\n", 0, 1)]
    [InlineData("1, RWBSRWBSX, 512, 0, 1\n", 0, 1)]
    [InlineData("9223372036854775808, R, 512, 0, 1\n", 0, 1)]
    [InlineData("1, R, 4294967296, 0, 1\n", 0, 1)]
    [InlineData("1, R, 512, 18446744073709551615, 1\n", 0, 1)]
    [InlineData("1, R, 512, 18446744073709551616, 1\n", 0, 1)]
    [InlineData(", R, 512, 0, 1\n", 0, 1)]
    [InlineData("WARNING: Lost 3 events\n", 0, 0)]
    public void A_line_is_an_event_or_counted(string line, int events, int bad)
    {
        TextTraces trace = TextTraces.ReadBpftrace("1, R, 512, 0, 1\n" + line);
        Assert.Equal(1 + events, trace.Events.Count);
        Assert.Equal(bad, trace[ReadCounter.BadRecords]);
        Assert.Equal(bad * line.Length, trace[ReadCounter.SkippedBytes]);
        if (bad > 0)
            Assert.Equal("trace.txt, byte 16", trace.Diagnostics.FirstPlace(ReadCounter.BadRecords));
    }

    [Theory]
    [InlineData("5, RA, 131072, 8, 256", 2, 0)]
    [InlineData("5, RA, 131072, 8, 25", 1, 1)]
    [InlineData("5, RA, 131072, 8, ", 1, 1)]
    [InlineData("5, RA, 131", 1, 1)]
    [InlineData("5", 1, 1)]
    public void A_last_line_without_newline_is_whole_or_counted_as_cut(string last, int events, int truncated)
    {
        TextTraces trace = TextTraces.ReadBpftrace("1, R, 512, 0, 1\n" + last);
        Assert.Equal(events, trace.Events.Count);
        Assert.Equal(truncated, trace[ReadCounter.TruncatedRecords]);
        Assert.Equal(truncated * last.Length, trace[ReadCounter.SkippedBytes]);
        Assert.Equal(0, trace[ReadCounter.BadRecords]);
    }

    [Fact]
    public void The_fast_lines_are_the_plain_lines()
    {
        var random = new Random(2);
        string[] letters = ["R", "RA", "WSM", "W", "FF", "N", "FWFSM", "ABCDEFGH"];
        var text = new StringBuilder();
        for (int i = 0; i < 20_000; i++)
        {
            text.Append(Number(63)).Append(", ").Append(letters[random.Next(letters.Length)]).Append(", ")
                .Append(Number(32)).Append(", ").Append(Number(54)).Append(", ").Append(Number(32)).Append('\n');
        }

        byte[] bytes = Encoding.ASCII.GetBytes(text.ToString());
        var batch = new EventBatch();
        int position = 0;
        foreach (Range range in bytes.AsSpan().Split((byte)'\n'))
        {
            if (range.Start.Value == bytes.Length)
                break;
            BlockEvent plain = default;
            Assert.True(BpftraceCsvLineParser.TryParseLine(bytes.AsSpan(range), ref plain));
            batch.Clear();
            position = BpftraceCsvLineParser.ParseLines(bytes.AsSpan(0, range.End.Value + 1), range.Start.Value, batch, new BpftraceCsvLineParser.LineShape[BpftraceCsvLineParser.Shapes]);

            // The fast way leaves letters that fill a word, and a text's last bytes, to the plain way.
            if (batch.Count == 1)
                Assert.Equal(plain, batch.Events[0]);
            else
                Assert.True(plain.Rwbs.ToString().Length == 8 || range.End.Value - range.Start.Value < 24);
        }

        ulong Number(int bits) => (ulong)random.NextInt64() >> (63 - random.Next(1, bits + 1));
    }

    [Fact]
    public void Lines_of_shapes_seen_before_are_the_plain_lines()
    {
        // Few shapes, so that most lines have one that was seen; some share a place, some are too long to be kept.
        var random = new Random(3);
        string[] middles = [", RA, 131072, ", ", RA, 131073, ", ", RA, 13107, ", ", R, 131072, ", ", WS, 4096, ", ", FF, 0, ", ", FWFSM, 4294967295, "];
        string[] ends = [", 256\n", ", 8\n", ", 25\n", ", 0\n"];
        var text = new StringBuilder();
        for (int i = 0; i < 20_000; i++)
        {
            text.Append(random.NextInt64() >> random.Next(63)).Append(middles[random.Next(middles.Length)])
                .Append(random.NextInt64() >> random.Next(10, 63)).Append(ends[random.Next(ends.Length)]);
        }

        byte[] bytes = Encoding.ASCII.GetBytes(text.ToString());
        var batch = new EventBatch();
        Assert.Equal(bytes.Length, BpftraceCsvLineParser.ParseLines(bytes, 0, batch, new BpftraceCsvLineParser.LineShape[BpftraceCsvLineParser.Shapes]));

        var expected = new List<BlockEvent>();
        foreach (Range range in bytes.AsSpan(0, bytes.Length - 1).Split((byte)'\n'))
        {
            BlockEvent plain = default;
            Assert.True(BpftraceCsvLineParser.TryParseLine(bytes.AsSpan(range), ref plain));
            expected.Add(plain);
        }

        Assert.Equal(expected, batch.Events.ToArray());
    }

    [Theory]
    [InlineData("a-offload-mmap", 16331)]
    [InlineData("b-deepnvme-fio", 16144)]
    [InlineData("c-kvcache", 16296)]
    [InlineData("e-qemunvme-mixed-trim-flush-fua", 6731)]
    [Trait("Kind", "capture")]
    public void Captures_are_read_whole(string capture, int issues)
    {
        TextTraces trace = TextTraces.ReadBpftrace(TextTraces.InputOf(Captures.File($"nvmevirt/{capture}/bpftrace-block.txt")));
        Assert.Equal(issues, trace.Events.Count);
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Fact]
    public void Damage_ends_and_is_accounted_for()
    {
        byte[] sample = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Sample, 20)));
        for (int seed = 0; seed < 500; seed++)
            TextTraces.ReadBpftrace(TextTraces.Input(TextTraces.Damage(sample, new Random(seed))));
    }

    [Theory]
    [InlineData(Sample, true)]
    [InlineData("1, R, 512, 0, 1", true)]
    [InlineData("Attaching 1 probe...\n", false)]
    [InlineData("", false)]
    [InlineData("\n\n", false)]
    [InlineData("a,b,c\n1,2,3\n", false)]
    [InlineData("  8,0    3        1     0.000000000   697  G   W 223490 + 8 [kjournald]\n", false)]
    public void Sniffing_wants_an_event(string text, bool isCsv) =>
        Assert.Equal(isCsv, BpftraceCsvReader.Sniff(Encoding.ASCII.GetBytes(text), new ReadOptions()));
}
