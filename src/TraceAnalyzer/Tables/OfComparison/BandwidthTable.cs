using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfComparison;

/// <summary>Bandwidth over time on axes that the runs share.</summary>
public static class BandwidthTable
{
    /// <summary>A row per class, alignment, run and bin.</summary>
    public static readonly TableOf<ComparisonReport> Bandwidth = new("compare_bandwidth", "Bandwidth on shared axes",
        [
            ComparisonColumns.Class, Column.Text("alignment", "Axis"), ComparisonColumns.Run, Column.Seconds("start_seconds", "From"), Column.Share("start_share", "From, share of the run"),
            Column.Text("span", "Phase or token"), Column.Share("span_share", "From, share of it"), Column.Rate("bytes_per_second", "Bandwidth"),
        ],
        (comparison, rows) =>
        {
            foreach (AlignedBandwidth bandwidth in comparison.Bandwidth)
            {
                if (bandwidth.Spans is { } spans)
                    BySpan(bandwidth, spans, comparison.Runs, rows);
                else
                    ByTime(bandwidth, comparison.Runs, rows);
            }
        })
    {
        Note = "starts are those of the bins: by time and by share since the first transfer, by phases and tokens within the span",
    };

    private static void ByTime(AlignedBandwidth bandwidth, ComparedRun[] runs, IRows rows)
    {
        for (int run = 0; run < runs.Length; run++)
        {
            for (int bin = 0; bin < bandwidth.BytesPerSecond[run].Length; bin++)
            {
                double startNs = bin * bandwidth.BinWidthNs[run];
                rows.Add(bandwidth.Class.Name(), EnumNames.Camel(bandwidth.Alignment), runs[run].Label, startNs / 1e9, startNs / runs[run].DurationNs, default, default, bandwidth.BytesPerSecond[run][bin]);
            }
        }
    }

    private static void BySpan(AlignedBandwidth bandwidth, AlignedSpan[] spans, ComparedRun[] runs, IRows rows)
    {
        for (int run = 0; run < runs.Length; run++)
        {
            int bin = 0;
            foreach (AlignedSpan span in spans)
            {
                for (int i = 0; i < span.Bins; i++, bin++)
                {
                    if (bin < bandwidth.BytesPerSecond[run].Length && span.DurationNs[run] is not null)
                        rows.Add(bandwidth.Class.Name(), EnumNames.Camel(bandwidth.Alignment), runs[run].Label, default, default, span.Name, (double)i / span.Bins, bandwidth.BytesPerSecond[run][bin]);
                }
            }
        }
    }
}
