using TraceAnalyzer.Reading.Parquet;

namespace TraceAnalyzer.Reading.Inputs;

/// <summary>A part of a trace: a file, standard input, the files of a per-CPU set, or those of a run of a Parquet set.</summary>
/// <param name="Name">Short name for titles.</param>
/// <param name="Inputs">The opened files.</param>
/// <param name="MissingCpus">CPUs of a set that have no file.</param>
internal sealed record TracePart(string Name, IReadOnlyList<TraceInput> Inputs, int MissingCpus) : IDisposable
{
    // Files that are not traces, but from which one can be made, as a message names them.
    private const int MostOthers = 3;

    // What packed it, and what each format's files are called.
    private static readonly string[] s_endings = [".gz", ".zst", ".xz", .. TraceFormats.All.SelectMany(format => format.Endings).Distinct()];

    /// <summary>Opens what <paramref name="path"/> stands for: one part, or those of several devices.</summary>
    /// <exception cref="TraceException">There is nothing, or more than one trace to choose from.</exception>
    public static IReadOnlyList<TracePart> Open(string path, ReadOptions options) =>
        OpenUnlessRun(path, options) ?? (Directory.Exists(path) ? OpenFolder(path, options) : OpenFile(path, NameOf(path), CompressedInput.OpenFile(path), options));

    /// <summary>The same, unless it is a folder, or an archive that can be opened again: then null.</summary>
    /// <exception cref="TraceException">There is nothing.</exception>
    public static IReadOnlyList<TracePart>? OpenUnlessRun(string path, ReadOptions options)
    {
        if (path == TraceFormats.StandardInput && StandardStreams.IsClosed(StandardStreams.Input))
            throw new TraceException("-: standard input is closed; expected a trace from a pipe or a file, as in 'traceanalyzer ... - < FILE'");
        if (path == TraceFormats.StandardInput)
            return OpenFile("stdin", "stdin", CompressedInput.Open("stdin", Console.OpenStandardInput()), options);
        if (Directory.Exists(path))
            return null;
        if (SetNamed(path) is { } set)
            return [OpenSet(set)];
        if (File.Exists(path))
            return OpenFileUnlessArchive(path, options);
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

    // A pipe has no length, and what was read from it to look is gone.
    private static IReadOnlyList<TracePart>? OpenFileUnlessArchive(string path, ReadOptions options)
    {
        TraceInput input = CompressedInput.OpenFile(path);
        if (!TarArchive.IsTar(input.First.Span) || new FileInfo(path).Length == 0)
            return OpenFile(path, NameOf(path), input, options);
        input.Dispose();
        return null;
    }

    // A file, or the only trace in it if it is an archive.
    private static IReadOnlyList<TracePart> OpenFile(string path, string name, TraceInput input, ReadOptions options)
    {
        if (!TarArchive.IsTar(input.First.Span))
            return [new TracePart(name, [input], 0)];
        using (input)
        {
            var others = new NoTraces();
            using var located = new TraceLocator(path, options, others);
            string? problem = located.LookInto(input);
            return OnlyOf(path, located, problem is null ? "archive" : $"archive, which is damaged or cut ({problem})", others);
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
        using TraceInput input = CompressedInput.OpenFile(file);
        if (!TarArchive.IsTar(input.First.Span))
            return null;
        using var located = new TraceLocator(file, options, new NoTraces());
        _ = located.LookInto(input);
        string within = Path.GetRelativePath(file, path).Replace('\\', '/');
        FoundTrace? found = located.Traces.FirstOrDefault(trace => Path.GetRelativePath(file, trace.Path) == within)
            ?? located.Traces.FirstOrDefault(trace => trace.Name == within)
            ?? located.Traces.FirstOrDefault(trace => trace.Files.Contains(within));
        return found?.OpenParts() ?? throw new TraceException($"{file}: has no trace '{within}'; there are: {string.Join(", ", located.Traces.Select(trace => Path.GetRelativePath(file, trace.Path)))}");
    }

    // Per-CPU sets come first: other files beside them are mostly what was made of them.
    private static IReadOnlyList<TracePart> OnlyOf(string path, TraceLocator located, string place, NoTraces others)
    {
        located.JoinDevices();
        FoundTrace[] sets = [.. located.Traces.Where(trace => trace.IsSet)];
        return (sets.Length > 0 ? sets : located.Traces) switch
        {
            [var only] => only.OpenParts(),
            [] => throw new TraceException($"{path}: no trace in this {place}; expected NAME.blktrace.0, .1, ... or a trace of another format{others.Describe()}"),
            var several => throw Several(path, several.Select(trace => trace.Members.Count == 0 ? trace.Path : string.Join(" with ", trace.Members.Select(device => device.Path)))),
        };
    }

    private static TraceException Several(string path, IEnumerable<string> traces) =>
        new($"{path}: holds {traces.Count()} traces; name one of them: {string.Join(", ", traces)}");

    // A folder without a per-CPU set is as good as the one trace that lies in it, as a file or in an archive.
    private static IReadOnlyList<TracePart> OpenFolder(string path, ReadOptions options)
    {
        var others = new NoTraces();
        using var located = new TraceLocator(path, options, others);
        located.LookAtSets();
        if (located.Traces.Count == 0)
        {
            if (HiveRun.Find(path) is { } run)
                return [OpenRun(run)];
            IReadOnlyList<string> runs = HiveRun.RunsIn(path);
            if (runs.Count > 1)
                throw new TraceException($"{path}: a set of {runs.Count} runs; name one of them: {string.Join(", ", runs)}");
            if (runs.Count == 1)
                return [OpenRun(HiveRun.Find(runs[0])!)];
            located.LookAtFiles();
        }

        bool hasBadName = located.Traces.Count == 0 && Directory.EnumerateFileSystemEntries(path).Any(entry => Path.GetFileName(entry).Contains('\uFFFD', StringComparison.Ordinal));
        return OnlyOf(path, located, hasBadName ? "folder, in which are names that are not valid UTF-8, which .NET cannot open: rename these files" : "folder", others);
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

    /// <summary>Opens the files of a set.</summary>
    /// <exception cref="TraceException">One cannot be read.</exception>
    public static TracePart OpenSet(BlktraceSet set) => new(set.BaseName, OpenInputs(set.Files, CompressedInput.OpenFile), set.MissingCpus);

    /// <summary>Opens the files of one trace; if one fails, none stays open.</summary>
    /// <exception cref="TraceException">One cannot be read.</exception>
    public static TraceInput[] OpenInputs(IReadOnlyList<string> files, Func<string, TraceInput> open)
    {
        var inputs = new List<TraceInput>();
        try
        {
            foreach (string file in files)
                inputs.Add(open(file));
            return [.. inputs];
        }
        catch
        {
            inputs.ForEach(input => input.Dispose());
            throw;
        }
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

    // Says what files are that are not traces, if one can be made of them.
    private sealed class NoTraces : IOtherFiles
    {
        private readonly List<string> _known = [];

        public void Take(string name, TraceInput input)
        {
            if (ForeignContent.Describe(input.First.Span, input.Path ?? name) is { } known)
                _known.Add($"{input.Name}: {known}");
        }

        public void TakeFault(string name, Exception fault) => _known.Add(fault.Message.StartsWith(name, StringComparison.Ordinal) ? fault.Message : $"{name}: {fault.Message}");

        public string Describe() => string.Concat(_known.Take(MostOthers).Select(other => $"; {other}"));
    }
}
