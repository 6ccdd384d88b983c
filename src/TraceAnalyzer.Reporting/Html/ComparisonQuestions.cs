using System.Collections.Immutable;

namespace TraceAnalyzer.Reporting;

/// <summary>A section of the comparison's page: a question, its figures, and how they came about.</summary>
/// <param name="Id">Stable name, the address of the section.</param>
/// <param name="Title">Headline.</param>
/// <param name="Figures">Names of its figures, each with its caption.</param>
/// <param name="How">How it was computed, in two sentences.</param>
internal sealed record ComparisonQuestion(string Id, string Title, ImmutableArray<(string Figure, string Caption)> Figures, string How)
{
    /// <summary>All sections in the order of the page.</summary>
    public static readonly ImmutableArray<ComparisonQuestion> All =
    [
        new("tokens", "Tokens and GPU",
            [
                ("compare-tokens-read", "Bytes read for each token"), ("compare-tokens-write", "Bytes written for each token"), ("compare-tokens-time", "Time of each token"),
                ("compare-gpu", "GPU utilisation over time"),
            ],
            "A request belongs to the token in whose time it was issued; token 0 is the prefill. Tokens come from the runs' notes, or were found in the trace."),
        new("bandwidth", "Bandwidth over time",
            [
                ("compare-bandwidth-read", "Reads by time since the first transfer"), ("compare-bandwidth-write", "Writes by time since the first transfer"),
                ("compare-bandwidth-share-read", "Reads by share of the run"), ("compare-bandwidth-share-write", "Writes by share of the run"),
                ("compare-bandwidth-phase-read", "Reads phase by phase"), ("compare-bandwidth-phase-write", "Writes phase by phase"),
                ("compare-bandwidth-token-read", "Reads token by token"), ("compare-bandwidth-token-write", "Writes token by token"),
            ],
            "The bytes of a bin of a report are spread evenly over it, so that no byte is lost and nothing finer than the reports' own bins is shown. By phase and by token each is as wide as the next, however long it takes in a run."),
        new("sizes", "Request sizes", [("compare-sizes-read", "Reads by size"), ("compare-sizes-write", "Writes by size")],
            "Shares of each run's own requests; sizes are exact."),
        new("latency", "Latency", [("compare-latency-read", "Latency of reads"), ("compare-latency-write", "Latency of writes")],
            "D2C is from issue to completion, the time of driver and device; Q2C from queueing, where a device has no issue events. The tail is drawn out."),
        new("arrivals", "Times between arrivals", [("compare-arrivals-read", "From each read to the next"), ("compare-arrivals-write", "From each write to the next")],
            "Times from each counted request of a class to the next one, of whatever process. Percentiles come from a histogram whose buckets are at most 1/32 of their values wide."),
        new("access", "Accesses of sectors",
            [
                ("compare-access-cdf-read", "Share of sectors by number of reads"), ("compare-access-cdf-write", "Share of sectors by number of writes"),
                ("compare-lorenz-read", "How evenly reads are spread"), ("compare-lorenz-write", "How evenly writes are spread"),
                ("compare-heatmap-read", "Reads over space and time"), ("compare-heatmap-write", "Writes over space and time"),
            ],
            "Each request adds one access to each 512-byte sector that it covers. The heatmaps of all runs have one colour scale, accesses of a sector a second, as their columns differ in width."),
    ];
}
