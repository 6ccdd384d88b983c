using System.Collections.Immutable;
using TraceAnalyzer.Tables;

namespace TraceAnalyzer.DeepNvme;

/// <summary>The list of tables of DeepNVMe's results (docs/tensors.md). A new table is a file in <c>Tables/OfDeepNvme</c> and a line here.</summary>
public static class DeepNvmeTables
{
    /// <summary>Every table there can be.</summary>
    public static readonly ImmutableArray<TableOf<DeepNvmeResults>> All = [TransfersTable.Transfers, RatiosTable.Ratios];

    /// <summary>The tables of transfers at the block layer.</summary>
    public static readonly ImmutableArray<TableOf<IReadOnlyList<TensorBlocks>>> OfBlocks = [BlocksTable.Blocks];

    /// <summary>Writes every table that has rows as a CSV file into an existing folder, which has no such files yet.</summary>
    /// <exception cref="IOException">A file exists or cannot be written.</exception>
    public static void WriteCsv(DeepNvmeResults results, string folder) => CsvWriter.WriteAll(All, results, folder);

    /// <summary>The same of transfers at the block layer.</summary>
    /// <exception cref="IOException">A file exists or cannot be written.</exception>
    public static void WriteCsv(IReadOnlyList<TensorBlocks> blocks, string folder) => CsvWriter.WriteAll(OfBlocks, blocks, folder);
}
