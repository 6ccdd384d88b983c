using System.Globalization;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfComparison;

/// <summary>The six numbers that tell runs that offload weights from runs that offload a KV cache, a column per run; what a report does not have is unknown, with the reason.</summary>
public static class HeadlineTable
{
    private const string NoTokens = "unknown: no tokens";
    private const string NoBatch = "unknown: no tokens, or no batch size";
    private const string NoCompletions = "unknown: no completions";

    /// <summary>The table.</summary>
    public static Table Of(ComparisonReport comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        // Decoded tokens, or passes where nothing says that they make any: the metrics tell.
        const string TimePer = "mean time per ";
        string one = comparison.Metrics.FirstOrDefault(metric => metric.Name == "tokenTime")?.Label is { } label && label.StartsWith(TimePer, StringComparison.Ordinal) ? label[TimePer.Length..] : "decoded token";
        return new Table("compare_headline", "Bytes and time per token, bandwidth, depth, limit",
            [Column.Text("number", "Number"), .. comparison.Runs.Select((_, run) => new Column("run_" + Name(run), "Run " + Name(run), Unit.Count))],
            [
                Row($"bytes per {one}", run => Moved(comparison, run)),
                Row($"time per {one}", run => Number(comparison, "tokenTime", MetricClass.Run, run, NoTokens)),
                Row("tokens per second, all sequences", run => Number(comparison, "sequenceTokenRate", MetricClass.Run, run, NoBatch)),
                Row("bandwidth while busy", run => Number(comparison, "busyBandwidth", MetricClass.Transfers, run, NoCompletions)),
                Row("queue depth while busy", run => Number(comparison, "busyQueueDepth", MetricClass.Transfers, run, NoCompletions)),
                Row("what limits", run => Limit(comparison, run)),
            ]);

        Value[] Row(string name, Func<int, Value> of) => [name, .. comparison.Runs.Select((_, run) => of(run))];
    }

    private static Value Moved(ComparisonReport comparison, int run) =>
        Metric(comparison, "tokenReadBytes", MetricClass.Run, run) is { } read && Metric(comparison, "tokenWriteBytes", MetricClass.Run, run) is { } written
            ? Value.Of(read + written, $"{Units.Bytes(read + written)} ({Units.Bytes(read)} read)")
            : NoTokens;

    // Stalls are an upper bound of what I/O costs: what is more cannot be said without knowing what the device could do.
    private static Value Limit(ComparisonReport comparison, int run)
    {
        if (comparison.Runs[run].Limit is { } limit)
            return limit;
        if (Metric(comparison, "tokenTime", MetricClass.Run, run) is not (> 0 and var time))
            return NoTokens;
        return Metric(comparison, "tokenStall", MetricClass.Run, run) is { } stall
            ? (Value)$"I/O, up to {Units.Share(stall / time)} of a token"
            : "unknown: no compute times";
    }

    private static Value Number(ComparisonReport comparison, string metric, MetricClass @class, int run, string unknown) =>
        comparison.Metrics.FirstOrDefault(found => found.Name == metric && found.Class == @class) is { } found && found.Runs[run].Value is { } value ? Value.Of(value, found.Unit) : unknown;

    private static double? Metric(ComparisonReport comparison, string metric, MetricClass @class, int run) =>
        comparison.Metrics.FirstOrDefault(found => found.Name == metric && found.Class == @class)?.Runs[run].Value;

    private static string Name(int run) => (run + 1).ToString(CultureInfo.InvariantCulture);
}
