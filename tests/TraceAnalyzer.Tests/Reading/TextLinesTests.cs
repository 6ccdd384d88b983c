using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Biosnoop;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Lines that are nothing, by the million: taken in one go, and counted as one by one.</summary>
public sealed class TextLinesTests
{
    private const string BlkparseLine = "259,0    3    40386    52.239707800   820  D WSM 4194320 + 8 [python3]\n";
    private const string BpftraceLine = "380374513676, WSM, 36864, 3672488, 72\n";
    private const string BiosnoopLines = "TIME(s)     COMM           PID    DISK    T SECTOR     BYTES  LAT(ms)\n0.000771    sync           22177  nvme1n1 W 41963894   3072      0.47\n";

    // Blank lines are not damage, however they are made.
    [Theory]
    [InlineData("\n", 0)]
    [InlineData("\n\n\r\n", 0)]
    [InlineData("  \n\t\n \r\n", 0)]
    [InlineData("x\n", 1)]
    [InlineData("x\n\n;\n", 2)]
    [InlineData("1\n22\n\n \n333\n", 3)]
    [InlineData("x\r\ny\r\n", 2)]
    [InlineData("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nx\n", 2)]
    [InlineData("8,0 1\n", 1)]
    public void Lines_that_are_nothing_are_counted_one_by_one(string lines, int bad)
    {
        foreach (int times in (int[])[1, 1000, 100_000])
        {
            string many = string.Concat(Enumerable.Repeat(lines, times));
            TextTraces[] traces =
            [
                TextTraces.ReadBlkparse(BlkparseLine + many + BlkparseLine),
                TextTraces.ReadBpftrace(BpftraceLine + many + BpftraceLine),
                TextTraces.Read(BiosnoopReader.Open(new TraceParts("t", [TextTraces.Input(BiosnoopLines + many + BiosnoopLines)], 0), new ReadOptions())),
            ];
            Assert.Equal([2, 2, 4], traces.Select(trace => trace.Events.Count));
            foreach (TextTraces trace in traces)
                Assert.Equal((long)bad * times, trace[ReadCounter.BadRecords]);
        }
    }

    [Fact]
    public void The_first_bad_line_has_its_place()
    {
        TextTraces trace = TextTraces.ReadBlkparse(BlkparseLine + "\n\nx\ny\n");
        Assert.Equal($"trace.txt, byte {BlkparseLine.Length + 2}", trace.Diagnostics.FirstPlace(ReadCounter.BadRecords));
        Assert.Equal(4, trace[ReadCounter.SkippedBytes]);
    }

    [Fact]
    public void Short_lines_after_a_message_are_its_rest()
    {
        TextTraces trace = TextTraces.ReadBlkparse("259,0    0        0    12.210001010   220  m   N a\nb\n\nc\n" + BlkparseLine);
        Assert.True(trace.Diagnostics.IsClean);
    }

    [Theory]
    [InlineData(18446744073709551608)]
    [InlineData((1ul << 54) + 1)]
    public void Sectors_that_cannot_be_make_a_line_bad(ulong sector)
    {
        Assert.Equal(1, TextTraces.ReadBlkparse(BlkparseLine.Replace("4194320", $"{sector}", StringComparison.Ordinal))[ReadCounter.BadRecords]);
        Assert.Equal(1, TextTraces.ReadBlkparse($"1.000000000 D R {sector} 8\n", @"%T.%t %a %d %S %n\n")[ReadCounter.BadRecords]);
        Assert.Equal(1, TextTraces.ReadBpftrace(BpftraceLine.Replace("3672488", $"{sector}", StringComparison.Ordinal))[ReadCounter.BadRecords]);
        string biosnoop = BiosnoopLines.Replace("41963894  ", $"{sector}", StringComparison.Ordinal);
        Assert.Equal(1, TextTraces.Read(BiosnoopReader.Open(new TraceParts("t", [TextTraces.Input(biosnoop)], 0), new ReadOptions()))[ReadCounter.BadRecords]);
    }

    [Fact]
    public void A_flush_at_sector_minus_one_has_none()
    {
        BlockEvent e = Assert.Single(TextTraces.ReadBpftrace("5, FF, 0, 18446744073709551615, 0\n").Events);
        Assert.Equal((0ul, OperationClass.Flush), (e.Sector, e.Class));
    }

    // What bpftrace itself and editors add.
    [Theory]
    [InlineData("Attaching 1 probe...\n5, R, 512, 8, 1\n", 1, 0, 0)]
    [InlineData("Attached 1 probe\n5, R, 512, 8, 1\n", 1, 0, 0)]
    [InlineData("Attaching 1 probe...\r\n5, R, 512, 8, 1\r\n6, R, 512, 8, 1\r\n", 2, 0, 0)]
    [InlineData("  5 ,\tR ,  512, 8 ,1  \n", 1, 0, 0)]
    [InlineData("5,R,512,8,1\n4,R,512,8,1\n", 2, 0, 0)]
    [InlineData("5, R, 512, 8, 1\n-5, R, 512, 8, 1\n", 1, 1, 0)]
    [InlineData("5, R, 512, 8, 1\n18446744073709551615, R, 512, 8, 1\n", 1, 1, 0)]
    [InlineData("5, R, 512, 8, 1\n6, R, 512, 8", 1, 0, 1)]
    [InlineData("5, R, 512, 8, 1\n6, R, 51", 1, 0, 1)]
    [InlineData("5, R, 512, 8, 1\n6, R, 131072, 8, 25", 1, 0, 1)]
    [InlineData("5, R, 512, 8, 1\n6, R, 131072, 8, 256", 2, 0, 0)]
    [InlineData("nsecs, rwbs, bytes, sector, nr_sector\n5, R, 512, 8, 1\n", 1, 0, 0)]
    [InlineData("5, R, 512, 8, 1\n\n\nLost 3 events\n", 1, 0, 0)]
    public void Texts_of_bpftrace_are_read_with_what_stands_around(string text, int events, int bad, int cut)
    {
        TextTraces trace = TextTraces.ReadBpftrace(text);
        Assert.Equal((events, bad, cut), (trace.Events.Count, trace[ReadCounter.BadRecords], trace[ReadCounter.TruncatedRecords]));
    }
}
