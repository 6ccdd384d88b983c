using System.Text;
using System.Text.Json;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.FioIolog;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Reading;

public sealed class FioIologReaderTests
{
    private const string Version3 = """
        fio version 3 iolog
        492 /mnt/nv/layer 00.bin add
        500 /mnt/nv/layer 00.bin open
        501 b.bin add
        12674 /mnt/nv/layer 00.bin read 6070272 16384
        12675 b.bin write 1023 2
        12676 b.bin trim 1048576 4096
        12677 b.bin sync 10485760 0
        12678 b.bin datasync 0 0
        12679 b.bin read 34359738368 0
        12680 b.bin close

        """;

    private const string Version2 = """
        fio version 2 iolog
        a add
        a open
        a read 0 512
        a wait 4000 0
        a read 512 512
        a wait 3000 0
        a write 1024 512
        a wait 6000 0
        a read 0 512
        a close

        """;

    [Fact]
    public void What_the_job_asked_for_is_issued()
    {
        TextTraces trace = Read(Version3, out FioIologReader reader);

        Assert.True(trace.Diagnostics.IsClean);
        Assert.All(trace.Events, e => Assert.Equal((BlockAction.Issue, BlockEvent.UnknownPid, BlockEvent.UnknownCpu), (e.Action, e.Pid, e.Cpu)));
        Assert.Equal(
            [
                (12_674_000L, "R", OperationClass.Read, 11856ul, 32u, 16384u, 0u),
                (12_675_000, "W", OperationClass.Write, 1, 2, 2, 1),
                (12_676_000, "D", OperationClass.Discard, 2048, 8, 4096, 1),
                (12_677_000, "FN", OperationClass.Flush, 0, 0, 0, 1),
                (12_678_000, "FN", OperationClass.Flush, 0, 0, 0, 1),
                (12_679_000, "R", OperationClass.Read, 67108864, 0, 0, 1),
            ],
            trace.Events.Select(e => (e.TimeNs, e.Rwbs.ToString(), e.Class, e.Sector, e.LengthSectors, e.LengthBytes, e.Device.Minor)));
        Assert.Equal([(DeviceId.Of(4095, 0), "/mnt/nv/layer 00.bin"), (DeviceId.Of(4095, 1), "b.bin")], reader.Devices.All);
    }

    [Fact]
    public void Version_2_knows_the_time_by_its_waits_alone()
    {
        TextTraces trace = Read(Version2, out _);
        Assert.True(trace.Diagnostics.IsClean);
        Assert.Equal([0, 4_000_000_000, 4_000_000_000, 6_000_000_000], trace.Events.Select(e => e.TimeNs));
        Assert.Equal([0ul, 1, 2, 0], trace.Events.Select(e => e.Sector));
    }

