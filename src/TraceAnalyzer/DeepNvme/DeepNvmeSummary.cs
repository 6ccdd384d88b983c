using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.DeepNvme;

/// <summary>Results of DeepNVMe as a table on the screen and as CSV files (docs/tensors.md).</summary>
public static class DeepNvmeSummary
{
    private const double GiB = 1L << 30;

    private static readonly ImmutableArray<Column> s_transferColumns =
        [Column.Text("engine", "Engine"), Column.Bytes("size_bytes", "Size"), Column.Count("seconds", "Seconds"), new("gib_per_second", "Bandwidth", Unit.GiBPerSecond), Column.Count("ratio", "libaio/POSIX")];

    private static readonly ImmutableArray<Column> s_ratioColumns =
    [
        Column.Text("file_system", "File system"), Column.Text("transfer", "Transfer"), Column.Bytes("largest_bytes", "Largest tensor"), Column.Count("posix_seconds", "POSIX s"),
        Column.Count("libaio_seconds", "libaio s"), Column.Count("ratio", "Ratio"), Column.Count("greatest_ratio", "Max ratio"), Column.Bytes("greatest_bytes", "At size"),
        Column.Count("greatest_printed_ratio", "Max as printed"), Column.Bytes("greatest_printed_bytes", "At size"),
    ];

    /// <summary>Writes a table for each file system, memory and direction, and how many times libaio is faster than POSIX.</summary>
    /// <param name="results">The results.</param>
    /// <param name="deviceGiBPerSecond">What the device can move, to compare with; null if not known.</param>
    /// <param name="writer">Where to.</param>
    public static void WriteSummary(DeepNvmeResults results, double? deviceGiBPerSecond, TextWriter writer)
    {
        IReadOnlyList<EngineComparison> comparisons = results.Comparisons;
        foreach (var group in results.Transfers.GroupBy(transfer => (transfer.FileSystem, transfer.Memory, transfer.IsStore)))
        {
            writer.WriteLine($"{FileSystem(group.Key.FileSystem)}, {group.Key.Memory.ToUpperInvariant()} {Direction(group.Key.IsStore)}");
            var rows = new List<Value[]>();
            foreach (DeepNvmeTransfer transfer in group.OrderBy(transfer => transfer.SizeBytes).ThenByDescending(transfer => transfer.Engine, StringComparer.Ordinal))
            {
                EngineComparison? ratio = transfer.Engine != DeepNvmeResults.Libaio ? null : comparisons.FirstOrDefault(comparison =>
                    comparison.FileSystem == group.Key.FileSystem && comparison.Memory == group.Key.Memory
                    && comparison.IsStore == group.Key.IsStore && comparison.SizeBytes == transfer.SizeBytes);
                rows.Add([EngineName(transfer.Engine), transfer.SizeBytes, Digits(transfer.Seconds, "F6"), transfer.GiBPerSecond, ratio is null ? default : Digits(ratio.Ratio, "F3")]);
            }

            ConsoleTable.Write(new Table("transfers", "Tensor transfers", s_transferColumns, rows), writer);
        }

        WriteRatios(comparisons, writer);
        if (deviceGiBPerSecond is { } device)
            WriteDevice(results, device, writer);
        if (results.FilesWithoutResult.Count > 0)
            writer.WriteLine($"Without a result: {results.FilesWithoutResult.Count.ToString(CultureInfo.InvariantCulture)} files, such as {PrintableText.Of(results.FilesWithoutResult[0])}");
    }

    /// <summary>Writes the results as JSON in UTF-8; the stream stays open.</summary>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    public static void WriteJson(DeepNvmeResults? results, IReadOnlyList<TensorBlocks> blocks, Stream stream) => JsonSerializer.Serialize(
        stream,
        new TensorDocument(results?.Transfers ?? [], results?.FilesWithoutResult ?? [], results?.Comparisons ?? [], blocks),
        TensorJsonContext.Default.TensorDocument);

    /// <summary>The file system's name for people.</summary>
    public static string FileSystem(string? fileSystem) => fileSystem ?? "unknown file system";

    /// <summary><c>load</c> (SSD to memory) or <c>store</c>.</summary>
    public static string Direction(bool isStore) => isStore ? "store" : "load";

    /// <summary>The engine's name for people.</summary>
    public static string EngineName(string engine) => engine switch
    {
        DeepNvmeResults.Posix => "POSIX",
        DeepNvmeResults.Libaio => "libaio",
        _ => PrintableText.Of(engine),
    };

    private static void WriteRatios(IReadOnlyList<EngineComparison> comparisons, TextWriter writer)
    {
        if (comparisons.Count == 0)
        {
            writer.WriteLine("No transfer was measured with both POSIX and libaio: nothing to compare.");
            return;
        }

        writer.WriteLine("How many times libaio is faster than POSIX");
        var rows = new List<Value[]>();
        foreach (var group in comparisons.GroupBy(comparison => (comparison.FileSystem, comparison.Memory, comparison.IsStore)))
        {
            EngineComparison largest = group.MaxBy(comparison => comparison.SizeBytes)!;
            EngineComparison greatest = group.MaxBy(comparison => comparison.Ratio)!;
            // Two decimals of GB/s are coarse for slow transfers, but they are what the study compares.
            EngineComparison printed = group.Where(comparison => double.IsFinite(comparison.PrintedRatio)).MaxBy(comparison => comparison.PrintedRatio) ?? greatest;
            rows.Add([FileSystem(group.Key.FileSystem), $"{group.Key.Memory.ToUpperInvariant()} {Direction(group.Key.IsStore)}", largest.SizeBytes,
                Digits(largest.PosixSeconds, "F6"), Digits(largest.LibaioSeconds, "F6"), Digits(largest.Ratio, "F3"), Digits(greatest.Ratio, "F2"), greatest.SizeBytes,
                Digits(printed.PrintedRatio, "F2"), printed.SizeBytes]);
        }

        ConsoleTable.Write(new Table("ratios", "How many times libaio is faster than POSIX", s_ratioColumns, rows), writer);
    }

    private static void WriteDevice(DeepNvmeResults results, double deviceGiBPerSecond, TextWriter writer)
    {
        DeepNvmeTransfer fastest = results.Transfers.MaxBy(transfer => transfer.GiBPerSecond)!;
        int reaching = results.Transfers.Count(transfer => transfer.GiBPerSecond >= deviceGiBPerSecond);
        string device = Units.Rate(deviceGiBPerSecond * GiB);
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{reaching} of {results.Transfers.Count} results reach the device's {device}."));
        writer.WriteLine(
            $"Fastest: {EngineName(fastest.Engine)} {fastest.Memory.ToUpperInvariant()} {Direction(fastest.IsStore)} of {Units.Bytes(fastest.SizeBytes)} "
            + $"on {FileSystem(fastest.FileSystem)}, {Units.Rate(fastest.GiBPerSecond * GiB)}, {Units.Share(fastest.GiBPerSecond / deviceGiBPerSecond)} of it.");
    }

    // The study compares the digits.
    private static Value Digits(double value, string format) => Value.Of(value, value.ToString(format, CultureInfo.InvariantCulture));
}
