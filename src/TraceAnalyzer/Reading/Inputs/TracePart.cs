using TraceAnalyzer.Reading.Blktrace;
using TraceAnalyzer.Reading.Parquet;

namespace TraceAnalyzer.Reading.Inputs;

/// <summary>A part of a trace: a file, standard input, the files of a per-CPU set, or those of a run of a Parquet set.</summary>
/// <param name="Name">Short name for titles.</param>
/// <param name="Inputs">The opened files.</param>
/// <param name="MissingCpus">CPUs of a set that have no file.</param>
internal sealed record TracePart(string Name, IReadOnlyList<TraceInput> Inputs, int MissingCpus) : IDisposable
{
    // Files that are no traces, but from which one can be made, as a message names them.
    private const int MostOthers = 3;

    // What packed it, and what each format's files are called.
    private static readonly string[] s_endings = [".gz", ".zst", ".xz", .. TraceFormats.All.SelectMany(format => format.Endings).Distinct()];

    /// <summary>Opens what <paramref name="path"/> stands for: one part, or those of several devices.</summary>
    /// <exception cref="TraceException">There is nothing, or more than one trace to choose from.</exception>
    public static IReadOnlyList<TracePart> Open(string path, ReadOptions options)
    {
        if (path == TraceFormats.StandardInput && StandardStreams.IsClosed(StandardStreams.Input))
            throw new TraceException("-: standard input is closed; expected a trace from a pipe or a file, as in 'traceanalyzer ... - < FILE'");
        if (path == TraceFormats.StandardInput)
            return OpenFile("stdin", "stdin", CompressedInput.Open("stdin", Console.OpenStandardInput()), options);
        if (Directory.Exists(path))
            return OpenFolder(path, options);
        if (SetNamed(path) is { } set)
            return [OpenSet(set)];
        if (File.Exists(path))
            return OpenFile(path, NameOf(path), CompressedInput.OpenFile(path), options);
        if (path.Contains('\uFFFD', StringComparison.Ordinal))
            throw new TraceException($"{path}: no such file, or its name is not valid UTF-8, which .NET cannot open: rename it, or give it through standard input, as in 'traceanalyzer ... - < FILE'");
        return OpenWithin(path, options)
            ?? throw new TraceException($"{path}: no such file or folder, and no per-CPU set {Path.GetFileName(path)}.blktrace.0, .1, ...");
    }

    /// <summary>The paths without those that name what an earlier one names: the same file, folder or per-CPU set.</summary>
    public static IReadOnlyList<string> Distinct(IEnumerable<string> paths) => [.. paths.DistinctBy(path =>
        path == TraceFormats.StandardInput ? new InputIdentity(path) : InputIdentity.Of(!Directory.Exists(path) && SetNamed(path) is { } set ? set.Files[0] : path))];

    /// <summary>True if there is a file, a folder or a per-CPU set.</summary>
    public static bool IsThere(string path)
    {
        try
        {
            return File.Exists(path) || Directory.Exists(path) || SetNamed(path) is not null;
        }
        catch (Exception exception) when (exception is TraceException or IOException or UnauthorizedAccessException)
        {
            // There is something, which opening it says more of.
            return true;
        }
    }

    /// <summary>Opens all parts that any of <paramref name="opens"/> opens; if one fails, none stays open.</summary>
    public static IReadOnlyList<TracePart> OpenAll(IEnumerable<Func<IReadOnlyList<TracePart>>> opens)
    {
        var parts = new List<TracePart>();
        try
        {
            foreach (Func<IReadOnlyList<TracePart>> open in opens)
                parts.AddRange(open());
            return parts;
        }
        catch
        {
            parts.ForEach(part => part.Dispose());
            throw;
        }
    }

    /// <summary>Closes its files.</summary>
    public void Dispose()
    {
        foreach (TraceInput input in Inputs)
            input.Dispose();
    }

    // A file, or the only trace in it if it is an archive.
    private static IReadOnlyList<TracePart> OpenFile(string path, string name, TraceInput input, ReadOptions options)
    {
        if (!TarArchive.IsTar(input.First.Span))
            return [new TracePart(name, [input], 0)];
        using (input)
        {
            using var archive = TarArchive.Open(input);
            return OnlyOf(path, [.. archive.FindTraces(options).Select(trace => Found.In(path, trace))], archive.IsDamaged ? $"archive, which is damaged or cut ({archive.Problem})" : "archive");
        }
    }

