namespace TraceAnalyzer.Tests.Cli;

/// <summary>The scripts in the shells they are for.</summary>
[Trait("Kind", "process")]
public sealed class CompletionTests
{
    [Theory]
    [InlineData("traceanalyzer inf", "info")]
    [InlineData("traceanalyzer analyze --rooflin", "--roofline")]
    [InlineData("traceanalyzer analyze x --format s", "svg")]
    [InlineData("traceanalyzer info x --action q", "queue")]
    [InlineData("traceanalyzer completion fi", "fish")]
    public void Bash_CompletesTheOneWordThatFits(string line, string expected)
    {
        ToolResult result = InShell("bash", $$"""
            eval "$(tool completion bash)"
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}} COMP_WORDS=({{line}})
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _traceanalyzer
            printf '%s\n' "${COMPREPLY[@]}"
            """);

        Assert.Equal(new ToolResult(0, expected + "\n", ""), result);
    }

    [Fact]
    public void Zsh_IsGivenTheWordsThatFit()
    {
        ToolResult result = InShell("zsh", """
            compdef() { }
            compadd() { shift; printf '%s\n' "$@"; }
            eval "$(tool completion zsh)"
            BUFFER='traceanalyzer analyze x --format ' CURSOR=33
            _traceanalyzer
            """);

        Assert.Equal(new ToolResult(0, "png\nsvg\n", ""), result);
    }

    [Fact]
    public void Fish_CompletesTheOneWordThatFits()
    {
        ToolResult result = InShell("fish", """
            tool completion fish | source
            complete --do-complete 'traceanalyzer analyze --rooflin'
            """);

        Assert.Equal(new ToolResult(0, "--roofline\n", ""), result);
    }

    // The scripts call traceanalyzer from the path; here that is a function.
    private static ToolResult InShell(string shell, string commands)
    {
        Assert.SkipUnless(Tool.IsInstalled(shell), $"{shell} is not installed");
        string program = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "traceanalyzer.dll")}'";
        string functions = shell == "fish"
            ? $"function tool; {program} $argv; end; function traceanalyzer; tool $argv; end\n"
            : $"tool() {{ {program} \"$@\"; }}; traceanalyzer() {{ tool \"$@\"; }}\n";
        using System.Diagnostics.Process process = Tool.StartProgram(shell, [shell == "bash" ? "--norc" : shell == "zsh" ? "-f" : "--no-config", "-c", functions + commands]);
        process.StandardInput.Close();
        return Tool.End(process);
    }
}
