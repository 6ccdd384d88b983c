namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Where a trace came from.</summary>
/// <param name="Name">Short name for titles: a file's or folder's name without endings, or <c>stdin</c>.</param>
/// <param name="Format">The format's name, e.g. <c>blktrace per-CPU set</c>.</param>
/// <param name="Files">The files read, names only (no folders, so that reports do not depend on where a trace lies).</param>
/// <param name="Bytes">Bytes read, after decompression.</param>
public sealed record ReportSource(string Name, string Format, string[] Files, long Bytes);
