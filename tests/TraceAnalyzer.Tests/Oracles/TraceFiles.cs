using TraceAnalyzer.Analysis;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Tests.Oracles;

/// <summary>Reads the real traces that tests compare (<see cref="Captures"/>).</summary>
internal static class TraceFiles
{
    /// <summary>Path of a file such as <c>nvmevirt/c-kvcache/c-kvcache.bin</c>, unpacked.</summary>
    public static string Find(string name) => Captures.File(name);

    /// <summary>A per-CPU set of blktrace, unpacked.</summary>
    public static string FindSet(string name) => Captures.Set(name);

    /// <summary>The text of a file, unpacked.</summary>
    public static string[] Lines(string name)
    {
        return File.ReadAllText(Find(name), System.Text.Encoding.Latin1).Split('\n');
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
