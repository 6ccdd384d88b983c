using System.CommandLine;

namespace TraceAnalyzer.Cli;

/// <summary>Options of every verb that say how much is printed, and in what form.</summary>
internal sealed class ConsoleOptions
{
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print nothing but errors.", Recursive = true };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Say on standard error what was read, how, and how long each step took.", Recursive = true };
    private readonly Option<bool> _json = new("--json") { Description = "Print the report as JSON instead of a summary.", Recursive = true };

    /// <summary>Adds them to the command.</summary>
    public void AddTo(RootCommand root)
    {
        root.Options.Add(_quiet);
        root.Options.Add(_verbose);
        root.Options.Add(_json);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="UsageException">Options contradict each other.</exception>
    public ConsoleMode ModeOf(ParseResult parsed)
    {
        var mode = new ConsoleMode(parsed.GetValue(_quiet), parsed.GetValue(_verbose), parsed.GetValue(_json));
        if (mode.Quiet && (mode.Verbose || mode.Json))
            throw new UsageException("--quiet prints nothing: leave out --verbose and --json");
        return mode;
    }
}
