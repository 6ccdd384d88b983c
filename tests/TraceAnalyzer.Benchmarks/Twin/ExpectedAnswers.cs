namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>The known answers of a run, counted at issue (D). All but the two times come from the closed form.</summary>
public sealed record ExpectedAnswers
{
    public required KvRun Run { get; init; }

    public required long Reads { get; init; }

    public required long Writes { get; init; }

    public required long ReadBytes { get; init; }

    public required long WrittenBytes { get; init; }

    /// <summary>Every request has this size.</summary>
    public required int RequestBytes { get; init; }

    /// <summary>Q, G, D and C of every request.</summary>
    public required long Events { get; init; }

    public required long FirstIssueNs { get; init; }

    public required long LastIssueNs { get; init; }

    /// <summary>Bytes touched by reads or writes.</summary>
    public required long FootprintBytes { get; init; }

    /// <summary>How many 512-byte sectors are read how often; sectors never read left out.</summary>
    public required IReadOnlyList<AccessCount> ReadAccess { get; init; }

    /// <summary>The same for writes.</summary>
    public required IReadOnlyList<AccessCount> WriteAccess { get; init; }

    public static ExpectedAnswers Of(KvRun run, long firstIssueNs, long lastIssueNs)
    {
        ArgumentNullException.ThrowIfNull(run);
        int rows = run.PromptRows + run.GeneratedRows;
        long sectorsPerRow = (long)run.Files * (KvRun.RowBytes / KvRun.SectorBytes);
        return new ExpectedAnswers
        {
            Run = run,
            Reads = run.Reads,
            Writes = run.Writes,
            ReadBytes = run.Reads * KvRun.RequestBytes,
            WrittenBytes = run.Writes * KvRun.RequestBytes,
            RequestBytes = KvRun.RequestBytes,
            Events = 4 * run.Requests,
            FirstIssueNs = firstIssueNs,
            LastIssueNs = lastIssueNs,
            FootprintBytes = rows * sectorsPerRow * KvRun.SectorBytes,
            ReadAccess = [.. Enumerable.Range(0, rows)
                .GroupBy(run.ReadsOfRow)
                .Where(group => group.Key > 0)
                .OrderBy(group => group.Key)
                .Select(group => new AccessCount(group.Key, group.Count() * sectorsPerRow))],
            WriteAccess = [new AccessCount(run.Batches, rows * sectorsPerRow)],
        };
    }

    /// <summary><paramref name="Sectors"/> sectors are accessed <paramref name="Accesses"/> times each.</summary>
    public sealed record AccessCount(long Accesses, long Sectors);
}
