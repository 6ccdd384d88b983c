using TraceAnalyzer.Reading.Parquet;

namespace TraceAnalyzer.Reading;

/// <summary>What one path on the command line stands for: a file, standard input, the files of a per-CPU set, or those of a run of a Parquet set.</summary>
/// <param name="Name">Short name for titles.</param>
/// <param name="Inputs">The opened files.</param>
/// <param name="MissingCpus">CPUs of a set that have no file.</param>
internal sealed record TracePart(string Name, IReadOnlyList<TraceInput> Inputs, int MissingCpus)
{
    /// <summary>Opens what <paramref name="path"/> stands for.</summary>
    /// <exception cref="TraceException">There is nothing, or more than one trace to choose from.</exception>
    public static TracePart Open(string path)
    {
        if (path == TraceFormats.StandardInput)
            return new TracePart("stdin", [CompressedInput.Open("stdin", Console.OpenStandardInput())], 0);
        if (Directory.Exists(path))
            return OpenFolder(path);
        if (File.Exists(path))
        {
            if (BlktraceSet.TrySplitName(path, out string baseName, out _) && FindSet(path, baseName) is { Files.Count: > 1 } siblings)
                return OpenSet(siblings);
            return new TracePart(NameOf(path), [CompressedInput.OpenFile(path)], 0);
        }

        return FindSet(path, Path.GetFileName(path)) is { } set
            ? OpenSet(set)
            : throw new TraceException($"{path}: no such file or folder, and no per-CPU set {Path.GetFileName(path)}.blktrace.0, .1, ...");
    }

    private static TracePart OpenFolder(string path)
    {
        IReadOnlyList<BlktraceSet> sets = BlktraceSet.FindIn(path);
        if (sets.Count == 1)
            return OpenSet(sets[0]);
        if (sets.Count > 1)
        {
            string names = string.Join(", ", sets.Select(set => Path.Combine(path, set.BaseName)));
            throw new TraceException($"{path}: holds {sets.Count} traces; name one of them: {names}");
        }

        if (HiveRun.Find(path) is { } run)
            return OpenRun(run);
        IReadOnlyList<string> runs = HiveRun.RunsIn(path);
        return runs.Count switch
        {
            0 => OpenOnlyTrace(path),
            1 => OpenRun(HiveRun.Find(runs[0])!),
            _ => throw new TraceException($"{path}: a set of {runs.Count} runs; name one of them: {string.Join(", ", runs)}"),
        };
    }

    private static TracePart OpenRun(HiveRun run)
    {
        string first = run.Devices[0].Files[0];
        TraceInput input = CompressedInput.OpenFile(first) with { Set = run };
        if (ParquetTraceReader.Sniff(input.First.Span, new ReadOptions()))
            return new TracePart(run.Name, [input], 0);
        input.Dispose();
        throw new TraceException($"{first}: damaged or no Parquet file, as are expected in a folder of a set");
    }

    // A folder without a per-CPU set is as good as the one file in it that is a trace.
    private static TracePart OpenOnlyTrace(string folder)
    {
        var traces = new List<string>();
        foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            if (IsTrace(file))
                traces.Add(file);
        }

        return traces.Count switch
        {
            1 => new TracePart(NameOf(traces[0]), [CompressedInput.OpenFile(traces[0])], 0),
            0 => throw new TraceException($"{folder}: no trace in this folder; expected NAME.blktrace.0, .1, ... or a trace of another format"),
            _ => throw new TraceException($"{folder}: holds {traces.Count} traces; name one of them: {string.Join(", ", traces)}"),
        };
    }

    private static bool IsTrace(string file)
    {
        try
        {
            using TraceInput input = CompressedInput.OpenFile(file);
            return TraceFormats.Recognise(input.First.Span, new ReadOptions()) is not null;
        }
        catch (TraceException)
        {
            return false;
        }
    }

    private static BlktraceSet? FindSet(string path, string baseName)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Directory.Exists(folder) ? BlktraceSet.FindIn(folder).FirstOrDefault(set => set.BaseName == baseName) : null;
    }

    private static TracePart OpenSet(BlktraceSet set)
    {
        var inputs = new List<TraceInput>();
        try
        {
            foreach (string file in set.Files)
                inputs.Add(CompressedInput.OpenFile(file));
        }
        catch
        {
            inputs.ForEach(input => input.Dispose());
            throw;
        }

        return new TracePart(set.BaseName, inputs, set.MissingCpus);
    }

    // "run.blkparse.txt.zst" is called "run".
    private static string NameOf(string path)
    {
        string name = Path.GetFileName(path);
        if (BlktraceSet.TrySplitName(path, out string baseName, out _))
            return baseName;
        foreach (string ending in (string[])[".gz", ".zst", ".xz", ".txt", ".csv", ".bin", ".parquet", ".nettrace", ".etlx", ".etl", ".blkparse", ".blktrace"])
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase) && name.Length > ending.Length)
                name = name[..^ending.Length];
        }

        return name;
    }
}
