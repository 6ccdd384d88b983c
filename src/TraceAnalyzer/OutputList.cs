using System.Text;

namespace TraceAnalyzer;

/// <summary>
/// The list of the files that a run wrote into a folder: a line each, with <c>/</c> between folders. While files of an earlier run are being replaced
/// it holds those of both and begins with <see cref="IncompleteMark"/>; it is replaced as the last step, at once.
/// </summary>
/// <param name="Files">The files that are there, reached through no link, and so may be replaced or deleted.</param>
/// <param name="IsComplete">False if a run was killed, or is at work, while it replaced files.</param>
internal sealed record OutputList(IReadOnlyCollection<string> Files, bool IsComplete)
{
    /// <summary>Name of the list's file.</summary>
    public const string FileName = ".traceanalyzer-files";

    private const string IncompleteMark = "# replacing files";

    // Of a hundred thousand files; the list may be anybody's.
    private const int MaxBytes = 16 << 20;

    /// <summary>Reads the list of a folder; null if it has none.</summary>
    public static OutputList? Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path) || IsThroughLink(folder, FileName) || SpecialFile.IsAt(path) || new FileInfo(path).Length > MaxBytes)
            return null;
        string[] lines = File.ReadAllLines(path);
        bool isComplete = lines is not [IncompleteMark, ..];

        // The list may have been edited: nothing outside of the folder is ours.
        IEnumerable<string> files = lines.Where(file => file.Length > 0 && IsWithin(folder, file) && File.Exists(Path.Combine(folder, file)) && !IsThroughLink(folder, file));
        return new OutputList(files.ToHashSet(StringComparer.Ordinal), isComplete);
    }

    /// <summary>Checks that a folder's files are those of one run: a run that was killed while it replaced those of another leaves neither's whole.</summary>
    /// <param name="folder">The folder; one that this tool did not write passes.</param>
    /// <exception cref="TraceException">They are not, or the list cannot be read.</exception>
    public static void CheckComplete(string folder)
    {
        try
        {
            if (Read(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) is { IsComplete: false })
                throw new TraceException($"{folder}: a run that was replacing the files in this folder was killed, or is still at work: run it again with --overwrite");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TraceException($"{folder}: its list of files cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the list into a folder, in the place of another at once.</summary>
    public static void Write(string folder, IEnumerable<string> files, bool isComplete, string temporaryFolder)
    {
        var text = new StringBuilder();
        if (!isComplete)
            text.Append(IncompleteMark).Append('\n');
        foreach (string file in files.Order(StringComparer.Ordinal))
            text.Append(file).Append('\n');
        string temporary = Path.Combine(temporaryFolder, FileName);
        File.WriteAllText(temporary, text.ToString());
        if (temporaryFolder != folder)
            File.Move(temporary, Path.Combine(folder, FileName), overwrite: true);
    }

    /// <summary>True if a file in a folder, or a folder on the way to it, is a link.</summary>
    public static bool IsThroughLink(string folder, string file)
    {
        for (string place = Path.Combine(folder, file); place.Length > folder.Length; place = Path.GetDirectoryName(place)!)
        {
            if (new FileInfo(place).LinkTarget is not null)
                return true;
        }

        return false;
    }

    private static bool IsWithin(string folder, string file)
    {
        string path = Path.Combine(folder, file);
        return !file.Contains('\0', StringComparison.Ordinal) && Path.GetFullPath(path) == path && path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }
}
