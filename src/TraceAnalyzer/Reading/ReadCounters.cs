using System.Collections.Immutable;

namespace TraceAnalyzer.Reading;

/// <summary>The table of <see cref="ReadCounter"/>: stable names for machines and sentences for people.</summary>
public static class ReadCounters
{
    /// <summary>Every counter, in the order of the enumeration.</summary>
    public static readonly ImmutableArray<(ReadCounter Counter, string Name, string Meaning)> All =
    [
        (ReadCounter.BadRecords, "badRecords", "records or lines that could not be understood"),
        (ReadCounter.SkippedBytes, "skippedBytes", "bytes that belong to no record or line that was understood"),
        (ReadCounter.TruncatedRecords, "truncatedRecords", "records or lines cut off by the end of the input"),
        (ReadCounter.LostEvents, "lostEvents", "events the tracer reported lost or that are missing from the sequence numbers"),
        (ReadCounter.MissingCpus, "missingCpus", "CPUs whose file is missing from the per-CPU set"),
        (ReadCounter.UnmatchedIssues, "unmatchedIssues", "requests issued that never complete in the trace"),
        (ReadCounter.UnmatchedCompletions, "unmatchedCompletions", "completions whose issue is not in the trace"),
        (ReadCounter.ClockRegressions, "clockRegressions", "events older than the event before them"),
        (ReadCounter.DamagedCompression, "damagedCompression", "compressed inputs and archives that are damaged or end early"),
        (ReadCounter.TimesOutOfRange, "timesOutOfRange", "events too far from the others in time for the axis, or for bins of the asked width"),
        (ReadCounter.OtherEvents, "otherEvents", "events of other tracepoints, left out"),
        (ReadCounter.MissingParts, "missingParts", "parts of a Parquet set whose file is missing"),
        (ReadCounter.MissingRows, "missingRows", "rows of a Parquet set that are missing with their parts"),
    ];

    /// <summary>True if what <paramref name="counter"/> counts was lost, is damaged or does not fit; false if it is only worth knowing.</summary>
    public static bool IsLoss(ReadCounter counter) => counter != ReadCounter.OtherEvents;
}
