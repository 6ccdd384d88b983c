namespace TraceAnalyzer.Cli;

/// <summary>Options that are each right but make no sense together.</summary>
internal sealed class UsageException(string message) : Exception(message);
