using System.Formats.Tar;
using System.Text;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Lines;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Byte order marks and UTF-16, in every text format and packing.</summary>
public sealed class TextEncodingsTests : IDisposable
{
    private static readonly Dictionary<string, Encoding> s_encodings = new()
    {
        ["utf-8"] = new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        ["utf-16le"] = new UnicodeEncoding(bigEndian: false, byteOrderMark: true),
        ["utf-16be"] = new UnicodeEncoding(bigEndian: true, byteOrderMark: true),
        ["utf-16le, no mark"] = new UnicodeEncoding(bigEndian: false, byteOrderMark: false),
        ["utf-16be, no mark"] = new UnicodeEncoding(bigEndian: true, byteOrderMark: false),
    };

    // The first event stands in the first line wherever the format allows it.
    private static readonly Dictionary<string, string> s_texts = new()
    {
        ["bpftrace CSV"] = "380374513676, WSM, 36864, 3672488, 72\n380374613676, R, 131072, 2048, 256\n",
        ["blkparse text"] = "  8,0    0        1     0.000000000   100  D   R 0 + 8 [größer]\n  8,0    0        2     0.500000000   100  C   R 0 + 8 [0]\n",
        ["fio I/O log"] = "fio version 3 iolog\n492 a add\n500 a open\n12674 a read 6070272 16384\n12680 a close\n",
        ["biosnoop text"] = "TIME(s)     COMM           PID    DISK    T SECTOR     BYTES   LAT(ms)\n0.000000    fio  13379  nvme1n1 W 1142400    4096      0.55\n",
        ["perf or ftrace text"] = "fio 477 [001] 193.137977324: block:block_rq_issue: 259,0 R 131072 () 69944 + 256 [fio]\n",
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> FormatsAndEncodings => [.. s_texts.Keys.SelectMany(format => s_encodings.Keys.Select(encoding => (format, encoding)))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(FormatsAndEncodings))]
    public void Every_encoding_gives_the_events_of_plain_utf8(string format, string encoding)
    {
        ReadTrace expected = Read("plain.txt", Encoding.UTF8.GetBytes(s_texts[format]), format);
        byte[] encoded = Encode(s_texts[format], encoding);
        foreach (string packing in (string[])["", "gz", "zst"])
        {
            byte[] packed = Tars.Pack(encoded, packing);
            foreach (byte[] bytes in (byte[][])[packed, Tars.Of(TarEntryFormat.Ustar, ("trace.txt", packed))])
            {
                ReadTrace read = Read("trace.txt", bytes, format);
                Assert.Equal(expected.Events, read.Events);
                Assert.True(read.Diagnostics.IsClean);
                Assert.Equal(expected.Processes.Find(100), read.Processes.Find(100));
            }
        }
    }

    [Fact]
    public void Files_of_real_tools_are_read()
    {
        Assert.Equal(2, TraceReading.ReadAll(TraceFormats.Open([Repository.Case("encodings", "13-bom-bpftrace.txt")])).Events.Count);

        ReadTrace blkparse = TraceReading.ReadAll(TraceFormats.Open([Repository.Case("encodings", "13d-utf16-blkparse.txt")]));
        Assert.Equal((105, 95), (blkparse.Events.Count(e => e.Action == BlockAction.Issue), blkparse.Events.Count(e => e.Action == BlockAction.Complete)));
        Assert.True(blkparse.Diagnostics.IsClean);
    }

    [Theory]
    [InlineData("utf-16le", "\r\n")]
    [InlineData("utf-16be", "\n")]
    public void A_long_text_is_converted_throughout_and_a_cut_character_is_counted(string encoding, string newline)
    {
        string line = "  8,0    0        1     0.000000000   100  D   R 0 + 8 [größer 🙂]";
        string text = string.Concat(Enumerable.Repeat(line + newline, 10_000));
        byte[] bytes = Encode(text, encoding);
        Assert.Equal(10_000, Read("trace.txt", bytes, "blkparse text").Events.Count);

        ReadTrace cut = Read("trace.txt", bytes[..^1], "blkparse text");
        Assert.Equal((9_999, 1), (cut.Events.Count, cut.Diagnostics[ReadCounter.TruncatedRecords]));
    }

    [Fact]
    public void What_is_not_text_of_these_encodings_stays_as_it_is()
    {
        foreach (byte[] bytes in (byte[][])[[], [0xEF], [0xEF, 0xBB], [0xFF], [0xFF, 0xFE, 0, 0, 65, 0, 0, 0], [.. "short\0"u8], [65, 0, .. new byte[40]], [0, 65, .. new byte[40]]])
        {
            var read = new MemoryStream();
            TextEncodings.ToUtf8(new MemoryStream(bytes)).CopyTo(read);
            Assert.Equal(bytes, read.ToArray());
        }
    }

    private static byte[] Encode(string text, string encoding) => [.. s_encodings[encoding].GetPreamble(), .. s_encodings[encoding].GetBytes(text)];

    private ReadTrace Read(string name, byte[] bytes, string format)
    {
        File.WriteAllBytes(_folder[name], bytes);
        ITraceReader reader = TraceFormats.Open([_folder[name]]);
        Assert.Equal(format, reader.Source.Format);
        return TraceReading.ReadAll(reader);
    }
}
