namespace TraceAnalyzer.Benchmarks.Measuring;

/// <summary>How to start the tool that is measured.</summary>
/// <param name="Path">Its executable, or its <c>traceanalyzer.dll</c>, which <c>dotnet</c> then runs.</param>
public sealed record ToolCommand(string Path)
{
    /// <summary>A command line for the shell.</summary>
    public string Line(params string[] arguments) => Contestant.Quote([.. Words, .. arguments]);

    /// <summary>What <c>--version</c> prints.</summary>
    public string Version() => "traceanalyzer " + CommandRunner.Output("sh", "-c", Line("--version"));

    private IEnumerable<string> Words => Path.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", Path] : [Path];
}
