using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>The real traces that tests compare: those of the repository, which are always there, and the captures beside it (<see cref="Captures"/>).</summary>
internal static class TraceFiles
{
    private static readonly Lazy<string> s_repository = new(() =>
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TraceAnalyzer.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("the tests do not lie in the repository");
    });

    /// <summary>Path of a file such as <c>nvmevirt/c-kvcache/c-kvcache.bin</c>: the repository's, packed or not, or a capture's. Skips the test if neither is there.</summary>
    public static string Find(string name)
    {
        string own = Path.Combine(s_repository.Value, "traces", name);
        if (File.Exists(own))
            return own;
        return File.Exists(own + ".zst") ? own + ".zst" : Captures.File(name);
    }

    /// <summary>A per-CPU set of blktrace, of which <see cref="Find"/> has the file of CPU 0.</summary>
    public static string FindSet(string name)
    {
        string first = Find(name + ".blktrace.0");
        return Path.Combine(Path.GetDirectoryName(first)!, Path.GetFileName(name));
    }

    /// <summary>The text of a file, unpacked.</summary>
    public static string[] Lines(string name)
    {
        using TraceInput input = CompressedInput.OpenFile(Find(name));
        using var reader = new StreamReader(input.Content, System.Text.Encoding.Latin1);
        return reader.ReadToEnd().Split('\n');
    }

    /// <summary>A trace as a whole.</summary>
    public static ReadTrace Read(params string[] paths) => TraceReading.ReadAll(TraceFormats.Open(paths));

    /// <summary>Text of a format given to <c>blkparse -f</c>.</summary>
    public static ReadTrace ReadCustom(string path, string format) =>
        TraceReading.ReadAll(TraceFormats.Open([path], new ReadOptions { BlkparseFormat = format }));

    /// <summary>The report of a trace.</summary>
    public static TraceReport Analyse(AnalysisOptions options, params string[] paths)
    {
        using ITraceReader reader = TraceFormats.Open(paths);
        return TraceAnalysis.Run(reader, options);
    }
}
