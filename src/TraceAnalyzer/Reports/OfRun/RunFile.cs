namespace TraceAnalyzer.Reports.OfRun;

/// <summary>A file of a run.</summary>
/// <param name="Name">Its name within the folder.</param>
/// <param name="Kind">What it is: a trace, a part of the run, <see cref="NotUnderstood"/> or <see cref="NotUsed"/>.</param>
public sealed record RunFile(string Name, string Kind)
{
    /// <summary>The kind of a file that might have been meant to be a part of the run, but is none that is known.</summary>
    public const string NotUnderstood = "not understood";

    /// <summary>The kind of a file that nobody would expect to be used: a picture, a script, an output of this tool.</summary>
    public const string NotUsed = "not used";

    /// <summary>Why it is not understood or not used; null for all others.</summary>
    public string? Reason { get; init; }
}
