namespace TraceAnalyzer.Cli.Capture.Recording;

/// <summary>A condition under which a capture can be trusted.</summary>
/// <param name="Name">Its name, stable.</param>
/// <param name="State">Whether it holds.</param>
/// <param name="Sentence">The numbers that decide.</param>
internal sealed record Gate(string Name, GateState State, string Sentence)
{
    /// <summary>A gate that holds or not.</summary>
    public static Gate Of(string name, bool holds, string sentence) => new(name, holds ? GateState.Passed : GateState.Failed, sentence);
}

/// <summary>Whether a gate holds.</summary>
internal enum GateState
{
    /// <summary>It holds.</summary>
    Passed,

    /// <summary>It does not: parts of the report are wrong, or of something else.</summary>
    Failed,

    /// <summary>It cannot be decided.</summary>
    Unknown,
}
