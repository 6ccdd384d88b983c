using TraceAnalyzer.Tests.Oracles;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Writing;

/// <summary>blkparse text against what blkparse printed, to the byte, summary and all.</summary>
[Trait("Kind", "capture")]
public sealed class BlkparseTextWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Sets => BlkparseDifferentialTests.Sets;

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_set_is_printed_as_blkparse_prints_it(string name)
    {
        Conversions.Convert(TraceFiles.FindSet(name), _folder["x.txt"]);

        Conversions.AssertSameText(Conversions.Bytes(name + ".blkparse.txt"), File.ReadAllBytes(_folder["x.txt"]));
    }

    [Fact]
    public void A_stream_is_printed_as_blkparse_prints_it()
    {
        Conversions.Convert(TraceFiles.Find("nvmevirt/i-stream/i-stream.bin"), _folder["x.txt"]);

        Conversions.AssertSameText(Conversions.Bytes("nvmevirt/i-stream/i-stream.blkparse.txt"), File.ReadAllBytes(_folder["x.txt"]));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Text_becomes_itself(string name)
    {
        Conversions.Convert(TraceFiles.Find(name + ".blkparse.txt"), _folder["x.txt"]);

        // Nothing in a text says from which files it was made; and of events of one time it is its own order that is lost.
        string[] expected = EventLines(Conversions.Bytes(name + ".blkparse.txt"));
        string[] actual = EventLines(File.ReadAllBytes(_folder["x.txt"]));
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
        Assert.True(expected.Length > 1000);
    }

    [Fact]
    public void Lines_that_captures_lack()
    {
        const string Text =
            """
              8,0    1        1     0.000000000   100  Q   R 0 + 8 [a b]
              8,0    1        0     0.100000000     0  m   N a message, as it is
              8,0    1        2     0.200000000  4711  D   R 36 (12 00 00 00 24 00 ..) [(null)]
              8,0    1        3     0.300000000     0  C   R (12 00 00 00 24 00 ..) [0]
              8,0    1        4     0.400000000   100  S   R 8 + 8 [a b]
              8,0    1        5     0.500000000   100  R   R 8 + 8 [0]
              8,0    1        6     0.600000000   100  B   R 8 + 8 [a b]
              8,0    1        7     0.700000000   100  C   R 8 + 8 [65531]
            253,1048 130        8 100000.800000000 4194303 UT   N [a b] 12
            """;
        File.WriteAllText(_folder["in.txt"], Text + "\n");
        Conversions.Convert(_folder["in.txt"], _folder["out.txt"]);

        // Command blocks are not read from text, the rest is.
        string expected = Text.Replace("(12 00 00 00 24 00 ..) ", "", StringComparison.Ordinal);
        Assert.Equal(expected.Split('\n'), EventLines(File.ReadAllBytes(_folder["out.txt"])));
    }

    [Fact]
    public void Names_are_printed_as_first_told_and_messages_keep_their_cgroup_away()
    {
        string printed = Conversions.Convert(TraceFiles.FindSet("nvmevirt/e-qemunvme-mixed-trim-flush-fua/nvme0n1"), _folder["x.txt"]);

        Assert.Contains("7 kernel messages", printed);
        Assert.Contains("the wall clock", printed);
    }

    private static string[] EventLines(byte[] text) =>
        [.. System.Text.Encoding.Latin1.GetString(text).Split('\n').Where(line => line.Length > 8 && line[..8].Contains(',', StringComparison.Ordinal) && char.IsAsciiDigit(line.TrimStart()[0]))];
}
