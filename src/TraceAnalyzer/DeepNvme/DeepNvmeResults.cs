using System.Buffers;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.SideFiles;
// aio load_cpu: 1.0 GB, 0.241088124000089 secs,  4.15 GB/sec

namespace TraceAnalyzer.DeepNvme;

/// <summary>Results of DeepSpeed's DeepNVMe file access benchmark. What it calls GB is GiB.</summary>
/// <param name="Transfers">One for each result line, by file system, memory, direction, size and engine.</param>
/// <param name="FilesWithoutResult">Files that hold no result line or cannot be read, by name.</param>
public sealed record DeepNvmeResults(IReadOnlyList<DeepNvmeTransfer> Transfers, IReadOnlyList<string> FilesWithoutResult)
{
    /// <summary>The engine of plain Python file I/O.</summary>
    public const string Posix = "py";

    /// <summary>The engine of DeepNVMe's libaio.</summary>
    public const string Libaio = "aio";

    private const double GiB = 1L << 30;

    // A log holds warnings and one line; anything much longer is something else.
    private const long MaxLogBytes = 16 << 20;

    // The study's results lie two folders deep, each a file of a few lines. Looking for more could mean reading a whole disk.
    private const int FoldersLookedInto = 2;
    private const int FilesLookedAt = 256;
    private const long MaxGlanceBytes = 64 << 10;
    private const int MostEngineLetters = 64;
    private static readonly SearchValues<char> s_numberLetters = SearchValues.Create("0123456789.e-");
    private static readonly (string Words, bool IsStore, string Memory)[] s_directions =
        [(" load_cpu:", false, "cpu"), (" load_gpu:", false, "gpu"), (" store_cpu:", true, "cpu"), (" store_gpu:", true, "gpu")];
    private static readonly string[] s_fileSystems = ["ext4", "ext3", "xfs", "btrfs", "f2fs", "zfs", "tmpfs", "ntfs"];

    /// <summary>
    /// POSIX against libaio wherever both were measured: by file system, memory, direction and size. Of several results of one kind the mean counts.
    /// </summary>
    public IReadOnlyList<EngineComparison> Comparisons =>
    [
        .. Transfers
            .GroupBy(transfer => (transfer.FileSystem, transfer.Memory, transfer.IsStore, transfer.SizeBytes))
            .Where(group => group.Any(transfer => transfer.Engine == Posix) && group.Any(transfer => transfer.Engine == Libaio))
            .Select(group => new EngineComparison(
                group.Key.FileSystem,
                group.Key.Memory,
                group.Key.IsStore,
                group.Key.SizeBytes,
                group.Where(transfer => transfer.Engine == Posix).Average(transfer => transfer.Seconds),
                group.Where(transfer => transfer.Engine == Libaio).Average(transfer => transfer.Seconds),
                group.Where(transfer => transfer.Engine == Posix).Average(transfer => transfer.PrintedGiBPerSecond),
                group.Where(transfer => transfer.Engine == Libaio).Average(transfer => transfer.PrintedGiBPerSecond))),
    ];

    /// <summary>
    /// Reads all files in <paramref name="folder"/> and the folders in it. The file system stands in no result line: it is taken from
    /// the file's name or the folders', as in <c>deepnvme-aio-ext4-load-cpu-1024-mb.txt</c>.
    /// </summary>
    /// <exception cref="TraceException">There is no such folder, or it holds no result.</exception>
    public static DeepNvmeResults Read(string folder)
    {
        return ReadIfAny(folder)
            ?? throw new TraceException($"{folder}: no DeepNVMe result; expected lines such as 'aio load_cpu: 1.0 GB, 0.241 secs,  4.15 GB/sec'");
    }

