using TraceAnalyzer.Cli.Capture.Tracers;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Capture;

/// <summary>A log of changes undoes what capture makes, and nothing else.</summary>
public sealed class UndoLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_log_that_names_other_files_changes_none_and_keeps_its_lines()
    {
        File.WriteAllText(_folder["victim"], "old");
        Directory.CreateDirectory(_folder["empty"]);
        string[] lines = [$"write {_folder["victim"]} new", $"rmdir {_folder["empty"]}", $"write /sys/kernel/tracing/../../..{_folder["victim"]} new", "chmod /sys/block/x 1", "write"];
        File.WriteAllLines(_folder["a.undo"], ["owner 0 0", .. lines]);

        IReadOnlyList<string> said = UndoLog.Undo(_folder["a.undo"]);

        Assert.Equal(lines.Length, said.Count(sentence => sentence.StartsWith("not undone: ", StringComparison.Ordinal)));
        Assert.Equal("old", File.ReadAllText(_folder["victim"]));
        Assert.True(Directory.Exists(_folder["empty"]));
        Assert.Equal(["owner 0 0", .. lines], File.ReadAllLines(_folder["a.undo"]));
    }

    [Fact]
    public void What_is_gone_has_nothing_to_undo_and_a_log_that_is_done_is_removed()
    {
        File.WriteAllLines(_folder["a.undo"], ["owner 0 0", "write /sys/block/no-such-disk/trace/enable 0", "rmdir /sys/fs/cgroup/no-such-group"]);

        Assert.All(UndoLog.Undo(_folder["a.undo"]), sentence => Assert.StartsWith("undone: ", sentence));
        Assert.False(File.Exists(_folder["a.undo"]));
        Assert.Empty(UndoLog.Undo(_folder["a.undo"]));
    }

    [Theory]
    [InlineData("[local] global mono\n", "local")]
    [InlineData("7 (expanded: 1408)\n", "1408")]
    [InlineData("nop\n", "nop")]
    public void A_value_is_read_as_it_is_written(string text, string value)
    {
        File.WriteAllText(_folder["file"], text);

        Assert.Equal(value, UndoLog.CurrentValue(_folder["file"]));
    }
}
