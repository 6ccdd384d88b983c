namespace TraceAnalyzer.Reports.OfRun;

/// <summary>Where the file system of the extents begins on the traced disk.</summary>
/// <param name="Sector">Its first sector of 512 bytes.</param>
/// <param name="Source">What says so.</param>
public sealed record FileSystemStart(long Sector, string Source);