    [Fact]
    public void Waits_count_in_later_chunks_too()
    {
        var text = new StringBuilder("fio version 2 iolog\n");
        for (int i = 0; i < 60_000; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a wait {i} 0\na read {i * 512L} 512\n");
        using FioIologReader reader = Open(TextTraces.Input(text.ToString()));
        var chunks = new List<TraceChunk>();
        for (var chunk = new TraceChunk(); reader.ReadChunk(chunk); chunk = new TraceChunk())
            chunks.Add(chunk);

        Assert.True(chunks.Count > 2);
        var batch = new EventBatch();
        foreach (TraceChunk chunk in Enumerable.Reverse(chunks))
        {
            reader.Decode(chunk, batch);
            foreach (BlockEvent e in batch.Events)
                Assert.Equal((long)e.Sector * 1_000_000, e.TimeNs);
        }
    }

    [Theory]
    [InlineData("1 a read 0 512", 0, 1)]
    [InlineData("1 a close", 0, 0)]
    [InlineData("1 a read 0\n", 1, 0)]
    [InlineData("1 a read 0 4294967296\n", 1, 0)]
    [InlineData("1 a read 18446744073709551615 512\n", 1, 0)]
    [InlineData("1 a erase 0 512\n", 1, 0)]
    [InlineData("1 a read -1 512\n", 1, 0)]
    [InlineData("a read 0 512\n", 1, 0)]
    [InlineData("1 read 0 512\n", 1, 0)]
    [InlineData("1 a wait 1 0\n", 1, 0)]
    [InlineData("1 close\n", 1, 0)]
    [InlineData("fio version 3 iolog\n", 1, 0)]
    [InlineData("\n", 0, 0)]
    public void What_is_not_understood_is_counted(string line, int bad, int truncated)
    {
        TextTraces trace = Read(Version3 + line, out _);
        Assert.Equal(6, trace.Events.Count);
        Assert.Equal((bad, truncated), (trace[ReadCounter.BadRecords], trace[ReadCounter.TruncatedRecords]));
    }

    [Fact]
    public void Commas_for_decimals_change_nothing() =>
        Assert.Equal(Read(Version3, out _).Events, Culture.InGerman(() => Read(Version3, out _)).Events);

    [Theory]
    [InlineData("b-deepnvme-fio", "load")]
    [InlineData("b-deepnvme-fio", "store")]
    [InlineData("b2-deepnvme-fio-alltools", "load")]
    [InlineData("d-mixed-partition-dm", "dmdirect")]
    [InlineData("d-mixed-partition-dm", "fsbuf")]
    [InlineData("e-qemunvme-mixed-trim-flush-fua", "dmdirect")]
    [Trait("Kind", "capture")]
    public void Captured_logs_add_up_to_what_fio_reported(string capture, string job)
    {
        TextTraces trace = Read(TextTraces.InputOf(Captures.File($"nvmevirt/{capture}/fio-{job}.iolog")), out _);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(Captures.File($"nvmevirt/{capture}/fio-{job}.json")));
        JsonElement result = report.RootElement.GetProperty("jobs")[0];

        Assert.Equal(0, trace[ReadCounter.SkippedBytes]);
        Assert.Equal(Total(result.GetProperty("read")), Total(trace, OperationClass.Read));
        Assert.Equal(Total(result.GetProperty("write")), Total(trace, OperationClass.Write));

        // In microseconds: the last request comes before the job's end, which fio reports in milliseconds, and not long before.
        long runtimeMs = Math.Max(result.GetProperty("read").GetProperty("runtime").GetInt64(), result.GetProperty("write").GetProperty("runtime").GetInt64());
        Assert.InRange(trace.Events[^1].TimeNs / 1_000_000, runtimeMs / 2, runtimeMs + 2000);
    }

    [Fact]
    public void Damage_ends_and_is_accounted_for()
    {
        foreach (string text in (string[])[Version2, Version3])
        {
            byte[] sample = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(text, 50)));
            for (int seed = 0; seed < 300; seed++)
            {
                byte[] damaged = [.. sample[.."fio version 3 iolog\n".Length], .. TextTraces.Damage(sample, new Random(seed))];
                using FioIologReader reader = Open(TextTraces.Input(damaged));
                TextTraces.Read(reader);
            }
        }
    }

    [Theory]
    [InlineData(Version3, true)]
    [InlineData(Version2, true)]
    [InlineData("fio version 1 iolog\n", false)]
    [InlineData("1 a read 0 512\n", false)]
    [InlineData("", false)]
    public void Sniffing_wants_the_first_line(string text, bool isIolog)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal(isIolog, FioIologReader.Sniff(bytes, new ReadOptions()));
        Assert.Equal(isIolog, TraceFormats.Recognize(bytes, new ReadOptions())?.Name == FioIologReader.FormatName);
    }

    private static (long Bytes, long Requests) Total(JsonElement direction) =>
        (direction.GetProperty("io_bytes").GetInt64(), direction.GetProperty("total_ios").GetInt64());

    private static (long Bytes, long Requests) Total(TextTraces trace, OperationClass @class) =>
        (trace.Events.Where(e => e.Class == @class).Sum(e => (long)e.LengthBytes), trace.Events.Count(e => e.Class == @class));

    private static TextTraces Read(string text, out FioIologReader reader) => Read(TextTraces.Input(text), out reader);

    private static TextTraces Read(TraceInput input, out FioIologReader reader)
    {
        using (reader = Open(input))
            return TextTraces.Read(reader);
    }

    private static FioIologReader Open(TraceInput input) => FioIologReader.Open(new TraceParts("t", [input], 0), new ReadOptions());
}
