using System.Text;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>Lines that tools print about themselves, in every text format whose output may be copied from a terminal.</summary>
public sealed class ToolLinesTests : IDisposable
{
    private const string Before = """
        root@host:~# tool -d /dev/sda
        [root@host ~]# tool
        user@host:~/dir$ sudo tool
        $ tool
        # tool
        # captured on    : Sat Nov 28 12:05:26 2026
        Script started on 2026-11-28 12:05:26+00:00 [TERM="xterm"]
        [sudo] password for user:
        Tracing block:block_rq_insert. Ctrl-C to end.
        Tracing block device I/O... Hit Ctrl-C to end.
        Attaching 3 probes...
        version = 6
        cpus=4
        CPU 0 is empty
        CPU1 data recorded at offset=0x1000
            4096 bytes in size
        [ perf record: Woken up 1 times to write data ]

        """;

    private const string After = """
        ^C
        ^C^CEnding tracing...
        [ perf record: Captured and wrote 1.137 MB perf.data (10817 samples) ]

        @bytes: 12
        root@host:~#

        """;

    private static readonly Dictionary<string, (string Heading, string Line)> s_formats = new()
    {
        ["bpftrace CSV"] = ("", "380374513676, WSM, 36864, 3672488, 72\n"),
        ["blkparse text"] = ("", "  8,0    0        1     0.000000000   100  C   R 0 + 8 [0]\n"),
        ["biosnoop text"] = ("TIME(s)     COMM           PID    DISK    T SECTOR     BYTES   LAT(ms)\n", "0.000000    fio            13379  nvme1n1 W 1142400    4096      0.55\n"),
        ["perf or ftrace text"] = ("", "             fio-477   [001]   193.137977: block_rq_complete: 259,0 R () 69944 + 256 [0]\n"),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Formats => [.. s_formats.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void Banners_and_prompts_are_no_loss(string format)
    {
        (string heading, string line) = s_formats[format];
        int events = Read(heading + line, format).Events.Count;
        ReadTrace read = Read(Before + heading + line + Before + line + After + "^C" + line + After, format);
        Assert.Equal(3 * events, read.Events.Count);
        Assert.True(read.Diagnostics.IsClean);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_cut_line_still_counts(string format)
    {
        (string heading, string line) = s_formats[format];
        for (int from = 0; from < 20; from++)
        {
            string cut = line[from..(line.Length - 12)].TrimEnd();
            if (cut.Trim().Length > 0)
                Assert.Equal(1, Read(heading + line + cut + "\n" + line, format).Diagnostics[ReadCounter.BadRecords]);
        }
    }

    [Fact]
    public void What_a_tool_says_is_lost_is_counted()
    {
        string line = s_formats["perf or ftrace text"].Line;
        Assert.Equal(12, Read(line + "CPU 1: 12 events lost\n", "perf or ftrace text").Diagnostics[ReadCounter.LostEvents]);
        Assert.Equal(1, Read(line + "CPU 1: 12 events gone\n", "perf or ftrace text").Diagnostics[ReadCounter.BadRecords]);
    }

    [Fact]
    public void Ctrl_C_may_stand_before_the_statistics_of_a_live_blkparse()
    {
        string line = s_formats["blkparse text"].Line;
        Assert.True(Read(line + "^CCPU1 (sda):\n Reads Queued:        7737,   942628KiB\t Writes Queued:         245,    21440KiB\n", "blkparse text").Diagnostics.IsClean);
    }

    private ReadTrace Read(string text, string format)
    {
        File.WriteAllBytes(_folder["t"], Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\n")));
        ITraceReader reader = TraceFormats.Open([_folder["t"]]);
        Assert.Equal(format, reader.Source.Format);
        return TraceReading.ReadAll(reader);
    }
}