    /// <summary>The same, but null if there is no result.</summary>
    /// <exception cref="TraceException">There is no such folder.</exception>
    public static DeepNvmeResults? ReadIfAny(string folder)
    {
        if (!Directory.Exists(folder))
            throw new TraceException($"{folder}: no such folder");
        var transfers = new List<DeepNvmeTransfer>();
        var without = new List<string>();
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => !SpecialFile.IsAt(path)).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(folder, path);
            IReadOnlyList<DeepNvmeTransfer> found = ReadFile(path, name);
            transfers.AddRange(found);
            if (found.Count == 0)
                without.Add(name);
        }

        if (transfers.Count == 0)
            return null;
        return new DeepNvmeResults(
            [.. transfers.OrderBy(t => t.FileSystem, StringComparer.Ordinal).ThenBy(t => t.Memory, StringComparer.Ordinal).ThenBy(t => t.IsStore).ThenBy(t => t.SizeBytes).ThenByDescending(t => t.Engine, StringComparer.Ordinal)],
            without);
    }

    /// <summary>True if a file in <paramref name="folder"/>, or in the folders of the next two levels in it, holds a result; only some small files are looked at.</summary>
    internal static bool AreIn(string folder) =>
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = FoldersLookedInto })
            .Take(FilesLookedAt)
            .Any(path => !SpecialFile.IsAt(path) && new FileInfo(path) is { Exists: true, Length: > 0 and <= MaxGlanceBytes } && ReadFile(path, path).Count > 0);

    // What cannot be read holds no result to us; the file is listed as such.
    private static IReadOnlyList<DeepNvmeTransfer> ReadFile(string path, string name)
    {
        if (new FileInfo(path).Length > MaxLogBytes)
            return [];
        try
        {
            using TraceInput input = CompressedInput.OpenFile(path);
            using var file = new SideFile(name, input);
            return ReadLog(file.Lines(), name, FileSystemOf(Path.GetFullPath(path)));
        }
        catch (Exception exception) when (exception is TraceException or IOException or InvalidDataException)
        {
            return [];
        }
    }

    /// <summary>The results in one log.</summary>
    public static IReadOnlyList<DeepNvmeTransfer> ReadLog(TextReader text, string file, string? fileSystem)
    {
        var transfers = new List<DeepNvmeTransfer>();
        while (text.ReadLine() is { } line)
        {
            if (Transfer(line, file, fileSystem) is { } transfer)
                transfers.Add(transfer);
        }

        return transfers;
    }

    /// <summary>The result in a line; null if there is none.</summary>
    internal static DeepNvmeTransfer? Transfer(string line, string file, string? fileSystem)
    {
        foreach ((string words, bool isStore, string memory) in s_directions)
        {
            for (int at = line.IndexOf(words, StringComparison.Ordinal); at >= 0; at = line.IndexOf(words, at + 1, StringComparison.Ordinal))
            {
                ReadOnlySpan<char> rest = line.AsSpan(at + words.Length);
                if (EngineBefore(line.AsSpan(0, at)) is { } engine
                    && Value(ref rest, " GB,", SideRanges.GiB) is > 0 and var sizeGiB && Value(ref rest, " secs,", SideRanges.Seconds) is > 0 and var seconds
                    && Value(ref rest, " GB/sec", SideRanges.GiB) is { } bandwidth)
                {
                    return new DeepNvmeTransfer(file, fileSystem, engine, isStore, memory, (long)Math.Round(sizeGiB * GiB), seconds, bandwidth);
                }
            }
        }

        return null;
    }

    // The word before the direction: a lowercase letter, then letters, digits and underscores.
    private static string? EngineBefore(ReadOnlySpan<char> text)
    {
        int start = text.Length;
        while (start > 0 && text.Length - start < MostEngineLetters && (char.IsAsciiLetterOrDigit(text[start - 1]) || text[start - 1] == '_'))
            start--;
        while (start < text.Length && !char.IsAsciiLetterLower(text[start]))
            start++;
        return start == text.Length ? null : text[start..].ToString();
    }

    // Blanks, a number, and what must follow it.
    private static double? Value(ref ReadOnlySpan<char> rest, string unit, NumberRange<double> range)
    {
        ReadOnlySpan<char> number = rest.TrimStart();
        int end = number.IndexOfAnyExcept(s_numberLetters);
        if (number.Length == rest.Length || end <= 0 || !char.IsAsciiDigit(number[0]) || !number[end..].StartsWith(unit))
            return null;
        rest = number[(end + unit.Length)..];
        return range.Parse(number[..end]);
    }

    // The innermost name that says it: a file's own name overrules its folders'.
    internal static string? FileSystemOf(string path) =>
        path.Split(Path.DirectorySeparatorChar).Reverse()
            .SelectMany(part => part.ToLowerInvariant().Split('-', '_', '.', ' '))
            .FirstOrDefault(word => s_fileSystems.Contains(word));
}

/// <summary>One measured transfer of a tensor between memory and SSD.</summary>
/// <param name="File">Path of its log within the folder.</param>
/// <param name="FileSystem">The file system; null if no name says it.</param>
/// <param name="Engine"><see cref="DeepNvmeResults.Posix"/>, <see cref="DeepNvmeResults.Libaio"/>, or another engine of DeepNVMe.</param>
/// <param name="IsStore">True from memory to SSD, false from SSD to memory.</param>
/// <param name="Memory"><c>cpu</c> or <c>gpu</c>.</param>
/// <param name="SizeBytes">Size of the tensor.</param>
/// <param name="Seconds">Mean time of one transfer.</param>
/// <param name="PrintedGiBPerSecond">The bandwidth as printed, with two decimals.</param>
public sealed record DeepNvmeTransfer(
    string File, string? FileSystem, string Engine, bool IsStore, string Memory, long SizeBytes, double Seconds, double PrintedGiBPerSecond)
{
    /// <summary>Bandwidth from size and time, in GiB/s.</summary>
    public double GiBPerSecond => SizeBytes / (double)(1L << 30) / Seconds;
}

/// <summary>POSIX and libaio on one transfer.</summary>
/// <param name="FileSystem">The file system; null if not known.</param>
/// <param name="Memory"><c>cpu</c> or <c>gpu</c>.</param>
/// <param name="IsStore">True from memory to SSD.</param>
/// <param name="SizeBytes">Size of the tensor.</param>
/// <param name="PosixSeconds">Time with POSIX.</param>
/// <param name="LibaioSeconds">Time with libaio.</param>
/// <param name="PosixPrintedGiBPerSecond">Printed bandwidth with POSIX.</param>
/// <param name="LibaioPrintedGiBPerSecond">Printed bandwidth with libaio.</param>
public sealed record EngineComparison(
    string? FileSystem, string Memory, bool IsStore, long SizeBytes, double PosixSeconds, double LibaioSeconds,
    double PosixPrintedGiBPerSecond, double LibaioPrintedGiBPerSecond)
{
    /// <summary>How many times faster libaio is, from the times.</summary>
    public double Ratio => PosixSeconds / LibaioSeconds;

    /// <summary>The same from the printed bandwidths, as the study has it; coarse where they are small (0.01 GB/s). Infinite or NaN if 0 was printed.</summary>
    public double PrintedRatio => LibaioPrintedGiBPerSecond / PosixPrintedGiBPerSecond;
}
