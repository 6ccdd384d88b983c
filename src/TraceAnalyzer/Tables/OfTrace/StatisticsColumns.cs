using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>Columns and values of <see cref="LatencyStatistics"/>, which several tables end in.</summary>
public static class StatisticsColumns
{
    /// <summary>Count, least, mean, percentiles, greatest, error.</summary>
    public static readonly Column[] Columns =
    [
        Column.Count("count", "Requests"), Column.Ns("min_ns", "Min"), Column.Ns("mean_ns", "Mean"), Column.Ns("p50_ns", "p50"), Column.Ns("p90_ns", "p90"), Column.Ns("p99_ns", "p99"),
        Column.Ns("p999_ns", "p99.9"), Column.Ns("max_ns", "Max"), Column.Share("relative_error", "Error of percentiles"),
    ];

    /// <summary>The values, behind those that name the row.</summary>
    public static Value[] RowOf(LatencyStatistics s, params ReadOnlySpan<Value> name) =>
        [.. name, s.Count, s.MinNs, s.MeanNs, s.P50Ns, s.P90Ns, s.P99Ns, s.P999Ns, s.MaxNs, s.RelativeError];
}
