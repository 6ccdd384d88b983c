namespace TraceAnalyzer.Tests.Runs;

/// <summary>Folders and text of captured runs.</summary>
internal static class RunCaptures
{
    /// <summary>A folder of <c>traces/</c> in the repository.</summary>
    public static string Repository(string name)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TraceAnalyzer.sln")))
            folder = folder.Parent;
        string path = Path.Combine(folder?.FullName ?? "", "traces", name);
        Assert.True(Directory.Exists(path), path);
        return path;
    }

    /// <summary>A folder of the captures beside the repository. Skips the test if there is none.</summary>
    public static string Shared(string name)
    {
        string path = Path.Combine(Path.GetDirectoryName(Captures.File("README.md"))!, name);
        Assert.SkipUnless(Directory.Exists(path), $"the capture {name} is not there");
        return path;
    }

    /// <summary>A file of the captures beside the repository, unpacked if it is kept as .xz. Skips the test if there is none.</summary>
    public static StreamReader SharedText(string name) => new(Captures.File(name));

    /// <summary>A copy of a run's folder without the files that begin so.</summary>
    public static string Without(string run, params string[] names)
    {
        string folder = NewFolder();
        foreach (string file in Directory.GetFiles(run).Where(file => !names.Any(name => Path.GetFileName(file).StartsWith(name, StringComparison.Ordinal))))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return folder;
    }

    /// <summary>A new folder that is deleted at the end of the test run.</summary>
    public static string NewFolder()
    {
        string folder = Directory.CreateTempSubdirectory("traceanalyzer-run-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
