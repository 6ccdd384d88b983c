namespace TraceAnalyzer.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    private static readonly Lazy<string> s_root = new(() =>
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(System.IO.Path.Combine(folder.FullName, "TraceAnalyzer.sln")))
            folder = folder.Parent ?? throw new FileNotFoundException("TraceAnalyzer.sln is in no parent of the tests' folder");
        return folder.FullName;
    });

    /// <summary>Its folder.</summary>
    public static string Root => s_root.Value;

    /// <summary>The capture c-kvcache, which holds one run in every format.</summary>
    public static string KvCache => Path("traces", "nvmevirt", "c-kvcache");

    /// <summary>A path in it.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>A file of the folder of inputs that once went wrong.</summary>
    public static string Case(params string[] parts) => Path(["tests", "TraceAnalyzer.Tests", "Cases", .. parts]);

    /// <summary>The text of a file in it.</summary>
    public static string Text(params string[] parts) => System.IO.File.ReadAllText(Path(parts));
}
