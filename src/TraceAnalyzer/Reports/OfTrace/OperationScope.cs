namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>What an <see cref="OperationReport"/> covers.</summary>
public enum OperationScope
{
    /// <summary>Reads and writes together.</summary>
    Transfers,

    /// <summary>One <see cref="OperationClass"/>.</summary>
    Class,

    /// <summary>One exact rwbs string.</summary>
    Rwbs,
}
