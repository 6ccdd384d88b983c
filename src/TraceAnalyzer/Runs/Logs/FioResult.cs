using System.Text.Json;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs.Logs;

/// <summary>
/// What fio measured on the device (<c>fio --output-format=json</c>): a roofline that was measured instead of stated. Only groups of jobs that did nothing
/// but read, or nothing but write, measure what the device can do of either.
/// </summary>
/// <param name="ReadBytesPerSecond">Greatest read bandwidth of a group of read-only jobs that ran at once, in bytes per second; 0 if there is none.</param>
/// <param name="WriteBytesPerSecond">Greatest write bandwidth of a group of write-only jobs.</param>
public sealed record FioResult(double ReadBytesPerSecond, double WriteBytesPerSecond)
{
    private const long NsPerMillisecond = 1_000_000;

    // A timestamp is in whole seconds in older versions, and an elapsed time always.
    private const long SlackNs = 1_000_000_000;

    private static readonly string[] s_directions = ["read", "write", "trim"];

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
        JsonElement[][] groups = [.. JsonText.Items(root, "jobs").GroupBy(job => JsonText.Number(job, "groupid", SideRanges.Index, remarks) ?? 0).Select(group => group.ToArray())];
        double Greatest(string direction) => groups
            .Select(group => s_directions.Select(each => (Direction: each, Rate: group.Sum(job => RateOf(job, each, remarks)))).ToArray())
            .Where(group => group.All(entry => entry.Direction == direction || entry.Rate == 0))
            .Select(group => group.Sum(entry => entry.Rate))
            .DefaultIfEmpty(0).Max();
        long? endMs = JsonText.Number(root, "timestamp_ms", SideRanges.UnixMs, remarks) ?? 1000 * JsonText.Number(root, "timestamp", SideRanges.UnixSeconds, remarks);
        long?[] lengthsMs = [.. groups.Select(group => group.Max(job => 1000 * JsonText.Number(job, "elapsed", SideRanges.UnixSeconds, remarks) ?? JsonText.Number(job, "job_runtime", SideRanges.UnixMs, remarks)))];
        long? startMs = lengthsMs.Contains(null) ? null : endMs - lengthsMs.Sum();
        return new FioResult(Greatest("read"), Greatest("write"))
        {
            StartUnixNs = (startMs * NsPerMillisecond) - SlackNs,
            EndUnixNs = (endMs * NsPerMillisecond) + SlackNs,
        };
    }

    private static double RateOf(JsonElement job, string direction, SideRemarks remarks) =>
        JsonText.Number(JsonText.Object(job, direction), "bw_bytes", SideRanges.BytesPerSecond, remarks) ?? 0;
}
