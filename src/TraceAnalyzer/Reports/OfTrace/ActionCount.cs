namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Number of events of an action.</summary>
/// <param name="Action">The action, e.g. <c>issue</c>.</param>
/// <param name="Letter">Its letter in blkparse, e.g. <c>D</c>.</param>
/// <param name="Count">How many.</param>
public sealed record ActionCount(string Action, string Letter, long Count);
