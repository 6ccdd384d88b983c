using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Diagnostics.Tracing.Etlx;
using TraceAnalyzer.Benchmarks.Twin;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Writing;

namespace TraceAnalyzer.Benchmarks.Measuring;

/// <summary>
/// How fast each reader turns bytes into sorted events, alone: within this process, chunk after chunk on one thread (TraceEvent and decompression
/// have theirs), nothing done with the events.
/// </summary>
public sealed class ReaderThroughput(string folder, TextWriter log)
{
    private static readonly string[] Kinds = ["csv", "binary", "set", "text", "perf", "biosnoop", "fio", "nettrace"];

    /// <summary>A reader's medians.</summary>
    /// <param name="Format">What was read.</param>
    /// <param name="Bytes">Bytes of the input.</param>
    /// <param name="Events">Events in it.</param>
    /// <param name="Seconds">Time for all of it.</param>
    public sealed record Result(string Format, long Bytes, long Events, double Seconds);

    /// <summary>Makes the inputs and measures; the first round, in which code is compiled, does not count.</summary>
    public IReadOnlyList<Result> Run(int rounds, bool isQuick)
    {
        var files = new TwinFiles(KvRun.AtScale(isQuick ? "0.01" : "0.1"), folder);
        files.Ensure(Kinds, log);

        // TraceLog writes a file twice as large, slowly: a hundredth is enough.
        var small = new TwinFiles(KvRun.AtScale("0.01"), folder);
        small.Ensure(["nettrace"], log);
        string etlx = small.Nettrace + ".etlx";
        if (!File.Exists(etlx))
            TraceLog.CreateFromEventPipeDataFile(small.Nettrace, etlx);
        string requests = Converted(files.Binary, WrittenRows.Requests);
        string events = Converted(files.Binary, WrittenRows.Events);
        (string Format, string Path)[] inputs =
        [
            ("bpftrace CSV", files.Csv),
            ("blktrace, merged dump", files.Binary),
            ("blktrace, 16 per-CPU files", Path.GetDirectoryName(files.SetBase)!),
            ("blkparse text", files.Text),
            ("perf script text", files.Perf),
            ("biosnoop text", files.Biosnoop),
            ("fio I/O log", files.Fio),
            (".nettrace", files.Nettrace),
            (".etlx", etlx),
            ("Parquet, requests", requests),
            ("Parquet, events", events),
        ];
        return [.. inputs.Select(input => Measure(input.Format, input.Path, rounds))];
    }

    /// <summary>As a table.</summary>
    public static string ToMarkdown(IEnumerable<Result> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var text = new StringBuilder("## Readers alone, one thread\n\n| format | MB | events | s | MB/s | million events/s |\n|---|--:|--:|--:|--:|--:|\n");
        foreach (Result result in results)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {result.Format} | {result.Bytes / 1e6:0.0} | {result.Events:N0} | {result.Seconds:0.000} | {result.Bytes / 1e6 / result.Seconds:0} | {result.Events / 1e6 / result.Seconds:0.00} |\n");
        }

        return text.ToString();
    }

    // What the tool makes of the merged dump.
    private string Converted(string trace, WrittenRows rows)
    {
        string path = $"{trace}.{rows.ToString().ToLowerInvariant()}.parquet";
        if (File.Exists(path))
            return path;
        log.WriteLine($"making {Path.GetFileName(path)}");
        string part = path + ".part";
        OutputFormat format = OutputFormats.Find("parquet")!;
        using (ITraceReader reader = TraceFormats.Open([trace]))
        using (FileStream stream = File.Create(part))
            TraceConversion.Run(reader, format, new WriteOptions { Rows = rows }, context => format.Create(stream, context));
        File.Move(part, path);
        return path;
    }

    private Result Measure(string format, string path, int rounds)
    {
        var seconds = new List<double>();
        long bytes = 0;
        long events = 0;
        for (int round = 0; round <= rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            (bytes, events) = ReadAll(path);
            if (round > 0)
                seconds.Add(watch.Elapsed.TotalSeconds);
        }

        seconds.Sort();
        var result = new Result(format, bytes, events, (seconds[(seconds.Count - 1) / 2] + seconds[seconds.Count / 2]) / 2);
        log.WriteLine(FormattableString.Invariant($"  {format}: {result.Seconds:F3} s"));
        return result;
    }

    private static (long Bytes, long Events) ReadAll(string path)
    {
        using ITraceReader reader = TraceFormats.Open([path]);
        var chunk = new TraceChunk();
        var batch = new EventBatch();
        long bytes = 0;
        long events = 0;
        while (reader.ReadChunk(chunk))
        {
            reader.Decode(chunk, batch);
            batch.SortByTime();
            bytes += chunk.InputBytes;
            events += batch.Count;
        }

        return (bytes, events);
    }
}
