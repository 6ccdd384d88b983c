using System.Text.Json;
using TraceAnalyzer.DeepNvme;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Blktrace;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Runs.Gpu;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.Runs.Tensors;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs;

/// <summary>
/// A run: a folder with a trace and whatever else tells of it. Parts are found by their content, not by their names, and any may be missing.
/// Traces are only looked at; everything else is read. What a run.json says overrules what was found (docs/run-folder.md).
/// Archives in it stay open until it is disposed, so that their traces are unpacked once.
/// </summary>
public sealed partial class RunFolder : IDisposable
{
    // A framework names itself within the first lines of its log.
    private static readonly string[] s_logSigns =
        ["flexgen", "flexllmgen", "deepspeed", "get_accelerator", "token_latency=[", "model size: ", "--gen-len", "--prompt-len", "GB/sec"];

    private readonly List<RunTrace> _traces = [];
    private readonly RunParts _parts = new();
    private readonly List<TarArchive> _archives = [];
    private readonly List<UnusedFile> _unused = [];
    private readonly Dictionary<string, string> _unreadable = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _namedParts = [];
    private const int MostNamedFiles = 1000;
    private int _sets;
    private RunSettings _statedByHand = new();
    private RunSettings _stated = new();
    private RunSettings _found = new();

    private RunFolder(string path) => Path = path;

    /// <summary>The folder, or the archive.</summary>
    public string Path { get; }

    /// <summary>Its traces: per-CPU sets, then single files, each by name. The same trace may be there in several formats.</summary>
    public IReadOnlyList<RunTrace> Traces => _traces;

    /// <summary>Bytes that its archives, which are packed, take in temporary files.</summary>
    public long UnpackedBytes => _archives.Sum(archive => archive.UnpackedBytes);

    /// <summary>GPU logs.</summary>
    public IReadOnlyList<RunPart<GpuLog>> GpuLogs => field ??= _parts.Of<GpuLog>();

    /// <summary>The GPU log that is used: the first with a sample; null if there is none.</summary>
    public RunPart<GpuLog>? GpuLog => GpuLogs.FirstOrDefault(part => part.Content.Gpus.Count > 0);

    /// <summary>Logs of FlexGen and DeepSpeed.</summary>
    public IReadOnlyList<RunPart<FrameworkLog>> FrameworkLogs => field ??= _parts.Of<FrameworkLog>();

    /// <summary>Lists of file extents.</summary>
    public IReadOnlyList<RunPart<FileExtents>> Extents => field ??= _parts.Of<FileExtents>();

    /// <summary>Times of tokens.</summary>
    public IReadOnlyList<RunPart<TokenTimes>> Tokens => field ??= _parts.Of<TokenTimes>();

    /// <summary>Times of layers.</summary>
    public IReadOnlyList<RunPart<LayerTimes>> Layers => field ??= _parts.Of<LayerTimes>();

    /// <summary>Tensor transfers as the framework saw them.</summary>
    public IReadOnlyList<RunPart<TensorIo>> TensorIo => field ??= _parts.Of<Tensors.TensorIo>();

    /// <summary>Catalogues of tensors; from tables of extents where there is no other.</summary>
    public IReadOnlyList<RunPart<TensorCatalogue>> Tensors => field ??= _parts.Of<TensorCatalogue>();

    /// <summary>Machine, clocks and phases.</summary>
    public IReadOnlyList<RunPart<RunEnvironment>> Environments => field ??= _parts.Of<RunEnvironment>();

    /// <summary>Noted moments.</summary>
    public IReadOnlyList<RunPart<RunMarks>> Marks => field ??= _parts.Of<RunMarks>();

    /// <summary>What fio measured.</summary>
    public IReadOnlyList<RunPart<FioResult>> Fio => field ??= _parts.Of<FioResult>();

    /// <summary>Names of threads.</summary>
    public IReadOnlyList<RunPart<ThreadNames>> ThreadNames => field ??= _parts.Of<Runs.ThreadNames>();

    /// <summary>Results of DeepNVMe.</summary>
    public IReadOnlyList<RunPart<IReadOnlyList<DeepNvmeTransfer>>> DeepNvme => field ??= _parts.Of<IReadOnlyList<DeepNvmeTransfer>>();

    /// <summary>What is known of the run: first what run.yaml states, which is written by hand, then run.json, then what logs and command lines say.</summary>
    public RunSettings Settings => _statedByHand.Or(_stated).Or(_found);

    /// <summary>Machine, clocks and phases from all files that say; null if none does.</summary>
    public RunEnvironment? Environment => Environments.Count == 0 ? null : Environments.Select(part => part.Content).Aggregate((one, other) => one.Or(other));

    /// <summary>True if there is anything besides traces, results of DeepNVMe and files that are not understood.</summary>
    public bool HasParts => _parts.Count > DeepNvme.Count;

    /// <summary>True if there is anything to say besides what the traces do: parts, or files that could not be read or are not used although they might have been meant to be.</summary>
    public bool HasFindings => HasParts || Problems.Count > 0 || _unused.Exists(file => !file.IsExpected);

