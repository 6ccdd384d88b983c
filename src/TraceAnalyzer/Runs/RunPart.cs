namespace TraceAnalyzer.Runs;

/// <summary>A part of a run.</summary>
/// <param name="File">Its path within the folder.</param>
public abstract record RunPart(string File)
{
    /// <summary>What kind of file it is.</summary>
    internal RunFileKind? Kind { get; init; }
}

/// <summary>A part of a run with what it says.</summary>
/// <param name="File">Its path within the folder.</param>
/// <param name="Content">What it says.</param>
public sealed record RunPart<T>(string File, T Content) : RunPart(File);
