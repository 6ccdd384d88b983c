using TraceAnalyzer.Tables;

namespace TraceAnalyzer.DeepNvme;

/// <summary>Transfers at the block layer, from traces.</summary>
public static class BlocksTable
{
    /// <summary>A row per transfer.</summary>
    public static readonly TableOf<IReadOnlyList<TensorBlocks>> Blocks = new("tensor_blocks", "Transfers at the block layer",
        [
            Column.Text("trace", "Trace"), Column.Text("engine", "Engine"), Column.Text("operation", "Operation"), Column.Count("requests", "Requests"), Column.Bytes("bytes", "Bytes"),
            Column.Bytes("main_size_bytes", "Dominant size"), Column.Share("main_share", "Of requests"), Column.Count("mean_depth", "Mean depth"), Column.Count("max_depth", "Max depth"),
            Column.Ns("median_latency_ns", "Median latency"), Column.Rate("busy_bytes_per_second", "While busy"), Column.Rate("mean_bytes_per_second", "Overall"),
        ],
        (blocks, rows) =>
        {
            foreach (TensorBlocks block in blocks)
            {
                rows.Add(block.Trace, block.Engine ?? "", DeepNvmeSummary.Direction(block.IsStore), block.Requests, block.Bytes, block.MainSizeBytes, block.MainShare,
                    block.MeanDepth, block.MaxDepth, block.MedianLatencyNs, block.BusyBytesPerSecond, block.MeanBytesPerSecond);
            }
        });
}
