using TraceAnalyzer.Reports.OfComparison;

namespace TraceAnalyzer.Tables.OfComparison;

/// <summary>How each run was recorded and counted, and what was run.</summary>
public static class SettingsTable
{
    /// <summary>A row per setting and run.</summary>
    public static readonly TableOf<ComparisonReport> Settings = new("compare_settings", "Settings",
        [Column.Text("setting", "Setting"), ComparisonColumns.Run, Column.Text("value", "Value"), Column.Text("differs", "Differs")],
        (comparison, rows) =>
        {
            foreach (ComparedSetting setting in comparison.Settings)
            {
                for (int run = 0; run < comparison.Runs.Length; run++)
                    rows.Add(setting.Name, comparison.Runs[run].Label, setting.Values[run], setting.Differs ? "yes" : "no");
            }
        });
}
