using System.Globalization;
using System.Text.Json;

namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>The files of a run in one folder, and how they are made.</summary>
public sealed class TwinFiles(KvRun run, string folder)
{
    public static readonly IReadOnlyList<string> AllKinds = ["csv", "binary", "text", "set", "perf", "biosnoop", "fio", "nettrace"];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public KvRun Run => run;

    public string Csv => Path.Combine(folder, run.Name + ".csv");

    public string Binary => Path.Combine(folder, run.Name + ".bin");

    public string Text => Path.Combine(folder, run.Name + ".blkparse.txt");

    public string Perf => Path.Combine(folder, run.Name + ".perf.txt");

    public string Biosnoop => Path.Combine(folder, run.Name + ".biosnoop.txt");

    public string Fio => Path.Combine(folder, run.Name + ".fio.log");

    public string Nettrace => Path.Combine(folder, run.Name + ".nettrace");

    /// <summary>The per-CPU files have a folder to themselves, and this base name in it.</summary>
    public string SetBase => Path.Combine(folder, run.Name + ".set", run.Name);

    public string Expected => Path.Combine(folder, run.Name + ".expected.json");

    /// <summary>Makes what is not there yet. A kind's file gets its name only when it is complete, so an interrupted run leaves nothing half-made behind.</summary>
    public void Ensure(IEnumerable<string> kinds, TextWriter log)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        ArgumentNullException.ThrowIfNull(log);
        Directory.CreateDirectory(folder);
        string[] missing = [.. kinds.Where(kind => !Path.Exists(PathOf(kind)))];
        if (missing.Length > 0)
            Generate(missing, log);
    }

    /// <summary>Makes these kinds in one pass over the events and checks the closed form against what was written.</summary>
    public void Generate(IReadOnlyCollection<string> kinds, TextWriter log)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        ArgumentNullException.ThrowIfNull(log);
        Directory.CreateDirectory(folder);
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"making {string.Join(", ", kinds)} of {run.Name}: {run.Reads:N0} reads, {run.Writes:N0} writes"));
        var writers = kinds.Select(kind => Open(kind, PathOf(kind) + ".part")).ToList();
        long reads = 0, writes = 0, firstIssueNs = 0, lastIssueNs = 0;
        foreach (TwinEvent traceEvent in TwinEvents.Of(run))
        {
            foreach (ITwinWriter writer in writers)
                writer.Add(traceEvent);
            if (traceEvent.Action != TwinAction.D)
                continue;
            if (traceEvent.Request.IsWrite)
                writes++;
            else
                reads++;
            if (firstIssueNs == 0)
                firstIssueNs = traceEvent.TimeNs;
            lastIssueNs = traceEvent.TimeNs;
        }

        writers.ForEach(writer => writer.Dispose());
        if (reads != run.Reads || writes != run.Writes)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The closed form says {run.Reads} reads and {run.Writes} writes, but {reads} and {writes} were made."));
        foreach (string kind in kinds)
            Publish(PathOf(kind));
        File.WriteAllText(Expected, JsonSerializer.Serialize(ExpectedAnswers.Of(run, firstIssueNs, lastIssueNs), Indented) + "\n");
    }

    private static void Publish(string path)
    {
        string part = path + ".part";
        if (Directory.Exists(part))
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            Directory.Move(part, path);
        }
        else
        {
            File.Move(part, path, overwrite: true);
        }
    }

    private string PathOf(string kind) => kind switch
    {
        "csv" => Csv,
        "binary" => Binary,
        "text" => Text,
        "set" => Path.GetDirectoryName(SetBase)!,
        "perf" => Perf,
        "biosnoop" => Biosnoop,
        "fio" => Fio,
        "nettrace" => Nettrace,
        _ => throw new FormatException($"'{kind}' is no kind of file: expected {string.Join(", ", AllKinds)}."),
    };

    private ITwinWriter Open(string kind, string path)
    {
        switch (kind)
        {
            case "csv":
                return new CsvWriter(path);
            case "binary":
                return new MergedDumpWriter(path);
            case "text":
                return new BlkparseTextWriter(path);
            case "perf":
                return new PerfTextWriter(path);
            case "biosnoop":
                return new BiosnoopWriter(path);
            case "fio":
                return new FioLogWriter(path);
            case "nettrace":
                return new NettraceWriter(path);
            default:
                Directory.CreateDirectory(path);
                return new PerCpuSetWriter(Path.Combine(path, run.Name));
        }
    }
}
