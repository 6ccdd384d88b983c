namespace TraceAnalyzer.Reading;

/// <summary>A format: how to recognise it by its first bytes, and how to open it.</summary>
/// <param name="Name">Name for people.</param>
/// <param name="Sniff">True if these first bytes (up to <see cref="SniffBytes"/>) can only be this format.</param>
/// <param name="Open">Opens inputs of this format that belong together (several only where the format is one file a CPU).</param>
public sealed record TraceFormat(string Name, Func<ReadOnlySpan<byte>, bool> Sniff, Func<IReadOnlyList<TraceInput>, ReadOptions, ITraceReader> Open)
{
    /// <summary>How many first bytes <see cref="Sniff"/> is given at most.</summary>
    public const int SniffBytes = 64 * 1024;
}

/// <summary>How to read.</summary>
public sealed record ReadOptions
{
    /// <summary>The <c>-f</c> format string the blkparse text was written with; null for blkparse's default. Content that is no text is unaffected.</summary>
    public string? BlkparseFormat { get; init; }
}
