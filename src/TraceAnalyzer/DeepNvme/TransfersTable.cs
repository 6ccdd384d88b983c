using TraceAnalyzer.Tables;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.DeepNvme;

/// <summary>Every transfer that was measured.</summary>
public static class TransfersTable
{
    /// <summary>A row per transfer.</summary>
    public static readonly TableOf<DeepNvmeResults> Transfers = new("tensors", "Tensor transfers",
        [
            Column.Text("file_system", "File system"), Column.Text("memory", "Memory"), Column.Text("operation", "Operation"), Column.Text("engine", "Engine"), Column.Bytes("size_bytes", "Size"),
            Column.Seconds("seconds", "Time"), new("gib_per_second", "Bandwidth", Unit.GiBPerSecond), new("printed_gib_per_second", "Bandwidth as printed", Unit.GiBPerSecond), Column.Text("file", "File"),
        ],
        (results, rows) =>
        {
            foreach (DeepNvmeTransfer transfer in results.Transfers)
            {
                rows.Add(transfer.FileSystem ?? "", transfer.Memory, DeepNvmeSummary.Direction(transfer.IsStore), transfer.Engine, transfer.SizeBytes,
                    transfer.Seconds, transfer.GiBPerSecond, transfer.PrintedGiBPerSecond, transfer.File);
            }
        });
}
