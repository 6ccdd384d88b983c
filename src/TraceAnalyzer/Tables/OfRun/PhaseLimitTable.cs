using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfRun;

/// <summary>What limits each phase and token (docs/analyses/verdict.md).</summary>
public static class PhaseLimitTable
{
    /// <summary>A row per phase, then a row per token.</summary>
    public static readonly TableOf<TraceReport> Limits = new("phase_limits", "What limits each phase and token",
        [
            Column.Text("phase", "Phase"), Column.Id("token", "Token"), Column.Id("start_ns", "Start, trace clock"), Column.Id("end_ns", "End, trace clock"), Column.Ns("duration_ns", "Time"),
            Column.Share("in_flight_share", "In flight"), Column.Count("mean_busy_depth", "Depth while busy"), Column.Rate("busy_bytes_per_second", "Bandwidth while busy"), Column.Text("limit", "Limit"),
        ],
        (report, rows) =>
        {
            foreach (SpanLimit span in report.Run?.Limits ?? [])
                rows.Add(span.Name, span.Index, span.StartNs, span.EndNs, span.EndNs - span.StartNs, span.InFlightShare, span.MeanBusyDepth, span.BusyBytesPerSecond, span.Kind.Name());
        });
}
