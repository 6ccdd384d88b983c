using System.Globalization;
using System.Text;
using TraceAnalyzer.Cli.Capture.Devices;
using TraceAnalyzer.ModelFiles;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Cli.Capture.Files;

/// <summary>The files on traced devices that the command opened or mapped.</summary>
/// <param name="devices">What is traced.</param>
internal sealed class SeenFiles(TracedDevices devices)
{
    /// <summary>The list of extents.</summary>
    public const string ExtentsFileName = "extents.tsv";

    /// <summary>The table of tensors.</summary>
    public const string TensorsFileName = "tensors.json";

    // As many as a list of extents may name (docs/run-folder.md), and names that are looked at.
    private const int MostFiles = 1 << 18;
    private const int MostNames = 1 << 20;
    private const int MostRows = 1 << 21;
    private const string Deleted = " (deleted)";

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SeenFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<ModelFile>> _models = new(StringComparer.Ordinal);

    /// <summary>The files, by their paths.</summary>
    public IReadOnlyCollection<SeenFile> All => _files.Values;

    /// <summary>Those that hold the data of the run: below the paths that were asked for; or else those with tensors; or else, where neither is known, all.</summary>
    /// <param name="paths">The paths that were asked for.</param>
    /// <param name="what">What they are, in words.</param>
    public IReadOnlyList<SeenFile> OfData(IReadOnlyList<string> paths, out string what)
    {
        string[] folders = [.. paths.Select(TracedDevices.RealPath).OfType<string>()];
        SeenFile[] below = [.. _files.Values.Where(file => Array.Exists(folders, folder => file.FilePath == folder || file.FilePath.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal)))];
        SeenFile[] models = [.. _files.Values.Where(file => _models.ContainsKey(file.FilePath))];
        what = folders.Length > 0 ? $"below {string.Join(", ", paths)}" : models.Length > 0 ? "with tensors" : "on the traced devices";
        return folders.Length > 0 ? below : models.Length > 0 ? models : [.. _files.Values];
    }

    /// <summary>Names beyond the limit that were not looked at.</summary>
    public long NamesLeftOut { get; private set; }

    /// <summary>Files with tensors.</summary>
    public int Models => _models.Count;

    /// <summary>Takes a name that a process has open or mapped.</summary>
    /// <param name="name">The name.</param>
    /// <param name="openPath">What to open.</param>
    public void Add(string name, string openPath)
    {
        if (!name.StartsWith('/'))
            return;
        if (_names.Contains(name))
        {
            _files.GetValueOrDefault(name)?.LookAgain(openPath);
            return;
        }

        if (_names.Count == MostNames)
        {
            NamesLeftOut++;
            return;
        }

        _names.Add(name);
        string path = name.EndsWith(Deleted, StringComparison.Ordinal) ? name[..^Deleted.Length] : name;
        if (_files.ContainsKey(path) || devices.FileSystemOf(path) is not { } fileSystem || _files.Count == MostFiles || SeenFile.Open(path, openPath, fileSystem) is not { } file)
            return;
        _files.Add(path, file);
        // While the trace runs nothing may be read from the disk; files that are still there are read at the end.
        if (file.HadHeaderInMemory)
            AddModel(path, openPath);
    }

    /// <summary>Looks at all of them for the last time, after the trace, and reads the headers that are not known yet.</summary>
    public void Close()
    {
        foreach (SeenFile file in _files.Values)
        {
            file.Close();
            if (!file.IsDeleted && !_models.ContainsKey(file.FilePath))
                AddModel(file.FilePath, file.FilePath);
        }
    }

    /// <summary>Writes the list of extents and, if any has tensors, the table of tensors.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Write(string folder)
    {
        int rows = 0;
        using (var list = new StreamWriter(Path.Combine(folder, ExtentsFileName), append: false, new UTF8Encoding(false)))
        {
            list.WriteLine("file\tdevice\tlogical_sector\tphysical_sector\tsectors\tflags");
            foreach (SeenFile file in _files.Values.OrderBy(file => file.FilePath, StringComparer.Ordinal))
            {
                BlockDevice? device = TracedDevices.DeviceOf(file.FileSystem);
                foreach (Extent extent in file.Extents().Take(MostRows - rows))
                {
                    rows++;
                    list.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Printable(file.FilePath)}\t{device?.Disk}\t{extent.LogicalSector}\t{(device?.StartSector ?? 0) + extent.PhysicalSector}\t{extent.Sectors}\t{Fiemap.NamesOf(extent.Flags)}"));
                }
            }
        }

        if (_models.Count == 0)
            return;
        using FileStream table = File.Create(Path.Combine(folder, TensorsFileName));
        ModelTables.Write(_models.Values.SelectMany(files => files), table);
    }

    private static string Printable(string path) => path.AsSpan().IndexOfAny('\t', '\n', '\r') < 0 ? path : path.Replace('\t', '?').Replace('\n', '?').Replace('\r', '?');

    private void AddModel(string path, string openPath)
    {
        try
        {
            using var file = new FileStream(openPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] first = new byte[16];
            int count = file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            if (!ModelFormats.Is(first.AsSpan(0, count)))
                return;
            file.Position = 0;
            _models.Add(path, [ModelFormats.Read(Path.GetFileName(path), first.AsSpan(0, count), file, file.Length)]);
        }
        catch (Exception exception) when (exception is TraceException or IOException or UnauthorizedAccessException)
        {
            // Cut, or not written yet: it is looked at again at the end.
        }
    }
}
