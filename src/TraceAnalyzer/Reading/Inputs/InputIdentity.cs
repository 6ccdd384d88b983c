namespace TraceAnalyzer.Reading.Inputs;

/// <summary>Which file something is, whatever path or link leads to it. Equal if it is the same file.</summary>
/// <param name="Key">Device and inode where the system tells, else the full path with its links followed; of a file in an archive also its name there.</param>
internal readonly record struct InputIdentity(string Key)
{
    /// <summary>That of the file, folder, device or pipe at <paramref name="path"/>; of a path that leads nowhere the path itself.</summary>
    public static InputIdentity Of(string path)
    {
        if (SpecialFile.InodeOf(path) is { } inode)
            return new InputIdentity(inode);
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        try
        {
            full = new FileInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A link in a circle, or one that may not be looked at: opening it says so.
        }

        return new InputIdentity(full);
    }

    /// <summary>That of a file within this archive.</summary>
    public InputIdentity Within(string name) => new($"{Key}!{name}");
}
