using System.CommandLine;

namespace TraceAnalyzer.Cli;

/// <summary>A verb of the command line, with examples for its help.</summary>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Command lines that work in the repository's root.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
