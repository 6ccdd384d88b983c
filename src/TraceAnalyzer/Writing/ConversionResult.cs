using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Writing;

/// <summary>What became of a conversion.</summary>
/// <param name="Source">What was read.</param>
/// <param name="Written">Requests or events that were given to the writer, after the filter.</param>
/// <param name="Events">Events read.</param>
/// <param name="Diagnostics">What went wrong while reading.</param>
/// <param name="NotCarried">What the format has no place for.</param>
public sealed record ConversionResult(TraceSource Source, long Written, long Events, ReadDiagnostics Diagnostics, NotCarried NotCarried);
