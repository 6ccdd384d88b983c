using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables.OfTrace;

namespace TraceAnalyzer.Tables.OfRun;

/// <summary>What memory would save of the accesses that the framework logged (docs/analyses/reuse.md).</summary>
public static class LogicalReuseTable
{
    /// <summary>A row per size of memory.</summary>
    public static readonly TableOf<TraceReport> Memory = new("logical_memory_curve", "What memory saves of the framework's own accesses",
        [
            Column.Text("source", "Source"), Column.Bytes("memory_bytes", "All memory"), Column.Bytes("lru_saved_bytes", "LRU saves"), Column.Share("lru_saved_share", "LRU, of reads"),
            Column.Bytes("pinned_saved_bytes", "Pinning saves"), Column.Share("pinned_saved_share", "Pinning, of reads"), Column.Bytes("optimal_saved_bytes", "Optimum saves"), Column.Share("optimal_saved_share", "Optimum, of reads"),
        ],
        (report, rows) =>
        {
            if (report.Run?.LogicalReuse is not { } logical)
                return;
            foreach (MemoryPoint point in logical.Memory)
                rows.Add([logical.Source, .. ReuseTables.Savings(point, logical.ReadBytes)]);
        })
    {
        Note = "the sizes are of all memory that caches the files, not of memory that is added",
    };
}
