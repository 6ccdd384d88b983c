namespace TraceAnalyzer.Tests.Cli;

/// <summary>A command line that makes no sense: one line that names the option, exit code 2, nothing written.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("--bin", "foo")]
    [InlineData("--bin", "0.0000001")]
    [InlineData("--from", "5x")]
    [InlineData("--bin", "-1s")]
    [InlineData("--bin", "1,5s")]
    [InlineData("--bin", "1ns")]
    [InlineData("--from", "soon")]
    [InlineData("--to", "1e9s")]
    [InlineData("--action", "merge")]
    [InlineData("--action", "ISSUE")]
    [InlineData("--device", "259:")]
    [InlineData("--device", "259,0,1")]
    [InlineData("--device", "4096,0")]
    [InlineData("--device", "")]
    [InlineData("--operation", "reads")]
    [InlineData("--sectors", "5-1")]
    [InlineData("--sectors", "x-1")]
    [InlineData("--sectors", "12")]
    [InlineData("--format", "gif")]
    [InlineData("--dpi", "71")]
    [InlineData("--dpi", "1201")]
    [InlineData("--dpi", "many")]
    [InlineData("--workers", "0")]
    [InlineData("--workers", "65")]
    [InlineData("--blkparse-format", "no fields")]
    [InlineData("--capacity", "3.84")]
    [InlineData("--capacity", "0TB")]
    [InlineData("--tbw", "7000tb")]
    [InlineData("--tbw", "1001PB")]
    public void BadValue_IsNamedInOneLine(string option, string value)
    {
        ToolResult result = Tool.Run("analyze", "trace", "-o", "never-written", option, value);

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Output);
        string[] lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("traceanalyzer: " + option, lines[0]);
        Assert.Contains($"'{value}'", lines[0]);
        Assert.Equal("Try 'traceanalyzer analyze --help'.", lines[1]);
    }

    [Theory]
    [InlineData("--frobnicate", "info", "--frobnicate", "x")]
    [InlineData("--workers", "convert", "x", "-o", "y.csv", "--workers", "2")]
    [InlineData("--output", "analyze", "x")]
    [InlineData("trace", "info")]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("--bin", "analyze", "x", "-o", "y", "--bin")]
    [InlineData("--device", "info", "x", "--device", "1,2", "--device", "1,3")]
    [InlineData("--from must be before --to", "info", "x", "--from", "2s", "--to", "1s")]
    [InlineData("--study", "analyze", "x", "-o", "y", "--study", "--bin", "1s")]
    [InlineData("--study", "analyze", "x", "-o", "y", "--study", "--action", "queue")]
    public void Nonsense_IsNamed(string named, params string[] args)
    {
        ToolResult result = Tool.Run(args);

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains(named, result.Error);
        Assert.DoesNotContain("   at ", result.Error);
        Assert.InRange(result.Error.Count(c => c == '\n'), 2, 3);
    }

    [Fact]
    public void NoArguments_PrintHelpToStandardErrorAndFail()
    {
        ToolResult result = Tool.Run();

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains("analyze", result.Error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("analyze", "--help")]
    [InlineData("info", "-h")]
    public void Help_HasExamples(params string[] args)
    {
        ToolResult result = Tool.Run(args);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
        Assert.Contains("Examples:\n  traceanalyzer ", result.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Version_IsThatOfTheBuild()
    {
        ToolResult result = Tool.Run("--version");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", result.Output);
    }
}
