using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading;

/// <summary>A format: how to recognize it by its first bytes, and how to open it.</summary>
/// <param name="Name">Name for people.</param>
/// <param name="Sniff">True if these first bytes (up to <see cref="SniffBytes"/>, or more: <see cref="MaxSniffBytes"/>; decompressed) can only be this format.</param>
/// <param name="Open">Opens the inputs of one trace; more than one only if it <see cref="Combines"/>.</param>
public sealed record TraceFormat(string Name, Func<ReadOnlySpan<byte>, ReadOptions, bool> Sniff, Func<TraceParts, ReadOptions, ITraceReader> Open)
{
    /// <summary>Endings of its files, which are not a part of a trace's name. Content alone tells the format.</summary>
    public IReadOnlyList<string> Endings { get; init; } = [".txt"];

    /// <summary>True if several files can be read together as one trace.</summary>
    public bool Combines { get; init; }

    /// <summary>How many first bytes <see cref="Sniff"/> is given at most, of most contents.</summary>
    public const int SniffBytes = 64 * 1024;

    /// <summary>How many it is given at most if the text is a tracer's, whose first event of the block layer may come late.</summary>
    public const int MaxSniffBytes = 16 * 1024 * 1024;
}

/// <summary>How to read.</summary>
public sealed record ReadOptions
{
    /// <summary>The <c>-f</c> format string the blkparse text was written with; null for blkparse's default. Content that is not text is unaffected.</summary>
    public string? BlkparseFormat { get; init; }

    /// <summary>The action of every line of a <see cref="BlkparseFormat"/> that does not print it; null if it is not known.</summary>
    public BlockAction? BlkparseAction { get; init; }

    /// <summary>The rwbs string of every line of a <see cref="BlkparseFormat"/> that does not print it; null if it is not known.</summary>
    public Rwbs? BlkparseRwbs { get; init; }
}

/// <summary>The files that make one trace.</summary>
/// <param name="Name">Short name for titles.</param>
/// <param name="Inputs">The opened files; the reader owns them.</param>
/// <param name="MissingCpus">CPUs of per-CPU sets that have no file.</param>
public sealed record TraceParts(string Name, IReadOnlyList<TraceInput> Inputs, int MissingCpus);
