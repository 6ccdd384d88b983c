using System.Text.Json;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs.Logs;

/// <summary>
/// What the KV-cache benchmark of MLPerf Storage says that it moved (the JSON of its <c>--output</c>, <c>summary.cache_stats</c>). What it calls GB is GiB.
/// </summary>
/// <param name="ReadBytes">Bytes of KV cache read from the storage tier.</param>
/// <param name="WriteBytes">Bytes written to it.</param>
/// <param name="IsOfAllTiers">True if the result does not divide its bytes by tier, so that reads from GPU and host memory are among them.</param>
public sealed record KvBenchmarkResult(long ReadBytes, long WriteBytes, bool IsOfAllTiers)
{
    private const double BytesPerGiB = 1L << 30;

    private static readonly NumberRange<double> s_gib = new(0, SideRanges.MostBytes >> 30);

    internal static bool IsResult(JsonElement root) =>
        Statistics(root) is { ValueKind: JsonValueKind.Object } statistics
        && ((string[])["tier_storage_kv_bytes_read_gb", "total_read_bytes"]).Any(name => statistics.TryGetProperty(name, out _));

    internal static KvBenchmarkResult FromJson(JsonElement root, SideRemarks remarks)
    {
        JsonElement statistics = Statistics(root);
        long? Tier(string name) => JsonText.Number(statistics, name, s_gib, remarks) is { } gib ? (long)Math.Round(gib * BytesPerGiB) : null;
        long? read = Tier("tier_storage_kv_bytes_read_gb");
        long? written = Tier("tier_storage_kv_bytes_written_gb");
        return new KvBenchmarkResult(
            read ?? JsonText.Number(statistics, "total_read_bytes", SideRanges.MovedBytes, remarks) ?? 0,
            written ?? JsonText.Number(statistics, "total_write_bytes", SideRanges.MovedBytes, remarks) ?? 0,
            read is null);
    }

    private static JsonElement Statistics(JsonElement root) => JsonText.Object(JsonText.Object(root, "summary"), "cache_stats");
}
