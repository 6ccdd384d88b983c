namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>What was asked.</summary>
/// <param name="CountedAction">The action that counts as one request: <c>issue</c>, <c>queue</c> or <c>complete</c>.</param>
/// <param name="Filters">Each filter in words, e.g. <c>device 259,0</c>; empty if everything was counted.</param>
/// <param name="Study">True if the study's definitions were asked for.</param>
public sealed record ReportSettings(string CountedAction, string[] Filters, bool Study);
