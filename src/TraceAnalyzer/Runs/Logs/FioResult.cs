using System.Text.Json;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs.Logs;

/// <summary>
/// What fio measured on the device (<c>fio --output-format=json</c>): a roofline that was measured instead of stated. Only groups of jobs that did nothing
/// but read, or nothing but write, as fast as they could, measure what the device can do of either; those past the page cache before those through it.
/// </summary>
/// <param name="ReadBytesPerSecond">Greatest read bandwidth of a group of read-only jobs that ran at once, in bytes per second; 0 if there is none.</param>
/// <param name="WriteBytesPerSecond">Greatest write bandwidth of a group of write-only jobs.</param>
public sealed record FioResult(double ReadBytesPerSecond, double WriteBytesPerSecond)
{
    private const long NsPerMillisecond = 1_000_000;

    // A timestamp is in whole seconds in older versions, and an elapsed time always.
    private const long SlackNs = 1_000_000_000;

    /// <summary>Bandwidths by request size and depth, of those groups whose jobs all have one size and state their depth.</summary>
    public IReadOnlyList<FioPoint> Points { get; init; } = [];

    /// <summary>Bytes that all jobs together read; of more than 2^60 so many.</summary>
    public long ReadBytes { get; init; }

    /// <summary>Bytes that all jobs together wrote.</summary>
    public long WriteBytes { get; init; }

    /// <summary>Groups that only read or only wrote, but were slowed down on purpose (<c>rate</c>, <c>thinktime</c>) or mixed sizes, and so do not measure the device.</summary>
    public int UnfitGroups { get; init; }

    /// <summary>True if all bandwidths are of jobs that went through the page cache (no <c>direct=1</c>): they may be more than the device can do, or less, and there are no points.</summary>
    public bool IsBuffered { get; init; }

    /// <summary>When the first job can have started, in nanoseconds since 1970 UTC; null if the result does not have it.</summary>
    public long? StartUnixNs { get; init; }

    /// <summary>When the last job can have ended, in nanoseconds since 1970 UTC; null if the result does not have it.</summary>
    public long? EndUnixNs { get; init; }

    /// <summary>True if a job can have run in a span of time; null if it is not known when they ran.</summary>
    public bool? MayOverlap(long fromUnixNs, long toUnixNs) => StartUnixNs is { } start && EndUnixNs is { } end ? start <= toUnixNs && end >= fromUnixNs : null;

    internal static bool IsResult(JsonElement root) => JsonText.Text(root, "fio version") is not null && JsonText.Items(root, "jobs").Any();

    internal static FioResult FromJson(JsonElement root, SideRemarks remarks)
    {
        // Jobs of a group run at the same time; groups one after the other.
        JsonElement[][] elements = [.. JsonText.Items(root, "jobs").GroupBy(job => JsonText.Number(job, "groupid", SideRanges.Index, remarks) ?? 0).Select(group => group.ToArray())];
        FioJob[][] groups = [.. elements.Select(group => group.Select(job => FioJob.Of(job, root, remarks)).ToArray())];
        FioJob[][] fit = [.. groups.Where(group => !group.Any(job => job.IsUnfit))];
        FioJob[][] direct = [.. fit.Where(group => !group.Any(job => job.IsBuffered))];
        bool isBuffered = !direct.Any(group => IsPure(group, isWrite: false) || IsPure(group, isWrite: true));
        double Greatest(bool isWrite) => (isBuffered ? fit : direct).Where(group => IsPure(group, isWrite)).Select(group => group.Sum(job => job.BytesPerSecond)).DefaultIfEmpty(0).Max();
        long? endMs = JsonText.Number(root, "timestamp_ms", SideRanges.UnixMs, remarks) ?? 1000 * JsonText.Number(root, "timestamp", SideRanges.UnixSeconds, remarks);
        // What has elapsed is since fio was started, the same for all groups; the runtimes of groups add up.
        long?[] elapsedMs = [.. elements.SelectMany(group => group).Select(job => 1000 * JsonText.Number(job, "elapsed", SideRanges.UnixSeconds, remarks))];
        long?[] runtimesMs = [.. elements.Select(group => group.Max(job => JsonText.Number(job, "job_runtime", SideRanges.UnixMs, remarks)))];
        long? startMs = endMs - (!elapsedMs.Contains(null) ? elapsedMs.Max() : runtimesMs.Contains(null) ? null : runtimesMs.Sum());
        return new FioResult(Greatest(isWrite: false), Greatest(isWrite: true))
        {
            Points = [.. direct.Select(PointOf).OfType<FioPoint>()],
            IsBuffered = isBuffered && fit.Length > 0,
            ReadBytes = Sum(groups.SelectMany(group => group).Select(job => job.Read.Bytes)),
            WriteBytes = Sum(groups.SelectMany(group => group).Select(job => job.Write.Bytes)),
            UnfitGroups = groups.Except(fit).Count(group => IsPure(group, isWrite: false) || IsPure(group, isWrite: true)),
            StartUnixNs = (startMs * NsPerMillisecond) - SlackNs,
            EndUnixNs = (endMs * NsPerMillisecond) + SlackNs,
        };
    }

    private static bool IsPure(FioJob[] group, bool isWrite) => group.All(job => isWrite ? job.OnlyWrites : job.OnlyReads);

    // Null unless all jobs do the same with one size, and say how many requests they keep in flight.
    private static FioPoint? PointOf(FioJob[] group)
    {
        bool isWrite = group[0].OnlyWrites;
        long? sizeBytes = group[0].SizeBytes;
        if (sizeBytes is null || !IsPure(group, isWrite) || !group.All(job => job.SizeBytes == sizeBytes && job.Depth is not null))
            return null;
        // With group_reporting one entry stands for all clones of a job; without it each has its own.
        double depth = group.GroupBy(job => job.Name).Sum(clones => clones.Sum(job => job.Depth!.Value * Math.Max(1, job.Clones / (double)clones.Count())));
        return new FioPoint(isWrite, sizeBytes.Value, depth, group.Sum(job => job.BytesPerSecond));
    }

    private static long Sum(IEnumerable<long> bytes) => bytes.Aggregate(0L, (sum, each) => Math.Min(SideRanges.MostBytes, sum + each));
}

/// <summary>What a group of jobs of fio measured.</summary>
/// <param name="IsWrite">True for writing, false for reading.</param>
/// <param name="SizeBytes">Size of each request (<c>bs</c>), in bytes.</param>
/// <param name="Depth">Requests that the jobs together kept in flight (<c>iodepth</c> times jobs); at least 1.</param>
/// <param name="BytesPerSecond">Bandwidth of all jobs together.</param>
public sealed record FioPoint(bool IsWrite, long SizeBytes, double Depth, double BytesPerSecond);
