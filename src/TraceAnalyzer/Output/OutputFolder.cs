using System.Security.Cryptography;

namespace TraceAnalyzer.Output;

/// <summary>
/// The output folder of a run, all or nothing: files are written into a temporary folder of the same file system and appear in their place
/// with <see cref="Commit"/>; without it <see cref="Dispose"/> deletes them. A list of what was written (<see cref="ListFileName"/>) stays in the
/// folder, so that overwriting replaces exactly the files of the earlier run and a folder of someone else's is never touched; nothing is replaced or
/// deleted through a link. What runs left that were killed goes when the next one starts.
/// </summary>
public sealed class OutputFolder : IDisposable
{
    /// <summary>Name of the file that lists, a line each, the files that a run wrote into the folder, itself not included.</summary>
    public const string ListFileName = OutputList.FileName;

    private const string PartialPrefix = ".partial-";

    // Where the earlier run's files wait, until those of this run are in place.
    private const string EarlierFolder = ".earlier";

    private readonly string _path;
    private readonly bool _existed;
    private readonly IReadOnlyCollection<string> _earlierFiles;
    private readonly FileStream _held;
    private bool _committed;

    private OutputFolder(string path, string writePath, bool existed, IReadOnlyCollection<string> earlierFiles)
    {
        _path = path;
        _existed = existed;
        _earlierFiles = earlierFiles;
        WritePath = writePath;
        Directory.CreateDirectory(writePath);
        _held = Leftovers.Hold(writePath);
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
                string parent = ExistingParent(target);
                string prefix = Path.GetFileName(target) + PartialPrefix;
                Leftovers.Delete(parent, prefix);
                return new OutputFolder(target, Path.Combine(parent, prefix + RandomSuffix()), existed: false, []);
            }

            // What a killed run left behind, or another is about to write, does not count.
            bool empty = Directory.EnumerateFileSystemEntries(target).All(entry => Path.GetFileName(entry).StartsWith(PartialPrefix, StringComparison.Ordinal));
            IReadOnlyCollection<string> earlierFiles = empty ? [] : EarlierFiles(target, path, overwrite);
            Leftovers.Delete(target, PartialPrefix);

            // Within: the folder may be a mount point or somebody's working directory, which a rename could not replace.
            return new OutputFolder(target, Path.Combine(target, PartialPrefix + RandomSuffix()), existed: true, earlierFiles);
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
                .Select(file => Path.GetRelativePath(WritePath, file)).Where(file => file != Leftovers.LockFileName).Order(StringComparer.Ordinal)];
            if (_existed)
            {
                Replace(files);
            }
            else
            {
                OutputList.Write(WritePath, files, isComplete: true, WritePath);
                Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
                Leftovers.Release(_held);
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
            _held.Dispose();
            if (Directory.Exists(WritePath))
                Directory.Delete(WritePath, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Whatever keeps the folder from being deleted is what the run failed of, and that is reported already.
        }
    }

    /// <summary>Checks that a folder's files are those of one run.</summary>
    /// <param name="folder">The folder; one that this tool did not write passes.</param>
    /// <exception cref="TraceException">A run was killed, or is at work, while it replaced those of another.</exception>
    public static void CheckComplete(string folder) => OutputList.CheckComplete(folder);

    // Nothing is ever read as one run that is two: the list says so first; then the earlier run's files go aside, all of them, and only then this run's
    // files come, by renames; the list is the last.
    private void Replace(string[] files)
    {
        using FileStream alone = LockReplacing();
        CheckPlaces(files);
        OutputList.Write(_path, files.Union(_earlierFiles), isComplete: false, WritePath);
        var moved = new Stack<(string From, string To)>();
        try
        {
            foreach (string file in _earlierFiles)
                Move(Path.Combine(_path, file), Path.Combine(WritePath, EarlierFolder, file), moved);
            foreach (string file in files)
                Move(Path.Combine(WritePath, file), Path.Combine(_path, file), moved);
            OutputList.Write(_path, files, isComplete: true, WritePath);
        }
        catch
        {
            while (moved.TryPop(out (string From, string To) move))
                File.Move(move.To, move.From);
            OutputList.Write(_path, _earlierFiles, isComplete: true, WritePath);
            throw;
        }

        foreach (string stale in _earlierFiles.Except(files))
            DeleteEmptyFolders(Path.Combine(_path, stale));
        Directory.Delete(WritePath, recursive: true);
        _held.Dispose();
    }

    private FileStream LockReplacing()
    {
        string path = Path.Combine(_path, PartialPrefix + "replacing");
        try
        {
            if (OutputList.IsThroughLink(_path, Path.GetFileName(path)))
                throw new TraceException($"'{path}' is a link: choose another output folder");
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (IOException exception)
        {
            throw new TraceException($"output folder '{_path}' cannot be written: another run is replacing its files ({exception.Message})", exception);
        }
    }

    private static void Move(string from, string to, Stack<(string From, string To)> moved)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Move(from, to);
        moved.Push((from, to));
    }

    // Before anything is changed.
    private void CheckPlaces(string[] files)
    {
        foreach (string file in files)
        {
            string place = Path.Combine(_path, file);
            if (OutputList.IsThroughLink(_path, file))
                throw new TraceException($"'{place}' is reached through a link, which may lead out of the output folder, and is not overwritten: choose another output folder");
            if ((File.Exists(place) && !_earlierFiles.Contains(file)) || Directory.Exists(place))
                throw new TraceException($"'{place}' was not written by this tool and is not overwritten: choose another output folder");
        }

        if (OutputList.IsThroughLink(_path, ListFileName))
            throw new TraceException($"'{Path.Combine(_path, ListFileName)}' is a link and is not overwritten: choose another output folder");
    }

    private void DeleteEmptyFolders(string file)
    {
        for (string folder = Path.GetDirectoryName(file)!; folder.Length > _path.Length && Directory.Exists(folder); folder = Path.GetDirectoryName(folder)!)
        {
            if (Directory.EnumerateFileSystemEntries(folder).Any())
                return;
            Directory.Delete(folder);
        }
    }

    private static IReadOnlyCollection<string> EarlierFiles(string target, string path, bool overwrite)
    {
        OutputList? list = OutputList.Read(target);
        if (list is null && overwrite)
            throw new TraceException($"output folder '{path}' holds files that are not this tool's and is not overwritten: choose another folder");
        if (!overwrite)
            throw new TraceException($"output folder '{path}' is not empty: choose another folder" + (list is not null ? ", or ask to overwrite it" : ""));
        return list!.Files;
    }

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
