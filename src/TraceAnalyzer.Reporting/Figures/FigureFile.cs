namespace TraceAnalyzer.Reporting.Figures;

/// <summary>What became of one figure of one device.</summary>
/// <param name="Figure">Name of the figure, e.g. <c>bandwidth</c>.</param>
/// <param name="Device">The device, as in the report; empty if the report has none with data.</param>
/// <param name="FileName">The file that was written, without folder; null if none was.</param>
/// <param name="Reason">Why none was written; null if one was.</param>
public sealed record FigureFile(string Figure, string Device, string? FileName, string? Reason);
