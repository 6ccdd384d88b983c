using System.Text;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Cli;

/// <summary>What is not a trace is refused with the command that makes one of it, or with what is missing.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("PERFILE2\u0068", "perf script -i FILE | traceanalyzer info -")]
    [InlineData("2ELIFREP\u0000", "perf script -i FILE | traceanalyzer info -")]
    [InlineData("\u0017\u0008\u0044tracing6\u0000", "trace-cmd report -i FILE | traceanalyzer info -")]
    [InlineData("BZh91AY&SY", "bzip2 -dc FILE | traceanalyzer info -")]
    [InlineData("\u0004\u0022\u004d\u0018d", "lz4 -dc FILE | traceanalyzer info -")]
    [InlineData("]\u0000\u0000\u0080", "xz --format=lzma -dc FILE | traceanalyzer info -")]
    [InlineData("PK\u0003\u0004\u0014\u0000", "unzip FILE -d FOLDER && traceanalyzer info FOLDER")]
    [InlineData("7z\u00bc\u00af\u0027\u001c\u0000", "7z x -oFOLDER FILE && traceanalyzer info FOLDER")]
    [InlineData("SQLite format 3\u0000", "sqlite3 -header -csv FILE")]
    [InlineData("\u00d4\u00c3\u00b2\u00a1\u0002\u0000", "holds packets and not block I/O; record a trace with 'blktrace -d /dev/DEVICE -o RUN'")]
    [InlineData("\u000a\u000d\u000d\u000a\u001c\u0000", "(pcapng)")]
    [InlineData("\u007fELF\u0002\u0001", "(ELF)")]
    [InlineData("{\n \"jobs\": []\n}\n", "traceanalyzer analyze FOLDER -o OUTPUT")]
    [InlineData("\n<!DOCTYPE html><html>", "an HTML page")]
    public void ForeignContent_IsNamedWithWhatConvertsIt(string content, string said)
    {
        string file = Write("any name", content);
        ToolResult result = Tool.Run("info", file);

        Assert.Equal((3, ""), (result.ExitCode, result.Output));
        Assert.Contains(said.Replace("FILE", $"\"{file}\"", StringComparison.Ordinal), result.Error);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
    }

    [Fact]
    public void AFolderWithNothingElse_SaysWhatItsFilesAre()
    {
        Write("perf.data", "PERFILE2\u0068");
        Write("x.lz4", "\u0004\u0022\u004d\u0018d");
        ToolResult result = Tool.Run("info", _folder.Path);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("perf script -i ", result.Error);
        Assert.Contains("lz4 -dc ", result.Error);
    }

    [Theory]
    [InlineData("259,0 D R 1024 + 8 100\n259,0 D R 1032 + 8 100\n")]
    [InlineData("0.000061198 RS 41992 54272\n0.000118435 RS 102025 53760\n0.000157798 RS 18533 50688\n")]
    [InlineData("0.1;259:0;D;WS;100;8\n0.2;259:0;C;WS;100;8\n")]
    [InlineData("D|R|2048|8|0.000001\nC|R|2048|8|0.000009\n")]
    public void TextInACustomFormat_GetsAHintAtTheOption(string text) => AssertSaid(text, "looks like blkparse text in a custom format", "-f \"%D");

    [Theory]
    [InlineData("0.000000    python3        4211   nvme0n1 R 2048       131072    0.41\n0.000512    python3        4211   sda W 2304       131072    0.44\n")]
    [InlineData("23:59:59.814 mount          163467  sde     WSM  41944043   524288    1.422\n")]
    [InlineData("0.000000    my prog        4211   sda     R  2048       131072    0.01 0.41\n0.000512    my prog        4211   sda     R  2304       131072    0.02    0.44\n")]
    public void BiosnoopWithoutItsHeadings_IsToldSo(string text) => AssertSaid(text, "looks like biosnoop text without its heading line", "TIME(s) COMM PID DISK T SECTOR BYTES LAT(ms)");

    [Theory]
    [InlineData("MIT License\n\nCopyright (c) 2026\n")]
    [InlineData("root:x:0:0:root:/root:/bin/bash\n")]
    [InlineData("12:00:01 R 1 2 3\nand some prose\nmore of it\nand more\n")]
    [InlineData("1 2 3 4\n5 6 7 8\n")]
    public void OtherText_GetsNoSuchHint(string text) => Assert.DoesNotContain("looks like", Tool.Run("info", Write("text", text)).Error);

    private void AssertSaid(string text, params string[] said)
    {
        ToolResult result = Tool.Run("info", Write("text", text));

        Assert.Equal((3, ""), (result.ExitCode, result.Output));
        Assert.All(said, part => Assert.Contains(part, result.Error));
    }

    private string Write(string name, string content)
    {
        File.WriteAllBytes(_folder[name], Encoding.Latin1.GetBytes(content));
        return _folder[name];
    }
}
