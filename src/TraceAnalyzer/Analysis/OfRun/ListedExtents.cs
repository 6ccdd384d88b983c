using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>The extents of all lists of a folder that do not contradict each other: a file is the one's that lists it first.</summary>
internal sealed class ListedExtents
{
    private readonly List<FileExtent> _all = [];
    private readonly List<string> _notUsed = [];

    // The listed files, and by their base names.
    private readonly Dictionary<string, List<FileExtent[]>> _byBaseName = new(StringComparer.Ordinal);

    private ListedExtents()
    {
    }

    /// <summary>The extents.</summary>
    public IReadOnlyList<FileExtent> All => _all;

    /// <summary>What of a later list contradicts an earlier one and is not used, in sentences.</summary>
    public IReadOnlyList<string> NotUsed => _notUsed;

    /// <summary>Joins the lists of a folder.</summary>
    public static ListedExtents Of(RunFolder folder)
    {
        var joined = new ListedExtents();
        foreach (RunPart<FileExtents> part in folder.Extents)
            joined.Add(part);
        return joined;
    }

    private void Add(RunPart<FileExtents> part)
    {
        FileExtent[][] files = [.. part.Content.Extents.GroupBy(extent => extent.File, StringComparer.Ordinal).Select(file => file.ToArray())];
        FileExtent[][] added = [.. files.Where(file => Earlier(file[0].File) is null)];
        FileExtent[][] contradicting = [.. files.Where(file => Earlier(file[0].File) is { } earlier && !PlacesOf(earlier).SequenceEqual(PlacesOf(file)))];
        if (contradicting.Length > 0)
        {
            string of = contradicting.Length == 1 ? SideRemarks.Shortened(contradicting[0][0].File) : FormattableString.Invariant($"{contradicting.Length} files");
            _notUsed.Add($"{part.File}: its extents of {of} are not used; another list of the folder has other ones.");
        }

        foreach (FileExtent[] file in added)
        {
            _all.AddRange(file);
            string name = BaseName(file[0].File);
            if (!_byBaseName.TryGetValue(name, out List<FileExtent[]>? alike))
                _byBaseName.Add(name, alike = []);
            alike.Add(file);
        }
    }

    // A list with paths and one with bare names can be of the same files.
    private FileExtent[]? Earlier(string file) =>
        _byBaseName.GetValueOrDefault(BaseName(file))?.Find(listed => listed[0].File == file || !file.Contains('/', StringComparison.Ordinal) || !listed[0].File.Contains('/', StringComparison.Ordinal));

    private static string BaseName(string file) => file[(file.LastIndexOf('/') + 1)..];

    private static IEnumerable<(long, long, long)> PlacesOf(FileExtent[] file) =>
        file.Where(extent => extent.HasPlace).OrderBy(extent => extent.LogicalSector).Select(extent => (extent.LogicalSector, extent.PhysicalSector, extent.Sectors));
}
