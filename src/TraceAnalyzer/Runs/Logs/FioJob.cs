using System.Text.Json;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs.Logs;

/// <summary>One entry of <c>jobs</c> in a result of fio.</summary>
internal sealed record FioJob(string Name, FioTransfer Read, FioTransfer Write, FioTransfer Trim)
{
    private static readonly NumberRange<int> s_depth = new(1, 1 << 20);

    // Engines that wait for each request, whatever the depth says; the first is the default on Linux.
    private static readonly string[] s_synchronous = ["psync", "sync", "vsync", "pvsync", "pvsync2", "mmap"];

    private static readonly string[] s_slowedBy = ["rate", "rate_iops", "thinktime", "bsrange", "bssplit"];

    /// <summary>Requests that it keeps in flight; null if its options are not in the result.</summary>
    public int? Depth { get; init; }

    /// <summary>How many run of it (<c>numjobs</c>).</summary>
    public int Clones { get; init; } = 1;

    /// <summary>True if by its options it was slowed down, or mixed sizes.</summary>
    public bool IsUnfit { get; init; }

    /// <summary>True if by its options it went through the page cache.</summary>
    public bool IsBuffered { get; init; }

    /// <summary>True if it did nothing but read, or nothing at all.</summary>
    public bool OnlyReads => Write.BytesPerSecond == 0 && Trim.BytesPerSecond == 0;

    /// <summary>True if it did nothing but write, or nothing at all.</summary>
    public bool OnlyWrites => Read.BytesPerSecond == 0 && Trim.BytesPerSecond == 0;

    /// <summary>Bandwidth of whatever it did, in bytes per second.</summary>
    public double BytesPerSecond => Read.BytesPerSecond + Write.BytesPerSecond + Trim.BytesPerSecond;

    /// <summary>Size of each of its requests; null if they have several, or if it did both, or nothing.</summary>
    public long? SizeBytes => (Read.Bytes > 0) == (Write.Bytes > 0) ? null : Read.Bytes > 0 ? Read.SizeBytes : Write.SizeBytes;

    /// <summary>Reads one.</summary>
    public static FioJob Of(JsonElement job, JsonElement root, SideRemarks remarks)
    {
        JsonElement own = JsonText.Object(job, "job options");
        JsonElement shared = JsonText.Object(root, "global options");
        bool isKnown = JsonText.Members(own).Concat(JsonText.Members(shared)).Any();
        string? Option(string name) => JsonText.Text(own, name) ?? JsonText.Text(shared, name);
        int? Number(string name) => JsonText.Number(own, name, s_depth, remarks) ?? JsonText.Number(shared, name, s_depth, remarks);
        bool isDirect = Option("direct") is { } direct ? direct != "0" : Option("buffered") == "0";
        return new FioJob(JsonText.Text(job, "jobname") ?? "", FioTransfer.Of(JsonText.Object(job, "read"), remarks), FioTransfer.Of(JsonText.Object(job, "write"), remarks), FioTransfer.Of(JsonText.Object(job, "trim"), remarks))
        {
            Depth = !isKnown ? null : s_synchronous.Contains(Option("ioengine") ?? s_synchronous[0]) ? 1 : Number("iodepth") ?? 1,
            Clones = Number("numjobs") ?? 1,
            IsUnfit = s_slowedBy.Any(name => Option(name) is not null),
            IsBuffered = isKnown && !isDirect,
        };
    }
}

/// <summary>What a job of fio did in one direction.</summary>
/// <param name="Bytes">Bytes moved.</param>
/// <param name="Requests">Requests.</param>
/// <param name="BytesPerSecond">Bandwidth.</param>
internal readonly record struct FioTransfer(long Bytes, long Requests, double BytesPerSecond)
{
    /// <summary>Size of each request in bytes; null if they have several, or if there are none.</summary>
    public long? SizeBytes => Requests > 0 && Bytes % Requests == 0 ? Bytes / Requests : null;

    /// <summary>Reads one.</summary>
    public static FioTransfer Of(JsonElement direction, SideRemarks remarks) => new(
        JsonText.Number(direction, "io_bytes", SideRanges.MovedBytes, remarks) ?? 0,
        JsonText.Number(direction, "total_ios", SideRanges.MovedBytes, remarks) ?? 0,
        JsonText.Number(direction, "bw_bytes", SideRanges.BytesPerSecond, remarks) ?? 0);
}
