using System.Diagnostics;
using System.Security.Cryptography;
using TraceAnalyzer.Output;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Cli;

/// <summary>Runs that are killed at any moment leave the old output or the new, or say that they left neither; and what they left besides goes with the next run.</summary>
[Trait("Kind", "process")]
public sealed class KilledRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_killed_analyze_leaves_a_new_folder_whole_or_not_at_all()
    {
        string[] run = Analyze("new", "20ms");
        TimeSpan duration = Complete(run);
        string whole = Content("new");
        for (int i = 0; i < SlowTests.Seeds(20, 2); i++)
        {
            Directory.Delete(_folder["new"], recursive: true);
            Kill(run, duration, "new.partial-*");
            if (Directory.Exists(_folder["new"]))
                Assert.Equal(whole, Content("new"));
            if (Directory.Exists(_folder["new"]))
                Directory.Delete(_folder["new"], recursive: true);
            Complete(run);
            AssertOnly("new");
            Assert.Equal(whole, Content("new"));
        }
    }

    [Fact]
    public void A_killed_analyze_that_overwrites_leaves_the_old_files_the_new_or_a_folder_that_says_it_is_neither()
    {
        string[] first = [.. Analyze("results", "10ms"), "--overwrite"], second = [.. Analyze("results", "20ms"), "--overwrite"];
        Complete(first);
        string old = Content("results");
        TimeSpan duration = Complete(second);
        string whole = Content("results");
        Assert.NotEqual(old, whole);
        int neither = 0;
        for (int i = 0; i < SlowTests.Seeds(20, 2); i++)
        {
            Complete(first);
            Assert.Equal(old, Content("results"));
            Kill(second, duration, "results/.partial-*");
            if (IsComplete())
                Assert.Contains(Content("results"), (string[])[old, whole]);
            else
                neither++;
            Complete(second);
            AssertOnly("results");
            Assert.Equal(whole, Content("results"));
        }

        TestContext.Current.SendDiagnosticMessage($"{neither} said that they are neither");
    }

    [Fact]
    public void A_killed_convert_leaves_the_old_file_or_the_new()
    {
        string[] first = ["convert", Repository.Case("requeues", "with-R.txt"), "-o", _folder["t.csv"], "--overwrite"];
        string[] second = ["convert", Repository.Case("requeues", "virtio-dd.txt"), "-o", _folder["t.csv"], "--overwrite"];
        Complete(first);
        string old = File.ReadAllText(_folder["t.csv"]);
        TimeSpan duration = Complete(second);
        string whole = File.ReadAllText(_folder["t.csv"]);
        Assert.NotEqual(old, whole);
        for (int i = 0; i < SlowTests.Seeds(20, 2); i++)
        {
            Complete(first);
            Kill(second, duration, "*partial*");
            Assert.Contains(File.ReadAllText(_folder["t.csv"]), (string[])[old, whole]);
            Complete(second);
            AssertOnly("t.csv");
        }
    }

    private string[] Analyze(string folder, string bin) =>
        ["analyze", Repository.Case("requeues", "virtio-dd.txt"), "-o", _folder[folder], "--bin", bin, "--dpi", "72"];

    // 4: the case is a trace with losses.
    private static TimeSpan Complete(string[] args)
    {
        var clock = Stopwatch.StartNew();
        using Process process = Tool.Start(args);
        ToolResult result = Tool.End(process);
        Assert.True(result.ExitCode is 0 or 4, $"{result.ExitCode}: {result.Error}");
        return clock.Elapsed;
    }

    // Half at any moment, half soon after the output was begun, as most of a run is its start.
    private void Kill(string[] args, TimeSpan duration, string begun)
    {
        using Process process = Tool.Start(args);
        double share = _random.NextDouble();
        if (_random.Next(2) == 0)
        {
            process.WaitForExit(duration * share);
        }
        else
        {
            string folder = Path.GetDirectoryName(_folder[begun])!, pattern = Path.GetFileName(begun);
            while (!process.HasExited && !Directory.EnumerateFileSystemEntries(folder, pattern).Any())
                Thread.Yield();
            process.WaitForExit(duration * share * share / 2);
        }

        if (!process.HasExited)
            process.Kill();
        process.WaitForExit();
    }

    private bool IsComplete()
    {
        try
        {
            OutputFolder.CheckComplete(_folder["results"]);
            return true;
        }
        catch (TraceException)
        {
            return false;
        }
    }

    // Names and contents of what a run wrote; temporary folders are none of it.
    private string Content(string folder) => string.Join('\n', Directory.EnumerateFiles(_folder[folder], "*", SearchOption.AllDirectories)
        .Select(file => (Name: Path.GetRelativePath(_folder[folder], file), File: file))
        .Where(file => !file.Name.StartsWith(".partial-", StringComparison.Ordinal))
        .OrderBy(file => file.Name, StringComparer.Ordinal)
        .Select(file => $"{file.Name} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.File)))}"));

    private void AssertOnly(string name)
    {
        Assert.Equal([_folder[name]], Directory.EnumerateFileSystemEntries(_folder.Path));
        if (Directory.Exists(_folder[name]))
            Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(_folder[name]), entry => Path.GetFileName(entry).StartsWith(".partial-", StringComparison.Ordinal));
    }
}
