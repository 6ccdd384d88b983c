namespace TraceAnalyzer.Reports;

/// <summary>A file of a run.</summary>
/// <param name="Name">Its name within the folder.</param>
/// <param name="Kind">What it is.</param>
public sealed record RunFile(string Name, string Kind);
