namespace TraceAnalyzer.Tests.Runs;

/// <summary>Folders and text of captured runs.</summary>
internal static class RunCaptures
{
    /// <summary>A folder of <c>traces/</c> in the repository.</summary>
    public static string Repository(string name)
    {
        string path = Tests.Repository.Path("traces", name);
        Assert.True(Directory.Exists(path), path);
        return path;
    }

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
