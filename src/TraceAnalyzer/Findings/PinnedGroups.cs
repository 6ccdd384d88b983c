using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;
using static System.FormattableString;

namespace TraceAnalyzer.Findings;

/// <summary>Which layers or experts to keep in memory: those whose bytes are read again most often, as many as fit.</summary>
internal static class PinnedGroups
{
    private const int MostExperts = 6;

    // What is read about as often is taken in the order of the model.
    private const double Alike = 0.05;

    /// <summary>The groups to keep; none if none fits.</summary>
    public static ReuseGroup[] Of(IReadOnlyList<ReuseGroup> groups, long bytes)
    {
        var kept = new List<ReuseGroup>();
        foreach (ReuseGroup group in groups.Where(group => group.AgainBytes > 0).OrderByDescending(Grade).ThenBy(group => group.Layer ?? int.MaxValue).ThenBy(group => group.Expert ?? -1))
        {
            if (group.FootprintBytes > bytes)
                continue;
            kept.Add(group);
            bytes -= group.FootprintBytes;
        }

        return [.. kept];
    }

    /// <summary>The groups in words, such as <c>layers 0-9</c> or <c>what all tokens use of layers 0-11 and 14 of 96 experts (3.3, 1.2, ...)</c>.</summary>
    /// <param name="kept">Those that are kept, the best first.</param>
    /// <param name="all">All there are.</param>
    public static string Name(ReuseGroup[] kept, ReuseGroup[] all)
    {
        bool hasExperts = all.Any(group => group.Expert is not null);
        var parts = new List<string>();
        int[] layers = [.. kept.Where(group => group is { Layer: not null, Expert: null }).Select(group => group.Layer!.Value).Order()];
        if (layers.Length > 0)
            parts.Add($"{(hasExperts ? "what all tokens use of " : "")}{(layers.Length == 1 ? "layer" : "layers")} {Ranges(layers)}");
        ReuseGroup[] experts = [.. kept.Where(group => group.Expert is not null)];
        if (experts.Length > 0)
        {
            string names = string.Join(", ", experts.Take(MostExperts).Select(expert => Invariant($"{expert.Layer}.{expert.Expert}")));
            parts.Add($"{Units.Count(experts.Length)} of {Units.Count(all.Count(group => group.Expert is not null))} experts (layer.expert {names}{(experts.Length > MostExperts ? ", ..." : "")})");
        }

        if (kept.Any(group => group is { Layer: null, Expert: null }))
            parts.Add("tensors of no layer");
        return parts.Count < 3 ? string.Join(" and ", parts) : $"{string.Join(", ", parts[..^1])} and {parts[^1]}";
    }

    private static double Grade(ReuseGroup group) => Math.Round(Math.Log((double)group.AgainBytes / group.FootprintBytes) / Math.Log(1 + Alike));

    private static string Ranges(int[] ascending)
    {
        var ranges = new List<string>();
        for (int i = 0; i < ascending.Length;)
        {
            int start = i;
            while (++i < ascending.Length && ascending[i] == ascending[i - 1] + 1)
            {
            }

            ranges.Add(i - start == 1 ? Invariant($"{ascending[start]}") : Invariant($"{ascending[start]}-{ascending[i - 1]}"));
        }

        return string.Join(", ", ranges);
    }
}
