namespace TraceAnalyzer.Reports.OfRun;

/// <summary>What the run had to move by closed form, what the framework moved by its own notes, and what the trace has. Null is what is not known.</summary>
public sealed record Movement
{
    /// <summary>The closed form, in words; null if the run's sizes are not known.</summary>
    public string? Model { get; init; }

    /// <summary>How many tokens the predicted bytes are of, the prefill included: those that the trace reaches, without a trace all; null if it does not show which they are.</summary>
    public int? PredictedTokens { get; init; }

    /// <summary>Bytes to read in these.</summary>
    public long? PredictedReadBytes { get; init; }

    /// <summary>Bytes to write in these, and before them what is written once; null also if that is not in the trace.</summary>
    public long? PredictedWriteBytes { get; init; }

    /// <summary>Bytes that the framework read from its files while the trace ran.</summary>
    public long? FrameworkReadBytes { get; init; }

    /// <summary>Bytes that the framework wrote.</summary>
    public long? FrameworkWriteBytes { get; init; }

    /// <summary>Bytes read in the trace.</summary>
    public long? TraceReadBytes { get; init; }

    /// <summary>Bytes written in the trace.</summary>
    public long? TraceWriteBytes { get; init; }

    /// <summary>Of the framework's reads, bytes that the device did not read: page-cache hits, tensor by tensor; at least so many.</summary>
    public long? CacheHitBytes { get; init; }

    /// <summary>Bytes that the device read beyond what the framework read of the same tensor; at least so many.</summary>
    public long? ExcessReadBytes { get; init; }

    /// <summary>Bytes read that belong to no known file.</summary>
    public long? UnmappedReadBytes { get; init; }

    /// <summary>Of the framework's reads, bytes of files of which no extents are known: whether the device read them is not known.</summary>
    public long? FrameworkElsewhereReadBytes { get; init; }

    /// <summary>Trace minus framework (of files whose extents are known) minus excess and unmapped plus cache hits: what remains without an explanation.</summary>
    public long? UnexplainedReadBytes { get; init; }
}
