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
    public static TracePart Open(string path, ReadOptions options)
    {
        if (path == TraceFormats.StandardInput && StandardStreams.IsClosed(StandardStreams.Input))
            throw new TraceException("-: standard input is closed; expected a trace from a pipe or a file, as in 'traceanalyzer ... - < FILE'");
        if (path == TraceFormats.StandardInput)
            return OpenFile("stdin", "stdin", CompressedInput.Open("stdin", Console.OpenStandardInput()), options);
        if (Directory.Exists(path))
            return OpenFolder(path, options);
        if (File.Exists(path))
        {
            if (BlktraceSet.TrySplitName(path, out string baseName, out _) && FindSet(path, baseName) is { Files.Count: > 1 } siblings)
                return OpenSet(siblings);
            return OpenFile(path, NameOf(path), CompressedInput.OpenFile(path), options);
        }

        if (FindSet(path, Path.GetFileName(path)) is { } set)
            return OpenSet(set);
        if (path.Contains('\uFFFD', StringComparison.Ordinal))
            throw new TraceException($"{path}: no such file, or its name is not valid UTF-8, which .NET cannot open: rename it, or give it through standard input, as in 'traceanalyzer ... - < FILE'");
        return OpenWithin(path, options)
            ?? throw new TraceException($"{path}: no such file or folder, and no per-CPU set {Path.GetFileName(path)}.blktrace.0, .1, ...");
    }

    // A file, or the only trace in it if it is an archive.
    private static TracePart OpenFile(string path, string name, TraceInput input, ReadOptions options)
    {
        if (!TarArchive.IsTar(input.First.Span))
            return new TracePart(name, [input], 0);
        using (input)
        {
            using var archive = TarArchive.Open(input);
            return OnlyOf(path, archive.FindTraces(options).Select(trace => (Path.Combine(path, trace.Path), (Func<TracePart>)trace.Open)), archive.IsDamaged ? $"archive, which is damaged or cut ({archive.Problem})" : "archive");
        }
    }

    // A path that goes on after that of an archive names a trace in it.
    private static TracePart? OpenWithin(string path, ReadOptions options)
    {
        string? file = Path.GetDirectoryName(path);
        while (!string.IsNullOrEmpty(file) && !File.Exists(file))
            file = Path.GetDirectoryName(file);
        if (string.IsNullOrEmpty(file))
            return null;
        using TarArchive? archive = TarArchive.OpenIfAny(file);
        if (archive is null)
            return null;
        string within = Path.GetRelativePath(file, path).Replace('\\', '/');
        IReadOnlyList<ArchivedTrace> traces = archive.FindTraces(options);
        ArchivedTrace? found = traces.FirstOrDefault(trace => trace.Path == within) ?? traces.FirstOrDefault(trace => trace.Name == within);
        return found?.Open() ?? throw new TraceException($"{file}: has no trace '{within}'; there are: {string.Join(", ", traces.Select(trace => trace.Path))}");
    }

    private static TracePart OnlyOf(string path, IEnumerable<(string Path, Func<TracePart> Open)> traces, string place)
    {
        (string Path, Func<TracePart> Open)[] all = [.. traces];
        return all.Length switch
        {
            1 => all[0].Open(),
            0 => throw new TraceException($"{path}: no trace in this {place}; expected NAME.blktrace.0, .1, ... or a trace of another format"),
            _ => throw new TraceException($"{path}: holds {all.Length} traces; name one of them: {string.Join(", ", all.Select(trace => trace.Path))}"),
        };
    }

    private static TracePart OpenFolder(string path, ReadOptions options)
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
            0 => OpenOnlyTrace(path, options),
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

    // A folder without a per-CPU set is as good as the one trace that lies in it, as a file or in an archive.
    private static TracePart OpenOnlyTrace(string folder, ReadOptions options)
    {
        var traces = new List<(string Path, Func<TracePart> Open)>();
        var archives = new List<TarArchive>();
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder).Where(file => !SpecialFile.IsAt(file)).Order(StringComparer.Ordinal))
            {
                if (IsTrace(file, options, archives))
                    traces.Add((file, () => OpenFile(file, NameOf(file), CompressedInput.OpenFile(file), options)));
            }

            traces.AddRange(archives.SelectMany(archive => archive.FindTraces(options)).Select(trace => (Path.Combine(folder, trace.Archive.Name, trace.Path), (Func<TracePart>)trace.Open)));
            bool hasBadName = traces.Count == 0 && Directory.EnumerateFileSystemEntries(folder).Any(entry => Path.GetFileName(entry).Contains('\uFFFD', StringComparison.Ordinal));
            return OnlyOf(folder, traces, hasBadName ? "folder, in which are names that are not valid UTF-8, which .NET cannot open: rename these files" : "folder");
        }
        finally
        {
            archives.ForEach(archive => archive.Dispose());
        }
    }

    private static bool IsTrace(string file, ReadOptions options, List<TarArchive> archives)
    {
        try
        {
            using TraceInput input = CompressedInput.OpenFile(file);
            if (TarArchive.IsTar(input.First.Span))
                archives.Add(TarArchive.Open(input));
            return TraceFormats.Recognise(input.First.Span, options) is not null;
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
    internal static string NameOf(string path)
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
