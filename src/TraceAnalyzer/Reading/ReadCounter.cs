namespace TraceAnalyzer.Reading;

/// <summary>The things that can go wrong with a trace. Each has a name and a sentence in <see cref="ReadCounters"/>.</summary>
public enum ReadCounter
{
    /// <summary>Records or lines that could not be understood.</summary>
    BadRecords,

    /// <summary>Bytes that belong to no record or line that was understood.</summary>
    SkippedBytes,

    /// <summary>Records or lines cut off by the end of the input.</summary>
    TruncatedRecords,

    /// <summary>Events the tracer said it lost, or that are missing from a CPU's sequence numbers.</summary>
    LostEvents,

    /// <summary>CPUs whose file is missing from a per-CPU set.</summary>
    MissingCpus,

    /// <summary>Requests issued that never completed in the trace.</summary>
    UnmatchedIssues,

    /// <summary>Completions of requests whose issue the trace does not have.</summary>
    UnmatchedCompletions,

    /// <summary>Events older than the event before them.</summary>
    ClockRegressions,

    /// <summary>Compressed inputs and archives that ended early or are damaged.</summary>
    DamagedCompression,

    /// <summary>Events too far from the others in time, or outside the range that bins of the asked width can hold.</summary>
    TimesOutOfRange,

    /// <summary>Events of other tracepoints, left out on purpose: no loss.</summary>
    OtherEvents,

    /// <summary>Parts of a Parquet set whose file is missing.</summary>
    MissingParts,

    /// <summary>Rows of a Parquet set that are missing with its parts, as far as other parts tell.</summary>
    MissingRows,
}
