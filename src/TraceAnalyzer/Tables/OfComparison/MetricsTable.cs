using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfComparison;

/// <summary>The numbers of the runs side by side.</summary>
public static class MetricsTable
{
    /// <summary>A row per metric and run.</summary>
    public static readonly TableOf<ComparisonReport> Metrics = new("compare_metrics", "Numbers side by side",
        [
            Column.Text("metric", "Metric"), ComparisonColumns.Class, Column.Text("unit", "Unit"), Column.Text("preference", "Preference"), ComparisonColumns.Run,
            Column.Count("value", "Value"), Column.Count("difference", "Difference"), new("ratio", "Ratio", Unit.Ratio), Column.Text("direction", "Direction"),
        ],
        (comparison, rows) =>
        {
            foreach (ComparedMetric metric in comparison.Metrics)
            {
                for (int run = 0; run < comparison.Runs.Length; run++)
                {
                    MetricValue value = metric.Runs[run];
                    rows.Add(metric.Name, EnumNames.Camel(metric.Class), EnumNames.Camel(metric.Unit), EnumNames.Camel(metric.Preference), comparison.Runs[run].Label,
                        value.Value, value.Difference, value.Ratio, value.Direction);
                }
            }
        });
}