    /// <summary>True if there are results of DeepNVMe, be it in folders in this one, and nothing else to analyse.</summary>
    public bool HasOnlyDeepNvme => _traces.Count == 0 && !HasParts && (DeepNvme.Count > 0 || (Directory.Exists(Path) && DeepNvmeResults.AreIn(Path)));

    /// <summary>The files of a kind.</summary>
    internal IEnumerable<string> FilesOf(RunFileKind kind) => _parts.FilesOf(kind);

    /// <summary>The first file of a kind that could not be read at all, with the reason; null if there is none.</summary>
    internal string? UnreadableOf(string kindName) => _unreadable.GetValueOrDefault(kindName);

    /// <summary>Files that are none of the above, with the reason.</summary>
    public IReadOnlyList<UnusedFile> UnusedFiles => _unused;

    /// <summary>What could not be read, in whole or in part.</summary>
    public IReadOnlyList<RunProblem> Problems => field ??= _parts.Problems;

    /// <summary>
    /// Finds the parts of the run in <paramref name="path"/>, a folder or a tar archive. Folders in a folder are not looked into; archives in it are, and what they hold counts as if it lay in the folder.
    /// </summary>
    /// <exception cref="TraceException">There is no such folder, or it cannot be listed.</exception>
    public static RunFolder Open(string path, ReadOptions? options = null)
    {
        var run = new RunFolder(path);
        options ??= new ReadOptions();
        try
        {
            foreach (string file in File.Exists(path) ? [path] : run.FilesBesidesSets(options))
                run.Add(file, options);
            run.KeepNamedParts(options);
            run.JoinDevices(options);
        }
        catch
        {
            run.Dispose();
            throw;
        }

        // A table of extents says what its files hold, where nothing else does.
        if (run._parts.Of<TensorCatalogue>().Count == 0)
        {
            foreach (RunPart<FileExtents> part in run._parts.Of<FileExtents>().Where(part => part.Content.Tensors.Count > 0))
                run._parts.Add(new RunPart<TensorCatalogue>(part.File, new TensorCatalogue(part.Content.Tensors)) { Kind = RunFileKinds.Named("tensors")[0] });
        }

        return run;
    }

    /// <summary>True if <paramref name="path"/> is that of a folder or of a tar archive.</summary>
    /// <exception cref="TraceException">It cannot be read.</exception>
    public static bool MayBe(string path)
    {
        if (Directory.Exists(path))
            return true;
        // A pipe has no length, and what is read from it to look is gone.
        if (new FileInfo(path) is not { Exists: true, Length: > 0 })
            return false;
        using TraceInput input = CompressedInput.OpenFile(path);
        return TarArchive.IsTar(input.First.Span);
    }

    /// <summary>Closes its archives; a trace that is being read is read on.</summary>
    public void Dispose() => _archives.ForEach(archive => archive.Dispose());

