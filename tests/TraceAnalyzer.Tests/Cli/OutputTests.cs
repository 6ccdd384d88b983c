using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Cli;

/// <summary>What is written, where, and that it is the same every time.</summary>
[Trait("Kind", "capture")]
public sealed class OutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public OutputTests() => File.WriteAllText(_folder["small.txt"], SmallTrace.Text);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SameInput_GivesTheSameBytesWithAnyNumberOfWorkers()
    {
        Dictionary<string, byte[]> once = Files("once", Repository.KvCache);

        Assert.Contains("report.json", once.Keys);
        Assert.Contains(once.Keys, name => name.EndsWith(".csv", StringComparison.Ordinal));
        Assert.Contains(once.Keys, name => name.EndsWith(".png", StringComparison.Ordinal));
        foreach (string workers in (string[])["1", "2", "4", "8"])
            AssertSame(once, Files("workers" + workers, Repository.KvCache, "--workers", workers));
        AssertSame(once, Files("again", Repository.KvCache));
    }

    [Fact]
    public void CommaDecimalCulture_ChangesNothing()
    {
        Dictionary<string, byte[]> here = Files("here", Repository.KvCache, "--bin", "1.5s");
        ToolResult summary = Tool.Run("info", Repository.KvCache);

        (Dictionary<string, byte[]> files, ToolResult info) = Culture.InGerman(() =>
            (Files("german", Repository.KvCache, "--bin", "1.5s"), Tool.Run("info", Repository.KvCache)));

        AssertSame(here, files);
        Assert.Equal(summary, info);
    }

    [Fact]
    public void Svg_AndDpi()
    {
        string[] svg = [.. Files("svg", _folder["small.txt"], "--format", "svg").Keys];
        byte[] coarse = Files("coarse", _folder["small.txt"], "--dpi", "72")["bandwidth-8-0.png"];
        byte[] fine = Files("fine", _folder["small.txt"], "--dpi", "144")["bandwidth-8-0.png"];

        Assert.Contains("bandwidth-8-0.svg", svg);
        Assert.DoesNotContain(svg, name => name.EndsWith(".png", StringComparison.Ordinal));
        Assert.Equal(2 * PngWidth(coarse), PngWidth(fine));
    }

    [Fact]
    public void ExistingFolder_IsRefusedAndLeftAlone()
    {
        Directory.CreateDirectory(_folder["mine"]);
        File.WriteAllText(Path.Combine(_folder["mine"], "thesis.txt"), "mine");

        AssertRefused(Tool.Run("analyze", _folder["small.txt"], "-o", _folder["mine"]), "not empty");
        AssertRefused(Tool.Run("analyze", _folder["small.txt"], "-o", _folder["mine"], "--overwrite"), "not this tool's");
        Assert.Equal(["thesis.txt"], Directory.EnumerateFileSystemEntries(_folder["mine"]).Select(Path.GetFileName));
    }

    [Fact]
    public void EarlierRun_IsReplacedOnlyWithOverwrite()
    {
        Tool.Analyze(_folder["out"], 0, _folder["small.txt"]);

        AssertRefused(Tool.Run("analyze", _folder["small.txt"], "-o", _folder["out"], "--device", "8,16"), "not empty");
        Assert.Equal(4, SmallTrace.Of(Tool.ReadReport(_folder["out"]), "read").Requests);

        TraceReport replaced = Tool.Analyze(_folder["out"], 0, _folder["small.txt"], "--device", "8,16", "--overwrite");
        Assert.Equal(1, SmallTrace.Of(replaced, "read").Requests);
    }

    [Fact]
    public void MissingParents_AreMade()
    {
        Tool.Analyze(_folder["a/b/c"], 0, _folder["small.txt"]);

        Assert.True(File.Exists(_folder["a/b/c/report.json"]));
    }

    [Fact]
    public void OutputThatIsAFile_IsRefused() =>
        AssertRefused(Tool.Run("analyze", _folder["small.txt"], "-o", _folder["small.txt"]), "is a file");

    [Fact]
    public void OutputBelowAFile_IsRefused() =>
        AssertRefused(Tool.Run("analyze", _folder["small.txt"], "-o", _folder["small.txt/out"]), "is a file");

    [Fact]
    public void OutputWithoutPermission_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "root may write everywhere");
        Directory.CreateDirectory(_folder["locked"]);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder["locked"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        AssertRefused(Tool.Run("analyze", _folder["small.txt"], "-o", _folder["locked/out"]), "cannot be written");
    }

    [Fact]
    public void InputThatIsNoTrace_LeavesNoFolder()
    {
        ToolResult result = Tool.Run("analyze", Repository.Path("LICENSE"), "-o", _folder["out"]);

        Assert.Equal(3, result.ExitCode);
        Assert.Equal(["small.txt"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void FigureWithoutData_IsNotDrawnAndTheSummarySaysWhy()
    {
        ToolResult result = Tool.Run("analyze", _folder["small.txt"], "-o", _folder["out"], "--operation", "read", "--device", "8,0");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Not drawn", result.Output);
        Assert.Contains("heatmap-write", result.Output);
        Assert.False(File.Exists(_folder["out/heatmap-write-8-0.png"]));
        Assert.True(File.Exists(_folder["out/heatmap-read-8-0.png"]));
    }

    [Fact]
    public void Timing_GoesToStandardError()
    {
        ToolResult result = Tool.Run("analyze", _folder["small.txt"], "-o", _folder["out"], "--timing");

        Assert.Equal(3, result.Error.Count(c => c == '\n'));
        Assert.DoesNotContain("timing", result.Output);
    }

    private Dictionary<string, byte[]> Files(string name, params string[] args)
    {
        Tool.Analyze(_folder[name], 0, args);
        return Directory.EnumerateFiles(_folder[name]).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
    }

    private static void AssertSame(Dictionary<string, byte[]> expected, Dictionary<string, byte[]> actual)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, file => Assert.True(file.Value.AsSpan().SequenceEqual(actual[file.Key]), $"{file.Key} differs"));
    }

    // Big-endian, in the IHDR chunk (PNG specification, 11.2.1).
    private static int PngWidth(byte[] png) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16));

    private static void AssertRefused(ToolResult result, string said)
    {
        Assert.Equal(3, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains(said, result.Error);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
    }
}
