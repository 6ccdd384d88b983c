using System.Security.Cryptography;

namespace TraceAnalyzer.Reports;

/// <summary>
/// The output folder of a run, all or nothing: files are written into a temporary folder of the same file system and appear in their place
/// with <see cref="Commit"/>; without it <see cref="Dispose"/> deletes them. A list of what was written (<see cref="ListFileName"/>) stays in the
/// folder, so that overwriting replaces exactly the files of the earlier run and a folder of someone else's is never touched.
/// </summary>
public sealed class OutputFolder : IDisposable
{
    /// <summary>Name of the file that lists, a line each, the files that a run wrote into the folder, itself not included.</summary>
    public const string ListFileName = ".traceanalyzer-files";

    private const string PartialPrefix = ".partial-";

    private readonly string _path;
    private readonly bool _existed;
    private readonly string[] _earlierFiles;
    private bool _committed;

    private OutputFolder(string path, string writePath, bool existed, string[] earlierFiles)
    {
        _path = path;
        _existed = existed;
        _earlierFiles = earlierFiles;
        WritePath = writePath;
    }

    /// <summary>The folder to write files and folders into until <see cref="Commit"/>.</summary>
    public string WritePath { get; }

    /// <summary>Prepares to write the folder <paramref name="path"/>, whose parents need not exist.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="overwrite">True to replace the files that an earlier run wrote into it.</param>
    /// <exception cref="TraceException">
    /// The folder is not empty and <paramref name="overwrite"/> is false or no earlier run wrote it; or it cannot be written to.
    /// </exception>
    public static OutputFolder Create(string path, bool overwrite)
    {
        try
        {
            string target = Resolve(path);
            if (File.Exists(target))
                throw new TraceException($"output folder '{path}' is a file: choose another name");

            if (!Directory.Exists(target))
            {
                // On the parents' file system, so that one rename puts it in place.
                string beside = Path.Combine(ExistingParent(target), Path.GetFileName(target) + PartialPrefix + RandomSuffix());
                Directory.CreateDirectory(beside);
                return new OutputFolder(target, beside, existed: false, []);
            }

            // What a killed run left behind does not count.
            bool empty = Directory.EnumerateFileSystemEntries(target).All(entry => Path.GetFileName(entry).StartsWith(PartialPrefix, StringComparison.Ordinal));
            string[] earlierFiles = empty ? [] : EarlierFiles(target, path, overwrite);

            // Within: the folder may be a mount point or somebody's working directory, which a rename could not replace.
            string within = Path.Combine(target, PartialPrefix + RandomSuffix());
            Directory.CreateDirectory(within);
            return new OutputFolder(target, within, existed: true, earlierFiles);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TraceException($"output folder '{path}' cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Puts everything that was written into its place.</summary>
    /// <exception cref="TraceException">
    /// A file would replace one that no earlier run wrote (nothing is changed then), or the folder cannot be written to.
    /// </exception>
    public void Commit()
    {
        try
        {
            string[] files = [.. Directory.EnumerateFiles(WritePath, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(WritePath, file)).Order(StringComparer.Ordinal)];
            File.WriteAllText(Path.Combine(WritePath, ListFileName), string.Concat(files.Select(file => file + "\n")));
            if (_existed)
            {
                Replace(files);
            }
            else
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
                Directory.Move(WritePath, _path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TraceException($"output folder '{_path}' cannot be written: {exception.Message}", exception);
        }

        _committed = true;
    }

    /// <summary>Deletes what was written, unless it was committed.</summary>
    public void Dispose()
    {
        if (_committed)
            return;

        try
        {
            if (Directory.Exists(WritePath))
                Directory.Delete(WritePath, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Whatever keeps the folder from being deleted is what the run failed of, and that is reported already.
        }
    }

    // Renames file by file, so that at any moment each file is whole; what only the earlier run had goes last.
    private void Replace(string[] files)
    {
        foreach (string file in files)
        {
            string place = Path.Combine(_path, file);
            if ((File.Exists(place) && !_earlierFiles.Contains(file)) || Directory.Exists(place))
                throw new TraceException($"'{place}' was not written by this tool and is not overwritten: choose another output folder");
        }

        foreach (string file in files.Append(ListFileName))
        {
            string place = Path.Combine(_path, file);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Move(Path.Combine(WritePath, file), place, overwrite: true);
        }

        foreach (string stale in _earlierFiles.Except(files))
            DeleteWithEmptyFolders(Path.Combine(_path, stale));
        Directory.Delete(WritePath, recursive: true);
    }

    private void DeleteWithEmptyFolders(string file)
    {
        File.Delete(file);
        for (string folder = Path.GetDirectoryName(file)!; folder != _path; folder = Path.GetDirectoryName(folder)!)
        {
            if (Directory.EnumerateFileSystemEntries(folder).Any())
                return;
            Directory.Delete(folder);
        }
    }

    private static string[] EarlierFiles(string target, string path, bool overwrite)
    {
        string list = Path.Combine(target, ListFileName);
        bool ours = File.Exists(list);
        if (!ours && overwrite)
            throw new TraceException($"output folder '{path}' holds files that are not this tool's and is not overwritten: choose another folder");
        if (!overwrite)
            throw new TraceException($"output folder '{path}' is not empty: choose another folder" + (ours ? ", or ask to overwrite it" : ""));

        // The list may have been edited: nothing outside of the folder is ours.
        return [.. File.ReadAllLines(list).Where(file => file.Length > 0 && IsWithin(target, file) && File.Exists(Path.Combine(target, file)))];
    }

    private static bool IsWithin(string folder, string file) =>
        Path.GetFullPath(Path.Combine(folder, file)) == Path.Combine(folder, file)
        && Path.Combine(folder, file).StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string Resolve(string path)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var folder = new DirectoryInfo(target);
        return folder.LinkTarget is null ? target : folder.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    private static string ExistingParent(string target)
    {
        string parent = Path.GetDirectoryName(target)!;
        while (!Directory.Exists(parent))
        {
            if (File.Exists(parent))
                throw new TraceException($"output folder '{target}' cannot be written: '{parent}' is a file");
            parent = Path.GetDirectoryName(parent)!;
        }

        return parent;
    }

    private static string RandomSuffix() => RandomNumberGenerator.GetHexString(8, lowercase: true);
}
