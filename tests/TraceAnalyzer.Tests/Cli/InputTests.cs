using System.Globalization;
using System.IO.Compression;
using System.Text;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reports;
using ZstdSharp;

namespace TraceAnalyzer.Tests.Cli;

/// <summary>What may be named as a trace, and what is said of what is none.</summary>
[Trait("Kind", "capture")]
[Trait("Kind", "process")]
public sealed class InputTests : IDisposable
{
    private const string CustomFormat = @"%D %2c %8s %5T.%9t %5p %2a %3d %S + %n [%C]\n";

    private static readonly Lazy<TraceReport> s_fromFolder = new(() =>
    {
        using var folder = new TemporaryFolder();
        return Tool.Analyze(folder["out"], 0, Repository.KvCache);
    });

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("c-kvcache")]
    [InlineData("c-kvcache.blktrace.1.zst")]
    [InlineData("c-kvcache.bin.zst")]
    [InlineData("c-kvcache.blkparse.txt.zst")]
    [InlineData("c-kvcache.custom.txt.zst", "-f", CustomFormat)]
    [InlineData("c-kvcache.blkparse.txt.zst", "-f", CustomFormat)]
    [InlineData("bpftrace-block.txt.zst")]
    public void EveryFormOfOneRun_GivesTheSameNumbers(string name, params string[] options)
    {
        TraceReport fromFolder = s_fromFolder.Value;
        TraceReport report = Tool.Analyze(_folder["other"], 0, [Path.Combine(Repository.KvCache, name), .. options]);

        // Totals of the D lines of blkparse's own text.
        Assert.Equal(16_296, report.Actions.Single(action => action.Action == "issue").Count);
        Assert.Equal((15_234, 1_901_740_032), SmallTrace.Of(report, "read"));
        Assert.Equal(1_062, SmallTrace.Of(report, "write").Requests);
        Assert.Equal(Facts(fromFolder), Facts(report));
        if (report.Source.Format == "bpftrace CSV")
            return;
        Assert.Equal(LatencyFacts(fromFolder, kind => kind.D2C), LatencyFacts(report, kind => kind.D2C));

        // The custom format does not print where a split (X) splits, so the second half's queueing is not known.
        if (!name.Contains("custom"))
            Assert.Equal(LatencyFacts(fromFolder, kind => kind.Q2C), LatencyFacts(report, kind => kind.Q2C));
    }

    [Fact]
    public void Gzip_IsReadLikeZstandard()
    {
        string packed = Gzip("text.gz", Zstd("c-kvcache.blkparse.txt.zst"));

        Assert.Equal(
            Facts(Tool.Analyze(_folder["a"], 0, Path.Combine(Repository.KvCache, "c-kvcache.blkparse.txt.zst"))),
            Facts(Tool.Analyze(_folder["b"], 0, packed)));
    }

    [Fact]
    public void AFolderWithAPipeInIt_IsReadWithoutWaitingForTheWriter()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells");
        string text = Gzip("text.gz", Zstd("c-kvcache.blkparse.txt.zst"));
        ToolResult result = Tool.RunInShell($"mkdir '{_folder["run"]}' && mv '{text}' '{_folder["run"]}' && mkfifo '{_folder["run"]}/pipe' && tool info '{_folder["run"]}' && tool analyze '{_folder["run"]}' -o '{_folder["out"]}' --quiet");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("16,296", result.Output);
    }

    [Fact]
    public void WallClock_IsToldByASetAndNotGuessedFromADump()
    {
        // blkparse -d shifts the events but not the record that ties the clocks together. env.json has both clocks of the machine.
        long? ofSet = Tool.Analyze(_folder["set"], 0, Repository.KvCache).WallClockStartUnixNs;
        long? ofDump = Tool.Analyze(_folder["dump"], 0, Path.Combine(Repository.KvCache, "c-kvcache.bin.zst")).WallClockStartUnixNs;

        long expected = 1795401565913396080 + (380_374_513_676 - 356_438_106_786);
        Assert.InRange(ofSet!.Value, expected - 50_000_000, expected + 50_000_000);
        Assert.Null(ofDump);
    }

    [Theory]
    [InlineData("c-kvcache.bin.zst")]
    [InlineData("bpftrace-block.txt.zst")]
    public void TruncatedZstandard_KeepsWhatCameBeforeAndSaysSo(string name)
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(Repository.KvCache, name));
        File.WriteAllBytes(_folder["cut.zst"], whole[..(whole.Length * 2 / 3)]);

        AssertCut(_folder["cut.zst"]);
    }

    [Theory]
    [InlineData("c-kvcache.bin.zst")]
    [InlineData("c-kvcache.blkparse.txt.zst")]
    public void TruncatedGzip_KeepsWhatCameBeforeAndSaysSo(string name)
    {
        string packed = Gzip("whole.gz", Zstd(name));
        byte[] whole = File.ReadAllBytes(packed);
        File.WriteAllBytes(_folder["cut.gz"], whole[..(whole.Length * 2 / 3)]);

        AssertCut(_folder["cut.gz"]);
    }

    [Fact]
    public void MissingCpu_IsALoss()
    {
        File.Copy(Path.Combine(Repository.KvCache, "c-kvcache.blktrace.1.zst"), _folder["c.blktrace.1.zst"]);

        ToolResult result = Tool.Run("info", _folder.Path);

        Assert.Equal(4, result.ExitCode);
        Assert.Contains("[missingCpus]", result.Output);
    }

    [Fact]
    public void MissingFile() => AssertNoTrace("nothing-here", "no such file or folder");

    [Fact]
    public void EmptyFile() => AssertNoTrace(Write("empty", []), "empty");

    [Fact]
    public void EmptyFolder() => AssertNoTrace(Directory.CreateDirectory(_folder["empty-folder"]).FullName, "no trace in this folder");

    [Fact]
    public void FolderWithTwoTraces_NamesBoth()
    {
        string folder = Directory.CreateDirectory(_folder["two"]).FullName;
        File.WriteAllText(Path.Combine(folder, "first"), SmallTrace.Text);
        File.WriteAllText(Path.Combine(folder, "second"), SmallTrace.Text);

        AssertNoTrace(folder, "holds 2 traces", Path.Combine(folder, "first"), Path.Combine(folder, "second"));
    }

    [Theory]
    [InlineData("deepspeed", "deepspeed-model-fullmask", "deepspeed-model-fullmask-bench")]
    [InlineData("nvmevirt", "c-kvcache", "c-kvcache")]
    [Trait("Kind", "capture")]
    public void Info_FindsTheTraceOfARunThatAnalyzeFinds(string kind, string capture, string trace)
    {
        string folder = Repository.Path("traces", kind, capture);
        ToolResult info = Tool.Run("info", folder, "--json");
        TraceReport alone = ReportJson.Read(new MemoryStream(Encoding.UTF8.GetBytes(info.Output)));
        TraceReport run = Tool.Analyze(_folder["out"], 0, folder);

        Assert.Equal((trace, trace), (alone.Source.Name, run.Source.Name));
        Assert.Equal(run.Events, alone.Events);
        Assert.NotNull(run.Run);
        Assert.Null(alone.Run);
    }

    [Fact]
    public void UnreadableFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "root may read everything");
        string file = Write("secret", "x"u8.ToArray());
        SetMode(file, UnixFileMode.None);

        AssertNoTrace(file, "cannot be read");
    }

    [Fact]
    public void UnreadableFolder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "root may read everything");
        string folder = Directory.CreateDirectory(_folder["secret"]).FullName;
        SetMode(folder, UnixFileMode.None);
        try
        {
            AssertNoTrace(folder, "denied");
        }
        finally
        {
            // Else the folder could not be deleted.
            SetMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void Picture()
    {
        byte[] png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, .. new byte[200]];

        AssertNoTrace(Write("picture.png", png), "not a trace", "a picture (PNG)", "record a trace with 'blktrace");
    }

    [Fact]
    public void Program() => AssertNoTrace(Path.Combine(AppContext.BaseDirectory, "traceanalyzer.dll"), "not a trace", "a Windows program");

    [Fact]
    public void Json() => AssertNoTrace(Path.Combine(Repository.KvCache, "marks.json"), "not a trace: JSON", "traceanalyzer analyze FOLDER");

    [Fact]
    public void Prose() => AssertNoTrace(Repository.Path("LICENSE"), "not a trace", "the text 'MIT License'");

    [Fact]
    public void Noise()
    {
        byte[] noise = new byte[100_000];
        new Random(1).NextBytes(noise);

        AssertNoTrace(Write("noise", noise), "not a trace");
    }

    [Fact]
    public void Device()
    {
        Assert.SkipUnless(File.Exists("/dev/null"), "no /dev/null");

        AssertNoTrace("/dev/null", "empty");
    }

    [Fact]
    public void Bzip2() => AssertNoTrace(Write("run.bz2", "BZh91AY&SY"u8.ToArray()), "bzip2 -dc");

    [Fact]
    public void TwoTexts_AreNotOneTrace()
    {
        string text = Path.Combine(Repository.KvCache, "bpftrace-block.txt.zst");

        ToolResult result = Tool.Run("info", text, Path.Combine(Repository.KvCache, "c-kvcache.blkparse.txt.zst"));

        AssertFailure(result, "bpftrace-block.txt.zst", "only blktrace binary files can be read together");
    }

    [Fact]
    public void ControlCharacters_DoNotReachTheTerminal()
    {
        string text = SmallTrace.Text.Replace("reader", "\e[31mred\a");
        string file = Write("bell\a.txt", Encoding.UTF8.GetBytes(text));
        ToolResult[] results =
        [
            Tool.Run("info", file),
            Tool.Run("analyze", file, "-o", _folder["out"], "--process", "\e[31mred\a"),
            Tool.Run("info", "\e[2Jgone"),
            Tool.Run("info", "x", "--bin\e"),
            Tool.Run("info", "x", "--device", "\e"),
            Tool.Run("info", Write("no-trace", "\e[2J"u8.ToArray())),
        ];

        Assert.Equal([0, 0, 3, 2, 2, 3], results.Select(result => result.ExitCode));
        Assert.All(results, result => Assert.DoesNotContain(result.Output + result.Error, c => char.IsControl(c) && c is not ('\n' or '\r')));
    }

    private void AssertCut(string path)
    {
        TraceReport report = Tool.Analyze(_folder["out"], 4, path);

        Assert.Equal(1, Count(report, "damagedCompression"));
        Assert.InRange(Count(report, "truncatedRecords"), 0, 1);
        Assert.InRange(report.Actions.Single(action => action.Action == "issue").Count, 16_296 / 3, 16_295);
    }

    private static long Count(TraceReport report, string counter) => report.Integrity.Single(entry => entry.Name == counter).Count;

    private static void AssertNoTrace(string path, params string[] said) => AssertFailure(Tool.Run("info", path), [Path.GetFileName(path), .. said]);

    private static void AssertFailure(ToolResult result, params string[] said)
    {
        Assert.Equal(3, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.StartsWith("traceanalyzer: ", result.Error);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
        Assert.All(said, part => Assert.Contains(part, result.Error));
    }

    // What every format carries: sizes and places of each rwbs string.
    private static string[] Facts(TraceReport report) =>
        [.. report.Devices.SelectMany(device => device.Operations).Where(operation => operation.Scope == OperationScope.Rwbs).Select(operation =>
            string.Create(CultureInfo.InvariantCulture, $"{operation.Name} {operation.Overview.Requests} {operation.Overview.Bytes} {operation.Overview.FootprintBytes} ")
            + string.Join(';', operation.Sizes.Sizes.Select(size => size.ToString()))
            + operation.SectorAccess?.Gini.ToString("R", CultureInfo.InvariantCulture)
            + string.Join(';', operation.SectorAccess?.Distribution.Select(count => count.ToString()) ?? []))];

    private static string[] LatencyFacts(TraceReport report, Func<LatencyResult, LatencyStatistics?> kind) =>
        [.. report.Devices.SelectMany(device => device.Operations).Where(operation => operation.Latency is not null).Select(operation =>
            string.Create(CultureInfo.InvariantCulture, $"{operation.Name} {kind(operation.Latency!)?.Count} {kind(operation.Latency!)?.MeanNs} {kind(operation.Latency!)?.MaxNs}"))];

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    private string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(_folder[name], bytes);
        return _folder[name];
    }

    private string Gzip(string name, byte[] bytes)
    {
        using var packed = new GZipStream(File.Create(_folder[name]), CompressionLevel.Fastest);
        packed.Write(bytes);
        return _folder[name];
    }

    private static byte[] Zstd(string name)
    {
        using var unpacked = new MemoryStream();
        using var packed = new DecompressionStream(File.OpenRead(Path.Combine(Repository.KvCache, name)), leaveOpen: false);
        packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
