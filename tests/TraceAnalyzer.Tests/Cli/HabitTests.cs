using System.Globalization;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Cli;

/// <summary>Command lines as people type them who know blkparse, or do not know the verbs yet.</summary>
public sealed class HabitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public HabitTests() => File.WriteAllText(_folder["small.txt"], SmallTrace.Text);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("'traceanalyzer info TRACE' says what is in it, 'traceanalyzer analyze TRACE -o FOLDER' analyzes it", "TRACE")]
    [InlineData("is a path, not a command", "TRACE", "-o", "out")]
    [InlineData("is a path, not a command", "-o", "out", "TRACE")]
    [InlineData("'traceanalyzer info TRACE'", "-i", "TRACE")]
    [InlineData("-i: a trace is named without an option: 'traceanalyzer info TRACE'", "info", "-i", "TRACE")]
    [InlineData("'traceanalyzer analyze TRACE -o OUTPUT'", "analyze", "-i", "TRACE", "-o", "out")]
    [InlineData("'traceanalyzer info run'", "info", "-irun")]
    [InlineData("'traceanalyzer info run'", "info", "--input=run")]
    [InlineData("--device /dev/sda'", "info", "TRACE", "-d", "/dev/sda")]
    [InlineData("blktrace -d /dev/sda -o - | traceanalyzer info -", "-d", "/dev/sda")]
    [InlineData("'traceanalyzer convert TRACE -o out.bin --format blktrace'", "convert", "-d", "out.bin", "x")]
    public void TheCommandThatWasMeant_IsSaid(string said, params string[] args)
    {
        string trace = _folder["small.txt"];
        ToolResult result = Tool.Run([.. args.Select(arg => arg == "TRACE" ? trace : arg)]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(said.Replace("convert TRACE", "convert \0", StringComparison.Ordinal).Replace("TRACE", trace, StringComparison.Ordinal).Replace('\0'.ToString(), "TRACE", StringComparison.Ordinal), result.Error);
        Assert.Equal(2, result.Error.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("3", "from 3 s")]
    [InlineData("0.5", "from 0.5 s")]
    [InlineData("3s", "from 3 s")]
    [InlineData("500ms", "from 0.5 s")]
    public void ANumberAlone_IsSeconds(string from, string filter) => Assert.Equal([filter], Tool.Analyze(_folder["out"], 0, _folder["small.txt"], "--from", from).Settings.Filters);

    [Fact]
    public void Info_ShowsTheFirstProcessesAndOfHowMany()
    {
        IEnumerable<string> lines = Enumerable.Range(1, 12).Select(i => string.Create(CultureInfo.InvariantCulture, $"  8,0    0 {i,8} {i,5}.000000000 {i,5}  D   R {i * 8} + 8 [p{i}]"));
        File.WriteAllLines(_folder["many.txt"], lines);
        string output = Tool.Run("info", _folder["many.txt"]).Output;

        Assert.Contains("Process (5 of 12)", output);
        Assert.Equal(5, output.Split('\n').Count(line => line.TrimStart().StartsWith('p')));
    }
}
