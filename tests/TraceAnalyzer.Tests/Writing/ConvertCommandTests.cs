using TraceAnalyzer.Tests.Cli;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Writing;

/// <summary>The verb: what it refuses, what it leaves behind.</summary>
[Trait("Kind", "capture")]
[Trait("Kind", "process")]
public sealed class ConvertCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ConvertCommandTests() => File.WriteAllText(_folder["small.txt"], SmallTrace.Text);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x.unknown", "does not say which format")]
    [InlineData("x.parquet --format nonsense", "'nonsense' is unknown; expected parquet or csv")]
    [InlineData("x.blktrace --what requests", "has events")]
    [InlineData("x.csv --action queue", "--action chooses what fio replays")]
    [InlineData("x.fio --action complete", "nothing that can be replayed")]
    [InlineData("x.csv --replay-as 8,0=/dev/null", "leave it out")]
    [InlineData("x.fio --replay-as 8,0", "is not a name")]
    [InlineData("- --format parquet", "is not written to standard output")]
    [InlineData("folder/ --format csv", "name a file")]
    public void Nonsense_IsUsage(string output, string message)
    {
        string[] arguments = output.Split(' ');
        string path = arguments[0] == "-" ? "-" : _folder[arguments[0]];
        ToolResult result = Tool.Run(["convert", _folder["small.txt"], "-o", path, .. arguments[1..]]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Error);
        Assert.Equal(["small.txt"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void ExistingFile_IsReplacedOnlyIfAsked()
    {
        File.WriteAllText(_folder["x.csv"], "mine");
        ToolResult refused = Tool.Run("convert", _folder["small.txt"], "-o", _folder["x.csv"]);

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("exists: choose another name, or ask to overwrite it", refused.Error);
        Assert.Equal("mine", File.ReadAllText(_folder["x.csv"]));
        Conversions.Convert(_folder["small.txt"], _folder["x.csv"], "--overwrite");
        Assert.StartsWith("queue_time_ns,", File.ReadAllText(_folder["x.csv"]));
    }

    [Fact]
    public void ADeviceOrPipe_IsNeverReplaced()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells");
        ToolResult result = Tool.RunInShell($"mkfifo '{_folder["pipe"]}' && ln -s pipe '{_folder["link"]}' && for o in pipe link; do tool convert '{_folder["small.txt"]}' -o '{_folder.Path}'/$o --format csv --overwrite; echo $?; done; test -p '{_folder["pipe"]}' && ls '{_folder.Path}'");

        Assert.Equal("3\n3\nlink\npipe\nsmall.txt\n", result.Output);
        Assert.Contains("is a device or a pipe", result.Error);
    }

    [Fact]
    public void AnOutputThatIsTheInput_IsReplacedWhenAllIsRead()
    {
        Conversions.Convert(_folder["small.txt"], _folder["direct.csv"]);
        Conversions.Convert(_folder["small.txt"], _folder["x.parquet"]);
        Conversions.Convert(_folder["x.parquet"], _folder["x.parquet"], "--overwrite");
        Conversions.Convert(_folder["x.parquet"], _folder["again.csv"]);
        Assert.Equal(File.ReadAllText(_folder["direct.csv"]), File.ReadAllText(_folder["again.csv"]));

        Conversions.Convert(_folder["small.txt"], _folder["set/"]);
        Conversions.Convert(_folder["set/"], _folder["set/"], "--overwrite");
        Conversions.Convert(_folder["set/run=small"], _folder["again.csv"], "--overwrite");
        Assert.Equal(File.ReadAllText(_folder["direct.csv"]), File.ReadAllText(_folder["again.csv"]));
    }

    [Fact]
    public void ExistingSet_IsReplacedOnlyIfAsked()
    {
        Conversions.Convert(_folder["small.txt"], _folder["set/"]);
        Assert.Equal(3, Tool.Run("convert", _folder["small.txt"], "-o", _folder["set/"]).ExitCode);
        Conversions.Convert(_folder["small.txt"], _folder["set/"], "--overwrite");

        Assert.Equal(
            ["run=small/device=8,0/part-0.parquet", "run=small/device=8,16/part-0.parquet"],
            Directory.EnumerateFiles(_folder["set"], "*.parquet", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder["set"], file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void HostileNamesOfRuns_StayInTheirFolder()
    {
        string hostile = _folder[".. %=\u00e9'x.txt"];
        File.WriteAllText(hostile, SmallTrace.Text);
        Directory.CreateDirectory(_folder["other"]);
        File.WriteAllText(Path.Combine(_folder["other"], Path.GetFileName(hostile)), SmallTrace.Text.Replace("2000 + 8", "3000 + 8", StringComparison.Ordinal));
        Conversions.Convert([hostile, Path.Combine(_folder["other"], Path.GetFileName(hostile))], _folder["set/"]);

        Assert.Equal(
            ["run=%2E.%20%25%3D%C3%A9%27x", "run=%2E.%20%25%3D%C3%A9%27x-2"],
            Directory.EnumerateDirectories(_folder["set"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(
            [".. %=\u00e9'x", ".. %=\u00e9'x-2"],
            DuckDb.Query($"SELECT DISTINCT run FROM read_parquet('{_folder["set"]}/*/*/*.parquet', hive_partitioning = true) ORDER BY run").Select(row => row[0]));
    }

    [Fact]
    public void BadInput_LeavesNothing()
    {
        File.WriteAllText(_folder["none.txt"], "no trace\n");
        foreach (string output in (string[])["x.parquet", "x.csv", "x.blktrace", "x.fio", "set/"])
        {
            ToolResult result = Tool.Run("convert", _folder["none.txt"], "-o", _folder[output]);
            Assert.Equal(3, result.ExitCode);
            Assert.Contains("none.txt: not a trace", result.Error);
        }

        Assert.Equal(["none.txt", "small.txt"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void StandardOutput_HasTheTraceAndStandardErrorTheRest()
    {
        ToolResult result = Tool.RunInShell($"tool convert '{_folder["small.txt"]}' -o - --format blkparse");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith(SmallTrace.Text.Split('\n')[0], result.Output);
        Assert.Contains("small: 15 events of 15 events written as blkparse text", result.Error);
    }

    [Fact]
    public void ABrokenPipe_IsNoError() =>
        Assert.Equal(0, Tool.RunInShell($"tool convert '{Repository.KvCache}' -o - --format csv | head -1").ExitCode);

    [Fact]
    public void AFullDisk_IsAnErrorThatLeavesNothing()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full");
        ToolResult result = Tool.RunInShell($"tool convert '{Repository.KvCache}' -o - --format csv > /dev/full");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("No space left", result.Error);
    }

    [Fact]
    public void TheSizeLimitOfFiles_IsAnErrorThatLeavesNothing()
    {
        foreach (string output in (string[])["x.parquet", "x.csv", "x.blktrace", "set/"])
        {
            ToolResult result = Tool.RunInShell($"export DOTNET_EnableWriteXorExecute=0; trap '' XFSZ; ulimit -f 64; tool convert '{Repository.KvCache}' -o '{_folder[output]}'");
            Assert.Equal(3, result.ExitCode);
            Assert.Equal(["small.txt"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void Interrupted_LeavesNothing(int times)
    {
        // Once while it waits for enough to tell the format, once while it waits for more to write.
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs POSIX signals");
        using System.Diagnostics.Process process = Tool.Start("convert", "-", "-o", _folder["x.parquet"]);
        for (int i = 0; i < times; i++)
            process.StandardInput.Write(SmallTrace.Text);
        process.StandardInput.Flush();
        Assert.True(SpinWait.SpinUntil(() => Directory.GetFiles(_folder.Path).Length == 2, TimeSpan.FromMinutes(5)), "the command did not start");
        Tool.Interrupt(process);
        ToolResult result = Tool.End(process);

        Assert.Equal(130, result.ExitCode);
        Assert.Equal(["small.txt"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void CommaDecimalCulture_ChangesNothing()
    {
        Conversions.Convert(Repository.KvCache, _folder["here.csv"]);
        Conversions.Convert(Repository.KvCache, _folder["here.fio"]);
        Culture.InGerman(() =>
        {
            Conversions.Convert(Repository.KvCache, _folder["there.csv"]);
            Conversions.Convert(Repository.KvCache, _folder["there.fio"]);
            return 0;
        });

        Assert.Equal(File.ReadAllBytes(_folder["here.csv"]), File.ReadAllBytes(_folder["there.csv"]));
        Assert.Equal(File.ReadAllBytes(_folder["here.fio"]), File.ReadAllBytes(_folder["there.fio"]));
    }

    [Fact]
    public void CsvAndParquet_HoldTheSame()
    {
        string trace = SlowTests.AreOn ? Repository.Path("traces", "flexgen", "kv-offload-omp1") : Repository.KvCache;
        foreach (string what in (string[])["requests", "events"])
        {
            Conversions.Convert(trace, _folder["x.csv"], "--what", what, "--overwrite");
            Conversions.Convert(trace, _folder["x.parquet"], "--what", what, "--overwrite");
            string csv = $"(SELECT COLUMNS(*)::VARCHAR FROM read_csv('{_folder["x.csv"]}', header = true, all_varchar = true, nullstr = ''))";
            string parquet = $"(SELECT COLUMNS(*)::VARCHAR FROM '{_folder["x.parquet"]}')";
            long different = DuckDb.Query($"SELECT * FROM ({csv} EXCEPT ALL {parquet}) LIMIT 3").Count + DuckDb.Query($"SELECT * FROM ({parquet} EXCEPT ALL {csv}) LIMIT 3").Count;
            Assert.Equal(0, different);
            Assert.True(DuckDb.Query($"SELECT * FROM {csv} LIMIT 10").Count == 10);
        }
    }
}
