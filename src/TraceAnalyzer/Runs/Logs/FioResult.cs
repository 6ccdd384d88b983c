using System.Text.Json;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs.Logs;

/// <summary>What fio measured on the device (<c>fio --output-format=json</c>): a roofline that was measured instead of stated.</summary>
/// <param name="ReadBytesPerSecond">Greatest read bandwidth of a group of jobs that ran at once, in bytes a second; 0 if nothing was read.</param>
/// <param name="WriteBytesPerSecond">Greatest write bandwidth.</param>
public sealed record FioResult(double ReadBytesPerSecond, double WriteBytesPerSecond)
{
    internal static bool IsResult(JsonElement root) => JsonText.Text(root, "fio version") is not null && JsonText.Items(root, "jobs").Any();

    internal static FioResult FromJson(JsonElement root, SideRemarks remarks)
    {
        // Jobs of a group run at the same time; groups one after the other.
        var groups = JsonText.Items(root, "jobs").GroupBy(job => JsonText.Number(job, "groupid", SideRanges.Index, remarks) ?? 0).ToArray();
        double Greatest(string direction) => groups.Max(group => group.Sum(job => JsonText.Number(JsonText.Object(job, direction), "bw_bytes", SideRanges.BytesPerSecond, remarks) ?? 0));
        return new FioResult(Greatest("read"), Greatest("write"));
    }
}
