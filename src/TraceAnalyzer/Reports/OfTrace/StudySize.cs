namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Requests of a size in the study's way.</summary>
/// <param name="SizeKiB">Bytes / 1024, truncated.</param>
/// <param name="Requests">How many.</param>
public sealed record StudySize(long SizeKiB, long Requests);
