using System.Diagnostics;
using TraceAnalyzer.Cli;
using TraceAnalyzer.Output;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reading;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Cli;

/// <summary>What only a process of its own shows: standard input, pipes, signals.</summary>
[Trait("Kind", "capture")]
[Trait("Kind", "process")]
public sealed class ProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("c-kvcache.bin.zst")]
    [InlineData("c-kvcache.blkparse.txt.zst")]
    [InlineData("bpftrace-block.txt.zst")]
    public void StandardInput_IsReadLikeAFile(string name)
    {
        string file = Path.Combine(Repository.KvCache, name);
        ToolResult result = Tool.RunInShell($"cat '{file}' | tool analyze - -o '{_folder["stdin"]}'");
        TraceReport fromFile = Tool.Analyze(_folder["file"], 0, file);

        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        TraceReport fromInput = Tool.ReadReport(_folder["stdin"]);
        Assert.Equal("stdin", fromInput.Source.Name);
        Assert.Equal(Json(fromFile), Json(fromInput with { Source = fromFile.Source }));
    }

    [Fact]
    public void ExitCodes_ReachTheShell()
    {
        ToolResult result = Tool.RunInShell(
            $"tool info '{Repository.KvCache}' >/dev/null; echo $?; tool info nothing-here; echo $?; tool; echo $?; "
            + $"head -c 100000 '{Repository.KvCache}/c-kvcache.bin.zst' | tool info - >/dev/null; echo $?");

        Assert.Equal(["0", "3", "2", "4"], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("   at ", result.Error);
    }

    [Fact]
    public void ReaderThatHasSeenEnough_IsNoError()
    {
        ToolResult result = Tool.RunInShell($"tool info '{Repository.KvCache}' | head -n 1");

        Assert.Equal(new ToolResult(0, result.Output, ""), result);
        Assert.StartsWith("Trace", result.Output);
    }

    [Fact]
    public void Pipe_GetsNoProgress()
    {
        ToolResult result = Tool.RunInShell($"tool analyze '{Repository.Path("traces", "flexgen", "kv-offload-omp1")}' -o '{_folder["out"]}' >/dev/null");

        Assert.Equal(new ToolResult(0, "", ""), result);
    }

    [Fact]
    public void Interrupt_WhileWaitingForInput_LeavesNothingBehind()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs POSIX signals");
        using Process process = Tool.Start("analyze", "-", "-o", _folder["out"]);
        WaitForFolder();

        Tool.Interrupt(process);
        ToolResult result = Tool.End(process);

        Assert.Equal(130, result.ExitCode);
        Assert.Equal("traceanalyzer: interrupted; nothing was written\n", result.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Interrupt_WhileAtWork_LeavesAllOrNothing(bool isWriting)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs POSIX signals");
        using Process process = Tool.Start("analyze", Repository.Path("traces", "flexgen", "kv-offload-omp1"), "-o", _folder["out"]);
        if (isWriting)
            WaitFor(() => Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Any());
        else
            WaitForFolder();

        Tool.Interrupt(process);
        ToolResult result = Tool.End(process);

        string?[] left = [.. Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName)];
        if (result.ExitCode == 130)
            Assert.Empty(left);
        else
            Assert.Equal(["out"], left);
        if (result.ExitCode != 130)
            Assert.Equal(1_053_402, Tool.ReadReport(_folder["out"]).Events);
    }

    [Fact]
    public void Interrupt_WhileUnpacking_LeavesNoTemporaryFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs POSIX signals");
        string temporary = Directory.CreateTempSubdirectory("traceanalyzer-tmpdir-").FullName;
        using Process process = Tool.StartProgram("env", ["TMPDIR=" + temporary, "dotnet", Path.Combine(AppContext.BaseDirectory, "traceanalyzer.dll"), "analyze", "-", "-o", _folder["out"]]);
        byte[] archive = Tars.OfFolder(Repository.KvCache, "", unpacked: true, "*.blktrace.*");
        // It has read all of it, but for the little that a pipe holds, when this returns.
        process.StandardInput.BaseStream.Write(archive.AsSpan(0, archive.Length / 2));
        process.StandardInput.BaseStream.Flush();
        WaitForFolder();
        Assert.Empty(NonEmptyFiles());

        Tool.Interrupt(process);
        ToolResult result = Tool.End(process);

        Assert.Equal(130, result.ExitCode);
        Assert.Empty(NonEmptyFiles());
        Directory.Delete(temporary, recursive: true);

        // .NET itself leaves empty files there.
        IEnumerable<string> NonEmptyFiles() => Directory.EnumerateFiles(temporary, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0);
    }

    [Fact]
    public void AnArchive_IsReadFromStandardInput()
    {
        File.WriteAllBytes(_folder["a.tar.gz"], Tars.Pack(Tars.OfFolder(Repository.KvCache, "run/", unpacked: true, "*.blktrace.*"), "gz"));

        ToolResult result = Tool.RunInShell($"cat '{_folder["a.tar.gz"]}' | tool info --json -");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        using var json = System.Text.Json.JsonDocument.Parse(result.Output);
        Assert.Equal("c-kvcache", json.RootElement.GetProperty("source").GetProperty("name").GetString());
        Assert.Equal(Tool.Analyze(_folder["out"], 0, Repository.KvCache).Events, json.RootElement.GetProperty("events").GetInt64());
    }

    [Fact]
    public async Task Cancellation_IsAnExitCodeOfItsOwn()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        int code = await CommandLine.RunAsync(["analyze", Repository.KvCache, "-o", _folder["out"]], output, error, new CancellationToken(canceled: true));

        Assert.Equal(130, code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    // The temporary folder is the first thing that a run makes.
    private void WaitForFolder() => WaitFor(() => Directory.EnumerateFileSystemEntries(_folder.Path).Any());

    // The patience only ends a test that would never end.
    private static void WaitFor(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromMinutes(5)), "the command did not get so far");

    private static byte[] Json(TraceReport report)
    {
        using var json = new MemoryStream();
        ReportJson.Write(report, json);
        return json.ToArray();
    }
}
