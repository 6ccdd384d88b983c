namespace TraceAnalyzer.Tests.Html;

/// <summary>What a page saved of one of its figures.</summary>
/// <param name="Picture">Name of the picture's file.</param>
/// <param name="Data">Name of the data's file, without ending.</param>
internal sealed record SavedFigure(string Picture, string Data);
