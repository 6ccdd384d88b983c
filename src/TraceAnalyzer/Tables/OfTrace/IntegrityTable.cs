using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tables.OfTrace;

/// <summary>What went wrong while reading (docs/integrity.md).</summary>
public static class IntegrityTable
{
    /// <summary>A row per counter, zero or not.</summary>
    public static readonly TableOf<TraceReport> Integrity = new("integrity", "Integrity of the trace",
        [Column.Text("counter", "Counter"), Column.Count("count", "Count"), Column.Text("meaning", "Meaning"), Column.Text("first_place", "First seen")],
        (report, rows) =>
        {
            foreach (IntegrityCounter counter in report.Integrity)
                rows.Add(counter.Name, counter.Count, counter.Meaning, counter.FirstPlace);
        });
}