    // Files of a per-CPU set are named by blktrace itself; their names are part of the format.
    private List<string> FilesBesidesSets(ReadOptions options)
    {
        string[] files;
        IReadOnlyList<BlktraceSet> sets;
        try
        {
            files = [.. Directory.EnumerateFiles(Path).Where(file => !SpecialFile.IsAt(file))];
            Array.Sort(files, StringComparer.Ordinal);
            sets = BlktraceSet.FindIn(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TraceException($"{Path}: cannot be listed: {exception.Message}", exception);
        }

        var inSets = new HashSet<string>(StringComparer.Ordinal);
        foreach (BlktraceSet set in sets)
        {
            inSets.UnionWith(set.Files);
            // CPUs that did nothing have empty files.
            if (set.Files.Select(file => FormatOf(file, options)).FirstOrDefault(format => format is not null) is { } format)
                AddTrace(new RunTrace(set.BaseName, System.IO.Path.Combine(Path, set.BaseName), format) { IsSet = true, Bytes = set.Files.Sum(file => new FileInfo(file).Length) });
            else
                _parts.AddProblem(set.BaseName, "the files of this per-CPU set are empty or no blktrace binaries");
        }

        return [.. files.Where(file => !inSets.Contains(file))];
    }

    private string? FormatOf(string file, ReadOptions options)
    {
        try
        {
            using TraceInput input = CompressedInput.OpenFile(file);
            return TraceFormats.Recognise(input.First.Span, options)?.Name;
        }
        catch (TraceException exception)
        {
            _parts.AddProblem(System.IO.Path.GetFileName(file), exception.Message);
            return null;
        }
    }

    private void Add(string file, ReadOptions options)
    {
        string name = file == Path ? System.IO.Path.GetFileName(file) : System.IO.Path.GetRelativePath(Path, file);
        Add(name, () => CompressedInput.OpenFile(file), options);
    }

    private void Add(string name, Func<TraceInput> open, ReadOptions options, bool inArchive = false)
    {
        _seen.Add(name);
        try
        {
            using TraceInput input = open();
            if (TarArchive.IsTar(input.First.Span) && !inArchive)
            {
                AddArchive(name, TarArchive.Open(input), options);
                return;
            }

            if (TraceFormats.Recognise(input.First.Span, options) is { } format)
            {
                AddTrace(new RunTrace(name, System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, name)), format.Name));
                return;
            }

            using var side = new SideFile(name, input);
            if (side.IsEmpty || side.IsBinary || !AddSideFile(side))
                _unused.Add(Runs.UnusedFiles.Of(side, input.First.Span));
            if (!side.IsBinary && input.IsDamaged())
                _parts.AddProblem(name, "the compressed data is damaged or cut; what came before was read");
        }
        catch (Exception exception) when (IsOfTheFile(exception))
        {
            _parts.AddProblem(name, exception is TraceException or JsonException or IOException or InvalidDataException ? exception.Message : $"cannot be read: {exception.Message}");
        }
    }

    // Side files are decoded by several libraries, which throw what they like at input that they do not foresee (a lone surrogate in JSON: InvalidOperationException).
    // Whatever it is, it is that of one file and does not end the analysis.
    private static bool IsOfTheFile(Exception exception) =>
        exception is TraceException or JsonException or IOException or InvalidDataException or InvalidOperationException or ArgumentException or FormatException
            or OverflowException or NotSupportedException or UnauthorizedAccessException;

    // Its files count as if they lay in the folder.
    private void AddArchive(string name, TarArchive archive, ReadOptions options)
    {
        _archives.Add(archive);
        bool isRun = name == System.IO.Path.GetFileName(Path) && File.Exists(Path);
        string path = isRun ? Path : System.IO.Path.Combine(Path, name);
        IReadOnlyList<ArchivedTrace> traces = archive.FindTraces(options);
        foreach (ArchivedTrace trace in traces)
        {
            // The short name, unless another trace has it: that of the same trace unpacked, or of another archive.
            string shortName = _traces.Exists(other => other.Name == trace.Name) ? $"{name}/{trace.Path}" : trace.Name;
            AddTrace(new RunTrace(shortName, System.IO.Path.Combine(path, trace.Path), trace.Format) { Archived = trace, IsSet = trace.IsSet, Bytes = trace.Bytes });
        }

        foreach (string file in archive.Files.Except(traces.SelectMany(trace => trace.Files), StringComparer.Ordinal))
            Add(isRun ? file : $"{name}/{file}", () => archive.OpenFile(file), options, inArchive: true);
        if (archive.IsDamaged)
            _parts.AddProblem(name, "the archive is damaged or cut; what came before was read");
    }

    // Sets of several devices that were recorded together are one trace.
    private void JoinDevices(ReadOptions options)
    {
        List<List<RunTrace>> groups;
        try
        {
            groups = DeviceGroups.Of(_traces[.._sets], trace => trace.OpenParts(options)[0]);
        }
        catch (TraceException exception)
        {
            _parts.AddProblem("traces", exception.Message);
            return;
        }

        _traces.RemoveRange(0, _sets);
        _traces.InsertRange(0, groups.Select(group => group.Count == 1 ? group[0] : RunTrace.Of(group)));
        _sets = groups.Count;
    }

    private void AddTrace(RunTrace trace)
    {
        if (trace.IsSet)
            _traces.Insert(_sets++, trace);
        else
            _traces.Add(trace);
    }
}

/// <summary>A trace of a run.</summary>
/// <param name="Name">The file's name, or the base name of a per-CPU set; of the sets of several devices their names, joined by <c>+</c>.</param>
/// <param name="Path">What <see cref="TraceFormats.Open"/> opens it by; of several devices the first's.</param>
/// <param name="Format">Name of its format.</param>
public sealed record RunTrace(string Name, string Path, string Format)
{
    /// <summary>True if it is a per-CPU set.</summary>
    public bool IsSet { get; init; }

    /// <summary>Bytes of the files of a set, as they are stored; 0 of a single file.</summary>
    public long Bytes { get; init; }

    /// <summary>Where it lies in an archive of the run, which is open; null if it is none of an archive's.</summary>
    internal ArchivedTrace? Archived { get; init; }

    /// <summary>The per-CPU sets of several devices that were recorded together, of which it consists; empty if it is of one piece.</summary>
    public IReadOnlyList<RunTrace> Members { get; private init; } = [];

    /// <summary>Opens it, while its run is not disposed.</summary>
    /// <exception cref="TraceException">It cannot be read.</exception>
    public ITraceReader Open(ReadOptions? options = null)
    {
        options ??= new ReadOptions();
        return TraceFormats.OpenParts(OpenParts(options), options);
    }

    internal static RunTrace Of(IReadOnlyList<RunTrace> devices) =>
        new(string.Join("+", devices.Select(device => device.Name)), devices[0].Path, devices[0].Format) { IsSet = true, Bytes = devices.Sum(device => device.Bytes), Members = devices };

    internal IReadOnlyList<TracePart> OpenParts(ReadOptions options)
    {
        if (Members.Count > 0)
            return TracePart.OpenAll(Members.Select<RunTrace, Func<IReadOnlyList<TracePart>>>(member => () => member.OpenParts(options)));
        return Archived is null ? TracePart.Open(Path, options) : [Archived.Open()];
    }
}
