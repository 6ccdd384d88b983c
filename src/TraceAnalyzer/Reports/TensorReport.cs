using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Reports;

/// <summary>Results of DeepNVMe as a table on the screen and as CSV files (docs/tensors.md).</summary>
public static class TensorReport
{
    /// <summary>Name of the file of all results.</summary>
    public const string TransfersFileName = "tensors.csv";

    /// <summary>Name of the file of ratios.</summary>
    public const string RatiosFileName = "tensor_ratios.csv";

    private const double GiB = 1L << 30;
    private const string NoValue = "-";

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
            var table = new AlignedTable("engine", "size", "seconds", "bandwidth", "libaio/POSIX");
            foreach (DeepNvmeTransfer transfer in group.OrderBy(transfer => transfer.SizeBytes).ThenByDescending(transfer => transfer.Engine, StringComparer.Ordinal))
            {
                EngineComparison? ratio = transfer.Engine != DeepNvmeResults.Libaio ? null : comparisons.FirstOrDefault(comparison =>
                    comparison.FileSystem == group.Key.FileSystem && comparison.Memory == group.Key.Memory
                    && comparison.IsStore == group.Key.IsStore && comparison.SizeBytes == transfer.SizeBytes);
                table.Add(EngineName(transfer.Engine), HumanUnits.Bytes(transfer.SizeBytes), Number(transfer.Seconds, "F6"),
                    HumanUnits.BytesPerSecond(transfer.GiBPerSecond * GiB), ratio is null ? NoValue : Number(ratio.Ratio, "F3"));
            }

            table.Write(writer);
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
        ReportJsonContext.Default.TensorDocument);

    /// <summary>Writes <see cref="TransfersFileName"/> and, if engines can be compared, <see cref="RatiosFileName"/> into <paramref name="folder"/>.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void WriteCsv(DeepNvmeResults results, string folder)
    {
        using (var csv = new CsvWriter(Path.Combine(folder, TransfersFileName), "file_system,memory,operation,engine,size_bytes,seconds,gib_per_second,printed_gib_per_second,file"))
        {
            foreach (DeepNvmeTransfer transfer in results.Transfers)
            {
                csv.Row(transfer.FileSystem ?? "", transfer.Memory, Direction(transfer.IsStore), transfer.Engine, transfer.SizeBytes,
                    transfer.Seconds, transfer.GiBPerSecond, transfer.PrintedGiBPerSecond, transfer.File);
            }
        }

        using var ratios = new CsvWriter(Path.Combine(folder, RatiosFileName), "file_system,memory,operation,size_bytes,posix_seconds,libaio_seconds,ratio,printed_ratio");
        foreach (EngineComparison comparison in results.Comparisons)
        {
            ratios.Row(comparison.FileSystem ?? "", comparison.Memory, Direction(comparison.IsStore), comparison.SizeBytes,
                comparison.PosixSeconds, comparison.LibaioSeconds, comparison.Ratio, comparison.PrintedRatio);
        }
    }

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
        var table = new AlignedTable("file system", "transfer", "largest tensor", "POSIX s", "libaio s", "ratio", "greatest ratio", "of size", "greatest as printed", "of size");
        foreach (var group in comparisons.GroupBy(comparison => (comparison.FileSystem, comparison.Memory, comparison.IsStore)))
        {
            EngineComparison largest = group.MaxBy(comparison => comparison.SizeBytes)!;
            EngineComparison greatest = group.MaxBy(comparison => comparison.Ratio)!;
            // Two decimals of GB/s are coarse for slow transfers, but they are what the study compares.
            EngineComparison printed = group.Where(comparison => double.IsFinite(comparison.PrintedRatio)).MaxBy(comparison => comparison.PrintedRatio) ?? greatest;
            table.Add(FileSystem(group.Key.FileSystem), $"{group.Key.Memory.ToUpperInvariant()} {Direction(group.Key.IsStore)}", HumanUnits.Bytes(largest.SizeBytes),
                Number(largest.PosixSeconds, "F6"), Number(largest.LibaioSeconds, "F6"), Number(largest.Ratio, "F3"), Number(greatest.Ratio, "F2"), HumanUnits.Bytes(greatest.SizeBytes),
                Number(printed.PrintedRatio, "F2"), HumanUnits.Bytes(printed.SizeBytes));
        }

        table.Write(writer);
    }

    private static void WriteDevice(DeepNvmeResults results, double deviceGiBPerSecond, TextWriter writer)
    {
        DeepNvmeTransfer fastest = results.Transfers.MaxBy(transfer => transfer.GiBPerSecond)!;
        int reaching = results.Transfers.Count(transfer => transfer.GiBPerSecond >= deviceGiBPerSecond);
        string device = HumanUnits.BytesPerSecond(deviceGiBPerSecond * GiB);
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{reaching} of {results.Transfers.Count} results reach the device's {device}."));
        writer.WriteLine(
            $"Fastest: {EngineName(fastest.Engine)} {fastest.Memory.ToUpperInvariant()} {Direction(fastest.IsStore)} of {HumanUnits.Bytes(fastest.SizeBytes)} "
            + $"on {FileSystem(fastest.FileSystem)}, {HumanUnits.BytesPerSecond(fastest.GiBPerSecond * GiB)}, {HumanUnits.Share(fastest.GiBPerSecond / deviceGiBPerSecond)} of it.");
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

/// <summary>What <c>tensors --json</c> prints.</summary>
/// <param name="Transfers">Results of logs.</param>
/// <param name="FilesWithoutResult">Files that hold none.</param>
/// <param name="Comparisons">POSIX against libaio.</param>
/// <param name="Blocks">Transfers at the block layer, from traces.</param>
internal sealed record TensorDocument(
    IReadOnlyList<DeepNvmeTransfer> Transfers, IReadOnlyList<string> FilesWithoutResult, IReadOnlyList<EngineComparison> Comparisons, IReadOnlyList<TensorBlocks> Blocks);
