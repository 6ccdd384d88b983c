using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

// file	name	layer	role	logical_sector	physical_sector	sectors	flags
// t_713	layers.0.k_cache	0	k_cache	0	278528	71968
namespace TraceAnalyzer.Runs.Tensors;

/// <summary>Where files lie on their device: the output of <c>filefrag -v</c> for one or more files, or the captures' <c>extents.tsv</c>.</summary>
/// <param name="Extents">All extents, in the order printed.</param>
/// <param name="Tensors">What the table says of each file's tensor; empty for filefrag's output.</param>
/// <param name="SkippedLines">Lines that are nothing known, or an extent of a file whose header is missing.</param>
public sealed record FileExtents(IReadOnlyList<FileExtent> Extents, IReadOnlyList<TensorEntry> Tensors, int SkippedLines)
{
    /// <summary>Bytes of a sector, here as everywhere in a block trace.</summary>
    public const int SectorBytes = 512;

    private const int MostShared = 1000;

    /// <summary>True if the list says that files lie on btrfs: its places are then addresses of the file system, not of a device.</summary>
    public bool IsOfBtrfs { get; init; }

    /// <summary>What was passed over or taken for granted, in sentences.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    internal static bool IsFilefrag(IEnumerable<string> firstLines) => FilefragReader.IsFilefrag(firstLines);

    internal static bool IsTable(string firstLine) =>
        DelimitedTable.Columns(firstLine, '\t') is var columns
        && ((string[])["file", "logical_sector", "physical_sector", "sectors"]).All(columns.Contains);

    /// <summary>Reads what <c>filefrag -v</c> printed (<see cref="FilefragReader"/>).</summary>
    public static FileExtents ReadFilefrag(TextReader text) => new FilefragReader().Read(text);

    /// <summary>Reads a table with a header line, separated by tabs, in sectors of 512 bytes.</summary>
    public static FileExtents ReadTable(TextReader text)
    {
        var table = new DelimitedTable(text, '\t');
        (int file, int name, int layer, int role) = (table.Column("file"), table.Column("name"), table.Column("layer"), table.Column("role"));
        int device = table.Column("device");
        (int logical, int physical, int sectors, int flags) = (table.Column("logical_sector"), table.Column("physical_sector"), table.Column("sectors"), table.Column("flags"));
        var extents = new List<FileExtent>();
        var tensors = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        var files = new HashSet<string>(StringComparer.Ordinal);
        // One text for all extents that have it.
        var texts = new HashSet<string>(StringComparer.Ordinal);
        int beyond = 0;
        int beyondExtents = 0;
        while (table.Next())
        {
            if (!table.TryNumber(logical, SideRanges.Sector, out long logicalSector) || !table.TryNumber(physical, SideRanges.Sector, out long physicalSector)
                || !table.TryNumber(sectors, SideRanges.ExtentSectors, out long length) || !table.TryOptional(layer, SideRanges.Index, out int? ofLayer))
            {
                table.Skip();
                continue;
            }

            string ofFile = table.Text(file);
            if (!files.Contains(ofFile) && (files.Count == SideRanges.MostFiles || !files.Add(ofFile)))
            {
                beyond++;
                continue;
            }

            if (extents.Count == SideRanges.MostExtents)
            {
                beyondExtents++;
                continue;
            }

            files.TryGetValue(ofFile, out string? known);
            extents.Add(new FileExtent(known!, logicalSector, physicalSector, length, Shared(table.Text(flags))) { Device = device >= 0 && table.Text(device) is { Length: > 0 } on ? Shared(on) : null });
            if (name >= 0)
                tensors.TryAdd(known!, new TensorEntry(known!, table.Text(name), ofLayer, TensorRoles.Of(table.Text(role)), [], null));
        }

        return new FileExtents(extents, [.. tensors.Values], table.SkippedLines) { Remarks = [.. table.Remarks, .. new[] { beyondExtents > 0 ? BeyondExtents(beyondExtents) : null, Beyond(beyond), Unplaced(extents) }.OfType<string>()] };

        string Shared(string text)
        {
            if (texts.TryGetValue(text, out string? known))
                return known;
            if (texts.Count < MostShared)
                texts.Add(text);
            return text;
        }
    }

    /// <summary>Says how many extents are left out for their own number.</summary>
    internal static string BeyondExtents(int extents) => FormattableString.Invariant($"{extents} extents beyond the first {SideRanges.MostExtents} left out");

    /// <summary>Says how many extents are left out for the number of files; null if none.</summary>
    internal static string? Beyond(int extents) => extents == 0 ? null
        : FormattableString.Invariant($"more than {SideRanges.MostFiles} files; {extents} extents of those beyond left out");

    /// <summary>Says which extents the map leaves out; null if none.</summary>
    internal static string? Unplaced(IReadOnlyCollection<FileExtent> extents)
    {
        var reasons = extents.Select(extent => extent.PlaceFault).OfType<string>().CountBy(reason => reason).OrderByDescending(reason => reason.Value).ToArray();
        int all = reasons.Sum(reason => reason.Value);
        return all == 0 ? null
            : FormattableString.Invariant($"{all} {(all == 1 ? "extent has no sectors of its own and is" : "extents have no sectors of their own and are")} not mapped: ")
                + string.Join(", ", reasons.Select(reason => FormattableString.Invariant($"{reason.Value} {reason.Key}")));
    }
}

/// <summary>A run of a file's data that lies in one piece on the device.</summary>
/// <param name="File">The file, as its list names it: a path or a name.</param>
/// <param name="LogicalSector">Where in the file it begins, in sectors of 512 bytes.</param>
/// <param name="PhysicalSector">Where on the file system's device, in sectors of 512 bytes.</param>
/// <param name="Sectors">Its length in sectors of 512 bytes.</param>
/// <param name="Flags">filefrag's flags, separated by commas.</param>
public sealed record FileExtent(string File, long LogicalSector, long PhysicalSector, long Sectors, string Flags)
{
    /// <summary>The device that <see cref="PhysicalSector"/> is of, by its name or number; null if the list does not say.</summary>
    public string? Device { get; init; }

    // What is compressed lies in fewer sectors than it is long, and which of them hold which byte is not said. filefrag prints flags that it does
    // not know as a number, in which 8 is "encoded". Unwritten extents (fallocate) and shared ones (reflinks) do have sectors.
    private static readonly string[] s_placeless = ["delalloc", "unknown_loc", "unknown", "inline", "not_aligned", "tail_packed", "encoded", "compressed", "0x08", "0x8", "hole"];

    /// <summary>
    /// False if the data has no sectors of its own: not yet given a place (<c>delalloc</c>, physical 0: never written), kept inside an inode or beside the
    /// data of other files (<c>inline</c>, <c>tail_packed</c>), or compressed (<c>encoded</c>). (kernel, include/uapi/linux/fiemap.h)
    /// </summary>
    public bool HasPlace => PlaceFault is null;

    /// <summary>The flag for which it has no place; null if it has one.</summary>
    internal string? PlaceFault => Flags.Length == 0 && PhysicalSector > 0 ? null
        : Flags.Split(',').FirstOrDefault(s_placeless.Contains) is { } flag ? (flag is "unknown_loc" or "unknown" && Flags.Contains("delalloc", StringComparison.Ordinal) ? "delalloc" : flag is "0x08" or "0x8" ? "encoded" : flag)
        : PhysicalSector > 0 ? null : "at sector 0";
}
