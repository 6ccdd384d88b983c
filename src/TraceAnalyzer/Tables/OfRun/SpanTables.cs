using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfRun;

/// <summary>Phases and tokens (docs/analyses/passes-and-tokens.md).</summary>
public static class SpanTables
{
    private static readonly Column[] s_use =
    [
        Column.Id("start_ns", "Start, trace clock"), Column.Id("end_ns", "End, trace clock"), Column.Count("read_requests", "Reads"), Column.Bytes("read_bytes", "Read"),
        Column.Count("write_requests", "Writes"), Column.Bytes("write_bytes", "Written"), Column.Id("first_ns", "First request"), Column.Id("last_ns", "Last request"),
        Column.Ns("io_busy_ns", "I/O busy"), Column.Rate("read_bytes_per_second", "Read bandwidth"), Column.Rate("write_bytes_per_second", "Write bandwidth"),
        new("gpu_mean_percent", "GPU mean", Unit.Percent), Column.Ns("compute_ns", "Computing, host time"), Column.Ns("overlap_ns", "Computing with I/O, host time"), Column.Ns("stall_ns", "Stalled on I/O"), Column.Ns("idle_ns", "Idle"),
        Column.Ns("in_calls_ns", "In calls"), Column.Ns("in_calls_io_ns", "In calls with I/O"),
    ];

    private static readonly Column[] s_derived =
    [
        Column.Ns("duration_ns", "Time"), Column.Share("io_busy_share", "I/O busy"), Column.Share("compute_share", "Computing, host time"), Column.Share("stall_share", "Stalled on I/O"),
    ];

    /// <summary>A row per phase.</summary>
    public static readonly TableOf<TraceReport> Phases = new("phases", "Phases",
        [
            Column.Text("phase", "Phase"), .. s_use, Column.Text("source", "From"), Column.Ns("uncertainty_ns", "To within"), new("confidence", "Confidence", Unit.Coefficient),
            .. s_derived,
        ],
        (report, rows) =>
        {
            foreach (SpanUseReport span in report.Run?.Phases ?? [])
                rows.Add([span.Name, .. Use(span), span.Source, span.UncertaintyNs, span.Confidence, .. Derived(span)]);
        });

    /// <summary>A row per token.</summary>
    public static readonly TableOf<TraceReport> Tokens = new("tokens", "Tokens",
        [
            Column.Id("token", "Token"), Column.Text("step", "Step"), .. s_use, Column.Bytes("predicted_read_bytes", "Predicted read"), Column.Bytes("predicted_write_bytes", "Predicted written"),
            .. s_derived,
        ],
        (report, rows) =>
        {
            foreach (SpanUseReport span in report.Run?.Tokens ?? [])
                rows.Add([span.Index, span.Name, .. Use(span), span.PredictedReadBytes, span.PredictedWriteBytes, .. Derived(span)]);
        });

    /// <summary>The same, as passes where that is all that they are known to be.</summary>
    public static Table TokensOrPasses(TraceReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        Table table = Tokens.Of(report);
        return report.Run?.AreOnlyPasses() == true
            ? table with { Title = "Passes", Columns = [.. table.Columns.Select(column => column.Name == "token" ? column with { Label = "Pass" } : column)] }
            : table;
    }

    private static Value[] Use(SpanUseReport span) =>
    [
        span.StartNs, span.EndNs, span.ReadRequests, span.ReadBytes, span.WriteRequests, span.WriteBytes, span.FirstNs, span.LastNs, span.IoBusyNs, span.ReadBytesPerSecond, span.WriteBytesPerSecond,
        span.GpuMeanPercent, span.ComputeNs, span.OverlapNs, span.StallNs, span.IdleNs, span.InCallsNs, span.InCallsIoNs,
    ];

    private static Value[] Derived(SpanUseReport span)
    {
        long ns = span.EndNs - span.StartNs;
        return [ns, Share(span.IoBusyNs), Share(span.ComputeNs), Share(span.StallNs)];

        Value Share(long? part) => part is { } known && ns > 0 ? (double)known / ns : default(Value);
    }
}
