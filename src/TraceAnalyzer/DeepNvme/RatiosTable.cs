using TraceAnalyzer.Tables;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.DeepNvme;

/// <summary>libaio against POSIX, where both were measured.</summary>
public static class RatiosTable
{
    /// <summary>A row per file system, memory, direction and size.</summary>
    public static readonly TableOf<DeepNvmeResults> Ratios = new("tensor_ratios", "libaio against POSIX",
        [
            Column.Text("file_system", "File system"), Column.Text("memory", "Memory"), Column.Text("operation", "Operation"), Column.Bytes("size_bytes", "Size"),
            Column.Seconds("posix_seconds", "POSIX"), Column.Seconds("libaio_seconds", "libaio"), new("ratio", "Ratio", Unit.Ratio), new("printed_ratio", "Ratio as printed", Unit.Ratio),
        ],
        (results, rows) =>
        {
            foreach (EngineComparison comparison in results.Comparisons)
            {
                rows.Add(comparison.FileSystem ?? "", comparison.Memory, DeepNvmeSummary.Direction(comparison.IsStore), comparison.SizeBytes,
                    comparison.PosixSeconds, comparison.LibaioSeconds, comparison.Ratio, comparison.PrintedRatio);
            }
        });
}
