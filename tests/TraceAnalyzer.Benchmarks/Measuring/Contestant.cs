namespace TraceAnalyzer.Benchmarks.Measuring;

/// <summary>A command that does a piece of work.</summary>
/// <param name="Name">Name in the tables.</param>
/// <param name="CommandLine">One simple command for a POSIX shell; what it prints is dropped.</param>
public sealed record Contestant(string Name, string CommandLine)
{
    /// <summary>The words as a command line that a POSIX shell splits back into them.</summary>
    public static string Quote(params IEnumerable<string> words) =>
        string.Join(' ', words.Select(word => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'"));
}
