using System.IO.Compression;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reading;
using TraceAnalyzer.Tests.Reports;
using static TraceAnalyzer.Tests.Reading.BlktraceBytes;

namespace TraceAnalyzer.Tests.Cli;

/// <summary>One input named by several paths counts once, or is refused with a sentence, by every verb.</summary>
public sealed class RepeatedInputTests : IDisposable
{
    private static readonly string s_set = Repository.Path("tests", "TraceAnalyzer.Tests", "Cases", "01-glob-of-cpu-files");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("t.blktrace.0.xz", "t.blktrace.1.xz", "t.blktrace.2.xz", "t.blktrace.3.xz")]
    [InlineData("t.blktrace.0.xz", "t.blktrace.3.xz")]
    [InlineData(".", "t.blktrace.0.xz")]
    [InlineData("t", "./t", "../01-glob-of-cpu-files/t.blktrace.2.xz")]
    [InlineData(".", "")]
    public void PathsToOneSet_CountItOnce(params string[] names)
    {
        TraceReport report = Tool.Analyze(_folder["out"], 0, [.. names.Select(name => Path.Combine(s_set, name))]);

        // What blkparse's summary of the set says.
        Assert.Equal((7_168, 1_024), (report.Events, SmallTrace.Of(report, "read").Requests));
        Assert.Equal((2, 0.53), (report.Devices[0].QueueDepth!.MaxDepth, Math.Round(report.Devices[0].QueueDepth!.MeanDepth, 2)));
        Assert.Equal(4, report.Source.Files.Length);
    }

    [Fact]
    public void LinksToFilesAndFolders_AreTheSameFiles()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs links");
        string set = CopyOfSet("set");
        Directory.CreateSymbolicLink(_folder["folder-link"], set);
        Directory.CreateDirectory(_folder["links"]);
        Directory.CreateDirectory(_folder["hard"]);
        foreach (string file in Directory.GetFiles(set))
        {
            File.CreateSymbolicLink(Path.Combine(_folder["links"], Path.GetFileName(file)), file);
            Tool.RunInShell($"ln '{file}' '{_folder["hard"]}/u{Path.GetFileName(file)[1..]}'");
        }

        TraceReport report = Tool.Analyze(_folder["out"], 0, set, _folder["folder-link"], Path.Combine(_folder["links"], "t.blktrace.1.xz"), _folder["hard"]);

        Assert.Equal(("t", 7_168L), (report.Source.Name, report.Events));
    }

    [Fact]
    public void OneTextTwice_IsReadOnce()
    {
        File.WriteAllText(_folder["small.txt"], SmallTrace.Text);

        Assert.Equal(15, Tool.Analyze(_folder["out"], 0, _folder["small.txt"], Path.Combine(_folder.Path, ".", "small.txt")).Events);
    }

    [Fact]
    public void ASetAndItsMergedDump_AreRefused()
    {
        string set = CopyOfSet("set");
        Tool.Run("convert", set, "-o", _folder["merged.blktrace"]);

        AssertRefused("merged.blktrace holds the same events as the per-CPU set t; name one of them", "info", set, _folder["merged.blktrace"]);
        AssertRefused("holds the same events", "compare", set, _folder["merged.blktrace"], "-o", _folder["out"]);
        AssertRefused("holds the same events", "convert", set, _folder["merged.blktrace"], "-o", _folder["out/"]);
        AssertRefused("holds the same events", "analyze", _folder["merged.blktrace"], Path.Combine(set, "t.blktrace.0.xz"), "-o", _folder["out"]);
    }

    [Fact]
    public void ADumpWhoseTimesWereMoved_IsStillTheSet()
    {
        // As blkparse -d writes it: the first event at 0.
        var events = Enumerable.Range(0, 40).Select(i => (Time: 5_000_000_000 + (i * i * 1_000L), Sector: (ulong)(i * 8))).ToArray();
        var first = new BlktraceBytes();
        var second = new BlktraceBytes();
        var dump = new BlktraceBytes();
        for (int i = 0; i < events.Length; i++)
        {
            uint cpu = (uint)(i % 2);
            uint sequence = (uint)((i / 2) + 1);
            (cpu == 0 ? first : second).Event('D', events[i].Time, events[i].Sector, 4096, Read, cpu, sequence: sequence);
            dump.Event('D', events[i].Time - events[0].Time, events[i].Sector, 4096, Read, cpu, sequence: sequence);
        }

        File.WriteAllBytes(_folder["s.blktrace.0"], first.ToArray());
        File.WriteAllBytes(_folder["s.blktrace.1"], second.ToArray());
        File.WriteAllBytes(_folder["dump.bin"], dump.ToArray());

        AssertRefused("holds the same events", "info", _folder["s"], _folder["dump.bin"]);
    }

    [Fact]
    public void AFileAndItsPackedCopy_AreRefused()
    {
        File.WriteAllText(_folder["a.txt"], SmallTrace.Text);
        using (var packed = new GZipStream(File.Create(_folder["a.txt.gz"]), CompressionLevel.Fastest))
            packed.Write(File.ReadAllBytes(_folder["a.txt"]));

        AssertRefused("a.txt.gz holds the same events as", "info", _folder["a.txt"], _folder["a.txt.gz"]);
        AssertRefused("a.txt.gz holds the same events as", "compare", _folder["a.txt"], _folder["a.txt.gz"], "-o", _folder["out"]);
    }

    [Fact]
    public void PiecesOfOneDevice_AreStillReadTogether()
    {
        File.WriteAllBytes(_folder["one"], new BlktraceBytes().Event('D', 1_000, 0, 4096, Read).Event('D', 2_000, 8, 4096, Read).ToArray());
        File.WriteAllBytes(_folder["two"], new BlktraceBytes().Event('D', 3_000, 0, 4096, Read).Event('D', 5_000, 8, 4096, Read).ToArray());

        Assert.Equal(4, Tool.Analyze(_folder["out"], 0, _folder["one"], _folder["two"]).Events);
    }

    [Fact]
    public void Compare_SaysThatTheFilesOfASetAreOneRun()
    {
        ToolResult result = Tool.Run(["compare", .. Directory.GetFiles(s_set).Order(StringComparer.Ordinal), "-o", _folder["out"]]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("compare takes 2 to 12 runs, and the 4 paths are all of one run", result.Error);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void Compare_OfAFolderAndAFileInIt_IsOneRun() =>
        Assert.Equal(2, Tool.Run("compare", s_set, Path.Combine(s_set, "t.blktrace.1.xz"), "-o", _folder["out"]).ExitCode);

    [Fact]
    public void Compare_OfAReportAndItsFolder_IsOneRun()
    {
        Tool.Analyze(_folder["report"], 0, s_set);

        Assert.Equal(2, Tool.Run("compare", _folder["report"], Path.Combine(_folder["report"], ReportJson.FileName), "-o", _folder["out"]).ExitCode);
    }

    [Fact]
    public void Compare_OfTwoGlobs_IsOfTwoRuns()
    {
        string other = Directory.CreateDirectory(_folder["other"]).FullName;
        foreach (int cpu in (int[])[0, 1])
            File.WriteAllBytes(Path.Combine(other, $"u.blktrace.{cpu}"), new BlktraceBytes().Event('D', 1_000 + cpu, 0, 4096, Read, (uint)cpu).Event('C', 2_000 + cpu, 0, 4096, Read, (uint)cpu).ToArray());

        ToolResult result = Tool.Run(["compare", .. Directory.GetFiles(s_set).Order(StringComparer.Ordinal), .. Directory.GetFiles(other).Order(StringComparer.Ordinal), "-o", _folder["out"]]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("Run 2  u", result.Output);
        Assert.DoesNotContain("Run 3", result.Output);
    }

    [Fact]
    public void Convert_WritesTheFilesOfASetAsOneRun()
    {
        ToolResult result = Tool.Run(["convert", .. Directory.GetFiles(s_set), s_set, "-o", _folder["out/"]]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["run=t"], Directory.GetDirectories(_folder["out"]).Select(Path.GetFileName));
        Assert.Contains("t: 1,024 requests of 7,168 events", result.Output);
    }

    [Fact]
    public void ARunOfAParquetSetAndAPartOfIt_AreReadOnce()
    {
        File.WriteAllText(_folder["small.txt"], SmallTrace.Text);
        Tool.Run("convert", _folder["small.txt"], "-o", _folder["set/"]);
        string run = _folder["set/run=small"];

        Assert.Equal(
            Tool.Analyze(_folder["a"], 0, run).Events,
            Tool.Analyze(_folder["b"], 0, Path.Combine(run, "device=8,0", "part-0.parquet"), run).Events);
    }

    [Fact]
    public void Tensors_CountATransferOnce()
    {
        string set = CopyOfSet("set");
        Tool.Run("convert", set, "-o", Path.Combine(set, "copy.blktrace"));
        Tool.Run("convert", set, "-o", Path.Combine(set, "copy.txt"));

        ToolResult result = Tool.Run("tensors", set);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.DoesNotContain("copy", result.Output);
    }

    [Fact]
    public void AnArchiveAndATraceInIt_AreReadOnce()
    {
        File.WriteAllBytes(_folder["a.tar"], Tars.OfFolder(s_set, "./", unpacked: false));

        Assert.Equal(7_168, Tool.Analyze(_folder["out"], 0, _folder["a.tar"], _folder["a.tar/t"], _folder["a.tar/t.blktrace.1.xz"]).Events);
    }

    [Fact]
    public void ALinkInACircle_IsAnErrorAsAnyOther()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs links");
        File.CreateSymbolicLink(_folder["circle"], _folder["circle"]);

        Assert.Equal(3, Tool.Run("info", _folder["circle"], s_set).ExitCode);
    }

    private void AssertRefused(string sentence, params string[] args)
    {
        ToolResult result = Tool.Run(args);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains(sentence, result.Error);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    private string CopyOfSet(string name)
    {
        string folder = Directory.CreateDirectory(_folder[name]).FullName;
        foreach (string file in Directory.GetFiles(s_set))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return folder;
    }
}
