namespace TraceAnalyzer.Runs;

/// <summary>A file of a run's folder that is neither a trace nor a part of the run.</summary>
/// <param name="Name">Its path within the folder.</param>
/// <param name="Reason">Why it is not used.</param>
/// <param name="IsExpected">True if nobody would expect it to be: a picture, a script, a text about the run, an output of this tool.</param>
public sealed record UnusedFile(string Name, string Reason, bool IsExpected);
