using System.Globalization;
using System.Text.RegularExpressions;

namespace TraceAnalyzer.Runs;

/// <summary>Where files lie on their device: the output of <c>filefrag -v</c> for one or more files, or the captures' <c>extents.tsv</c>.</summary>
/// <param name="Extents">All extents, in the order printed.</param>
/// <param name="Tensors">What the table says of each file's tensor; empty for filefrag's output.</param>
/// <param name="SkippedLines">Lines that are nothing known, or an extent of a file whose header is missing.</param>
public sealed partial record FileExtents(IReadOnlyList<FileExtent> Extents, IReadOnlyList<TensorEntry> Tensors, int SkippedLines)
{
    /// <summary>Bytes of a sector, here as everywhere in a block trace.</summary>
    public const int SectorBytes = 512;

    private const string FilesystemLine = "Filesystem type is:";
    private const string FileLine = "File size of ";

    internal static bool IsFilefrag(string firstLine) =>
        firstLine.StartsWith(FilesystemLine, StringComparison.Ordinal) || FileHeader().IsMatch(firstLine);

    internal static bool IsTable(string firstLine) =>
        DelimitedTable.Columns(firstLine, '\t') is var columns
        && ((string[])["file", "logical_sector", "physical_sector", "sectors"]).All(columns.Contains);

    /// <summary>
    /// Reads what <c>filefrag -v</c> printed, whatever block size <c>-b</c> asked for: the header of each file names it.
    /// <code>
    /// File size of /mnt/nv/w/layer_00.npy is 12583040 (24584 blocks of 512 bytes)
    ///  ext:     logical_offset:        physical_offset: length:   expected: flags:
    ///    0:        0..   24583:    8355840..   8380423:  24584:             last,eof
    /// /mnt/nv/w/layer_00.npy: 1 extent found
    /// </code>
    /// (e2fsprogs, misc/filefrag.c)
    /// </summary>
    public static FileExtents ReadFilefrag(TextReader text)
    {
        var extents = new List<FileExtent>();
        int skipped = 0;
        string? file = null;
        long blockBytes = 0;
        while (text.ReadLine() is { } line)
        {
            if (FileHeader().Match(line) is { Success: true } header)
            {
                file = header.Groups["file"].Value;
                blockBytes = Number(header, "block");
            }
            else if (file is not null && ExtentLine().Match(line) is { Success: true } extent)
            {
                string flags = extent.Groups["flags"].Value;
                extents.Add(new FileExtent(
                    file,
                    Number(extent, "logical") * blockBytes / SectorBytes,
                    Number(extent, "physical") * blockBytes / SectorBytes,
                    Number(extent, "length") * blockBytes / SectorBytes,
                    flags));
            }
            else if (line.Length > 0 && !line.StartsWith(FilesystemLine, StringComparison.Ordinal) && !line.StartsWith(" ext:", StringComparison.Ordinal) && !FileFooter().IsMatch(line))
            {
                skipped++;
            }
        }

        return new FileExtents(extents, [], skipped);
    }

    /// <summary>
    /// Reads a table with a header line, separated by tabs, in sectors of 512 bytes.
    /// <code>
    /// file	name	layer	role	logical_sector	physical_sector	sectors	flags
    /// t_713	layers.0.k_cache	0	k_cache	0	278528	71968
    /// </code>
    /// </summary>
    public static FileExtents ReadTable(TextReader text)
    {
        var table = new DelimitedTable(text, '\t');
        (int file, int name, int layer, int role) = (table.Column("file"), table.Column("name"), table.Column("layer"), table.Column("role"));
        (int logical, int physical, int sectors, int flags) = (table.Column("logical_sector"), table.Column("physical_sector"), table.Column("sectors"), table.Column("flags"));
        var extents = new List<FileExtent>();
        var tensors = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        while (table.Next())
        {
            if (table.Number(logical) is not { } logicalSector || table.Number(physical) is not { } physicalSector || table.Number(sectors) is not { } length)
            {
                table.Skip();
                continue;
            }

            extents.Add(new FileExtent(table.Text(file), logicalSector, physicalSector, length, table.Text(flags)));
            if (name >= 0)
                tensors.TryAdd(table.Text(file), new TensorEntry(table.Text(file), table.Text(name), (int?)table.Number(layer), TensorCatalogue.RoleOf(table.Text(role)), [], null));
        }

        return new FileExtents(extents, [.. tensors.Values], table.SkippedLines);
    }

    private static long Number(Match match, string group) => long.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^" + FileLine + @"(?<file>.+) is \d{1,18} \(\d{1,18} blocks? of (?<block>\d{1,9}) bytes\)\s*$")]
    private static partial Regex FileHeader();

    [GeneratedRegex(@"^\s*\d+:\s+(?<logical>\d{1,15})\.\.\s*\d+:\s+(?<physical>\d{1,15})\.\.\s*\d+:\s+(?<length>\d{1,15}):(?:\s+\d+:)?\s*(?<flags>[a-z_,]*)\s*$")]
    private static partial Regex ExtentLine();

    [GeneratedRegex(@": \d+ extents? found")]
    private static partial Regex FileFooter();
}

/// <summary>A run of a file's data that lies in one piece on the device.</summary>
/// <param name="File">The file, as its list names it: a path or a name.</param>
/// <param name="LogicalSector">Where in the file it begins, in sectors of 512 bytes.</param>
/// <param name="PhysicalSector">Where on the file system's device, in sectors of 512 bytes.</param>
/// <param name="Sectors">Its length in sectors of 512 bytes.</param>
/// <param name="Flags">filefrag's flags, separated by commas.</param>
public sealed record FileExtent(string File, long LogicalSector, long PhysicalSector, long Sectors, string Flags)
{
    private static readonly string[] s_placeless = ["delalloc", "unknown_loc", "unknown", "inline", "not_aligned"];

    /// <summary>
    /// False if the data has no sectors of its own: not yet given a place (<c>delalloc</c>, physical 0: never written), or kept inside an inode.
    /// (kernel, include/uapi/linux/fiemap.h)
    /// </summary>
    public bool HasPlace => PhysicalSector > 0 && !Flags.Split(',').Any(flag => s_placeless.Contains(flag));
}
