namespace TraceAnalyzer.Reports.OfRun;

/// <summary>Something in a run's folder that could not be read.</summary>
/// <param name="File">The file.</param>
/// <param name="Message">Why, or how much of it.</param>
public sealed record RunFileProblem(string File, string Message);
