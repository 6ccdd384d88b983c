namespace TraceAnalyzer;

/// <summary>
/// Temporary files and folders of runs that were killed. Whoever makes one holds it locked (<see cref="Hold"/>, or a file that stays open), and the lock ends
/// with the process, however that ends: what nobody holds is left over.
/// </summary>
internal static class Leftovers
{
    /// <summary>Name of the file that is locked in a folder in use.</summary>
    public const string LockFileName = ".lock";

    // A folder is made before its lock file; and earlier versions made none.
    private static readonly TimeSpan s_ageWithoutLock = TimeSpan.FromHours(1);

    /// <summary>Holds a folder; give it up with <see cref="Release"/> before the folder moves.</summary>
    public static FileStream Hold(string folder) =>
        new(Path.Combine(folder, LockFileName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

    /// <summary>Gives a held folder up: its lock file is deleted.</summary>
    public static void Release(FileStream held)
    {
        File.Delete(held.Name);
        held.Dispose();
    }

    /// <summary>Deletes the files and folders in <paramref name="folder"/> whose names start with <paramref name="prefix"/> and end with <paramref name="ending"/> that nobody holds. What cannot be deleted stays.</summary>
    public static void Delete(string folder, string prefix, string ending = "")
    {
        try
        {
            // Names are compared here: in a pattern a '*' of the prefix would stand for anything.
            foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                if (entry.Name.StartsWith(prefix, StringComparison.Ordinal) && entry.Name.EndsWith(ending, StringComparison.Ordinal) && entry.LinkTarget is null)
                    DeleteUnlessHeld(entry);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed is another's business.
        }
    }

    private static void DeleteUnlessHeld(FileSystemInfo entry)
    {
        try
        {
            if (entry is DirectoryInfo folder)
            {
                string lockFile = Path.Combine(folder.FullName, LockFileName);
                bool isLeft = File.Exists(lockFile) ? IsFree(lockFile) : DateTime.UtcNow - folder.LastWriteTimeUtc > s_ageWithoutLock;
                if (isLeft)
                    folder.Delete(recursive: true);
            }
            else if (IsFree(entry.FullName))
            {
                entry.Delete();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody else's.
        }
    }

    private static bool IsFree(string file)
    {
        // Opening a pipe would wait for its other end.
        if (SpecialFile.IsAt(file))
            return false;
        try
        {
            using var alone = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

            // Some network file systems grant every lock: there nothing is known to be left over.
            return !CanBeOpened(file);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool CanBeOpened(string file)
    {
        try
        {
            using var again = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