    // A path that goes on after that of an archive names a trace in it.
    private static IReadOnlyList<TracePart>? OpenWithin(string path, ReadOptions options)
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
        ArchivedTrace? found = traces.FirstOrDefault(trace => trace.Path == within)
            ?? traces.FirstOrDefault(trace => trace.Name == within)
            ?? traces.FirstOrDefault(trace => trace.Files.Contains(within));
        return [found?.Open() ?? throw new TraceException($"{file}: has no trace '{within}'; there are: {string.Join(", ", traces.Select(trace => trace.Path))}")];
    }

    // Per-CPU sets come first: other files beside them are mostly what was made of them.
    private static IReadOnlyList<TracePart> OnlyOf(string path, IReadOnlyList<Found> traces, string place, IReadOnlyList<string>? others = null)
    {
        List<Found> sets = [.. traces.Where(trace => trace.IsSet)];
        if (sets.Count > 0)
        {
            List<List<Found>> groups = DeviceGroups.Of(sets, set => set.Open()[0]);
            return groups.Count == 1 ? OpenAll(groups[0].Select(set => set.Open)) : throw Several(path, groups.Select(group => string.Join(" with ", group.Select(set => set.Path))));
        }

        return traces.Count switch
        {
            1 => traces[0].Open(),
            0 => throw new TraceException($"{path}: no trace in this {place}; expected NAME.blktrace.0, .1, ... or a trace of another format{string.Concat((others ?? []).Take(MostOthers).Select(other => $"; {other}"))}"),
            _ => throw Several(path, traces.Select(trace => trace.Path)),
        };
    }

    private static TraceException Several(string path, IEnumerable<string> traces) =>
        new($"{path}: holds {traces.Count()} traces; name one of them: {string.Join(", ", traces)}");

    private static IReadOnlyList<TracePart> OpenFolder(string path, ReadOptions options)
    {
        IReadOnlyList<BlktraceSet> sets = BlktraceSet.FindIn(path);
        if (sets.Count > 0)
            return OnlyOf(path, [.. sets.Select(set => new Found(Path.Combine(path, set.BaseName), IsSet: true, () => [OpenSet(set)]))], "folder");
        if (HiveRun.Find(path) is { } run)
            return [OpenRun(run)];
        IReadOnlyList<string> runs = HiveRun.RunsIn(path);
        return runs.Count switch
        {
            0 => OpenOnlyTrace(path, options),
            1 => [OpenRun(HiveRun.Find(runs[0])!)],
            _ => throw new TraceException($"{path}: a set of {runs.Count} runs; name one of them: {string.Join(", ", runs)}"),
        };
    }

    private static TracePart OpenRun(HiveRun run)
    {
        string first = run.Devices[0].Files[0];
        TraceInput input = CompressedInput.OpenFile(first) with { Set = run, Identities = [.. run.Devices.SelectMany(device => device.Files).Select(InputIdentity.Of)] };
        if (ParquetTraceReader.Sniff(input.First.Span, new ReadOptions()))
            return new TracePart(run.Name, [input], 0);
        input.Dispose();
        throw new TraceException($"{first}: damaged or no Parquet file, as are expected in a folder of a set");
    }

    // A folder without a per-CPU set is as good as the one trace that lies in it, as a file or in an archive.
    private static IReadOnlyList<TracePart> OpenOnlyTrace(string folder, ReadOptions options)
    {
        var traces = new List<Found>();
        var archives = new List<TarArchive>();
        var others = new List<string>();
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder).Where(file => !SpecialFile.IsAt(file)).Order(StringComparer.Ordinal))
            {
                if (IsTrace(file, options, archives, others))
                    traces.Add(new Found(file, IsSet: false, () => OpenFile(file, NameOf(file), CompressedInput.OpenFile(file), options)));
            }

            traces.AddRange(archives.SelectMany(archive => archive.FindTraces(options)).Select(trace => Found.In(Path.Combine(folder, trace.Archive.Name), trace)));
            bool hasBadName = traces.Count == 0 && Directory.EnumerateFileSystemEntries(folder).Any(entry => Path.GetFileName(entry).Contains('\uFFFD', StringComparison.Ordinal));
            return OnlyOf(folder, traces, hasBadName ? "folder, in which are names that are not valid UTF-8, which .NET cannot open: rename these files" : "folder", others);
        }
        finally
        {
            archives.ForEach(archive => archive.Dispose());
        }
    }

    private static bool IsTrace(string file, ReadOptions options, List<TarArchive> archives, List<string> others)
    {
        try
        {
            using TraceInput input = CompressedInput.OpenFile(file);
            if (TarArchive.IsTar(input.First.Span))
                archives.Add(TarArchive.Open(input));
            if (TraceFormats.Recognise(input.First.Span, options) is not null)
                return true;
            if (ForeignContent.Describe(input.First.Span, file) is { } known)
                others.Add($"{input.Name}: {known}");
            return false;
        }
        catch (TraceException exception)
        {
            others.Add(exception.Message);
            return false;
        }
    }

    // The set that a base name or any of its files names. A file alone is read as such, though its name is that of a set.
    private static BlktraceSet? SetNamed(string path)
    {
        if (!File.Exists(path))
            return FindSet(path, Path.GetFileName(path));
        return BlktraceSet.TrySplitName(path, out string baseName, out _) && FindSet(path, baseName) is { Files.Count: > 1 } set ? set : null;
    }

    private static BlktraceSet? FindSet(string path, string baseName)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            return null;
        IReadOnlyList<BlktraceSet> sets = BlktraceSet.Among(Directory.EnumerateFiles(folder).Where(file => BlktraceSet.TrySplitName(file, out string name, out _) && name == baseName));
        return sets.Count > 0 ? sets[0] : null;
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
        while (s_endings.FirstOrDefault(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase) && name.Length > ending.Length) is { } ending)
            name = name[..^ending.Length];
        return name;
    }

    // A trace in a folder or an archive.
    private sealed record Found(string Path, bool IsSet, Func<IReadOnlyList<TracePart>> Open)
    {
        public static Found In(string archive, ArchivedTrace trace) => new(System.IO.Path.Combine(archive, trace.Path), trace.IsSet, () => [trace.Open()]);
    }
}
