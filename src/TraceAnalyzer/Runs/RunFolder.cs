using System.Text;
using System.Text.Json;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Blktrace;

namespace TraceAnalyzer.Runs;

/// <summary>
/// A run: a folder with a trace and whatever else tells of it. Parts are found by their content, not by their names, and any may be missing.
/// Traces are only looked at; everything else is read. What a run.json says overrules what was found (docs/run-folder.md).
/// Archives in it stay open until it is disposed, so that their traces are unpacked once.
/// </summary>
public sealed class RunFolder : IDisposable
{
    // Side files are tables and logs of at most some ten MiB; a longer one is refused rather than read into memory.
    private const int MaxTextBytes = 256 << 20;

    // A framework names itself within the first lines of its log.
    private static readonly string[] s_logSigns =
        ["flexgen", "flexllmgen", "deepspeed", "get_accelerator", "token_latency=[", "model size: ", "--gen-len", "--prompt-len", "GB/sec"];

    private readonly List<RunTrace> _traces = [];
    private readonly List<RunPart<GpuLog>> _gpuLogs = [];
    private readonly List<RunPart<FrameworkLog>> _frameworkLogs = [];
    private readonly List<RunPart<FileExtents>> _extents = [];
    private readonly List<RunPart<TokenTimes>> _tokens = [];
    private readonly List<RunPart<LayerTimes>> _layers = [];
    private readonly List<RunPart<TensorIo>> _tensorIo = [];
    private readonly List<RunPart<TensorCatalogue>> _tensors = [];
    private readonly List<RunPart<RunEnvironment>> _environments = [];
    private readonly List<RunPart<RunMarks>> _marks = [];
    private readonly List<RunPart<ThreadNames>> _threadNames = [];
    private readonly List<RunPart<FioResult>> _fio = [];
    private readonly List<RunPart<IReadOnlyList<DeepNvmeTransfer>>> _deepNvme = [];
    private readonly List<TarArchive> _archives = [];
    private readonly List<string> _unknown = [];
    private readonly List<RunProblem> _problems = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _namedParts = [];
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
    public IReadOnlyList<RunPart<GpuLog>> GpuLogs => _gpuLogs;

    /// <summary>Logs of FlexGen and DeepSpeed.</summary>
    public IReadOnlyList<RunPart<FrameworkLog>> FrameworkLogs => _frameworkLogs;

    /// <summary>Lists of file extents.</summary>
    public IReadOnlyList<RunPart<FileExtents>> Extents => _extents;

    /// <summary>Times of tokens.</summary>
    public IReadOnlyList<RunPart<TokenTimes>> Tokens => _tokens;

    /// <summary>Times of layers.</summary>
    public IReadOnlyList<RunPart<LayerTimes>> Layers => _layers;

    /// <summary>Tensor transfers as the framework saw them.</summary>
    public IReadOnlyList<RunPart<TensorIo>> TensorIo => _tensorIo;

    /// <summary>Catalogues of tensors; from tables of extents where there is no other.</summary>
    public IReadOnlyList<RunPart<TensorCatalogue>> Tensors => _tensors;

    /// <summary>Machine, clocks and phases.</summary>
    public IReadOnlyList<RunPart<RunEnvironment>> Environments => _environments;

    /// <summary>Noted moments.</summary>
    public IReadOnlyList<RunPart<RunMarks>> Marks => _marks;

    /// <summary>What fio measured.</summary>
    public IReadOnlyList<RunPart<FioResult>> Fio => _fio;

    /// <summary>Names of threads.</summary>
    public IReadOnlyList<RunPart<ThreadNames>> ThreadNames => _threadNames;

    /// <summary>Results of DeepNVMe.</summary>
    public IReadOnlyList<RunPart<IReadOnlyList<DeepNvmeTransfer>>> DeepNvme => _deepNvme;

    /// <summary>What is known of the run: first what run.yaml states, which is written by hand, then run.json, then what logs and command lines say.</summary>
    public RunSettings Settings => _statedByHand.Or(_stated).Or(_found);

    /// <summary>Machine, clocks and phases from all files that say; null if none does.</summary>
    public RunEnvironment? Environment => _environments.Count == 0 ? null : _environments.Select(part => part.Content).Aggregate((one, other) => one.Or(other));

    /// <summary>True if there is anything besides traces and files that are not understood.</summary>
    public bool HasParts =>
        _gpuLogs.Count + _frameworkLogs.Count + _extents.Count + _tokens.Count + _layers.Count + _tensorIo.Count + _tensors.Count + _environments.Count + _marks.Count > 0;

    /// <summary>True if there are results of DeepNVMe, be it in folders in this one, and nothing else to analyse.</summary>
    public bool HasOnlyDeepNvme => _traces.Count == 0 && !HasParts && (_deepNvme.Count > 0 || (Directory.Exists(Path) && DeepNvmeResults.AreIn(Path)));

    /// <summary>Names of files that are none of the above.</summary>
    public IReadOnlyList<string> UnknownFiles => _unknown;

    /// <summary>What could not be read, in whole or in part.</summary>
    public IReadOnlyList<RunProblem> Problems => _problems;

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

        if (run._tensors.Count == 0)
            run._tensors.AddRange(run._extents.Where(part => part.Content.Tensors.Count > 0).Select(part => new RunPart<TensorCatalogue>(part.File, new TensorCatalogue(part.Content.Tensors))));
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
                _problems.Add(new RunProblem(set.BaseName, "the files of this per-CPU set are empty or no blktrace binaries"));
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
            _problems.Add(new RunProblem(System.IO.Path.GetFileName(file), exception.Message));
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

            bool isBinary = input.First.Span.Contains((byte)0);
            if (input.First.IsEmpty || isBinary || !AddSideFile(name, input))
                _unknown.Add(name);
            if (!isBinary && input.IsDamaged())
                _problems.Add(new RunProblem(name, "the compressed data is damaged or cut; what came before was read"));
        }
        catch (Exception exception) when (exception is TraceException or JsonException or IOException or InvalidDataException)
        {
            _problems.Add(new RunProblem(name, exception.Message));
        }
    }

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
            _problems.Add(new RunProblem(name, "the archive is damaged or cut; what came before was read"));
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
            _problems.Add(new RunProblem("traces", exception.Message));
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

    /// <summary>The one table of side files: what the beginning of each looks like, and who reads it. False if it is none.</summary>
    private bool AddSideFile(string name, TraceInput input)
    {
        string first = Encoding.UTF8.GetString(input.First.Span).TrimStart('\uFEFF');
        string line = first.Split('\n', 2)[0].TrimEnd('\r');
        if (first.AsSpan().TrimStart() is ['{' or '[', ..])
            return AddJson(name, input);
        using StringReader text = Text(input);
        if (GpuLog.IsHeader(line))
            _gpuLogs.Add(Part(name, GpuLog.Read(text), log => log.SkippedLines));
        else if (FileExtents.IsFilefrag(line))
            _extents.Add(Part(name, FileExtents.ReadFilefrag(text), extents => extents.SkippedLines));
        else if (FileExtents.IsTable(line))
            _extents.Add(Part(name, FileExtents.ReadTable(text), extents => extents.SkippedLines));
        else if (Runs.TensorIo.IsHeader(line))
            _tensorIo.Add(Part(name, Runs.TensorIo.Read(text), io => io.SkippedLines));
        else if (LayerTimes.IsHeader(line))
            _layers.Add(Part(name, LayerTimes.Read(text), layers => layers.SkippedLines));
        else if (TokenTimes.IsHeader(line))
            _tokens.Add(Part(name, TokenTimes.Read(text), tokens => tokens.SkippedLines));
        else if (Runs.ThreadNames.IsNames(first, isWhole: input.First.Length < TraceFormat.SniffBytes))
            _threadNames.Add(Part(name, Runs.ThreadNames.Read(text), names => names.SkippedLines));
        else
            return AddText(name, text.ReadToEnd(), first, line);
        return true;
    }

    private bool AddText(string name, string text, string first, string firstLine)
    {
        bool isYaml = System.IO.Path.GetExtension(name) is ".yaml" or ".yml";
        if (isYaml || YamlText.MayBegin(firstLine))
        {
            try
            {
                if (YamlText.Parse(text) is var root && RunEnvironment.IsEnvironment(root))
                {
                    AddEnvironment(name, root, byHand: true);
                    return true;
                }
            }
            catch (TraceException) when (!isYaml)
            {
                // A log that begins as YAML might.
            }
        }

        return s_logSigns.Any(sign => first.Contains(sign, StringComparison.OrdinalIgnoreCase)) && AddLog(name, text);
    }

    private bool AddJson(string name, TraceInput input)
    {
        // The log of a program may begin with a bracket too.
        JsonElement root;
        string text = Text(input).ReadToEnd();
        try
        {
            root = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip }).RootElement;
        }
        catch (JsonException exception)
        {
            if (s_logSigns.Any(sign => text.Contains(sign, StringComparison.OrdinalIgnoreCase)) && AddLog(name, text))
                return true;
            throw new TraceException($"neither JSON nor a known log: {exception.Message}", exception);
        }

        if (RunMarks.IsMarks(root))
            _marks.Add(new RunPart<RunMarks>(name, RunMarks.FromJson(root)));
        else if (TensorCatalogue.IsCatalogue(root))
            _tensors.Add(new RunPart<TensorCatalogue>(name, TensorCatalogue.FromJson(root)));
        else if (FioResult.IsResult(root))
            _fio.Add(new RunPart<FioResult>(name, FioResult.FromJson(root)));
        else if (RunEnvironment.IsEnvironment(root))
            AddEnvironment(name, root, byHand: false);
        else
            return false;
        return true;
    }

    private void AddEnvironment(string name, JsonElement root, bool byHand)
    {
        var environment = new RunPart<RunEnvironment>(name, RunEnvironment.FromJson(root));
        var settings = RunSettings.FromJson(root);
        if (byHand)
        {
            _environments.Insert(0, environment);
            _statedByHand = _statedByHand.Or(settings);
        }
        else
        {
            _environments.Add(environment);
            _stated = _stated.Or(settings);
        }

        foreach (JsonProperty part in JsonText.Members(JsonText.Object(root, "parts")))
            _namedParts[part.Name] = [.. part.Value.ValueKind == JsonValueKind.Array ? part.Value.EnumerateArray().Select(file => file.ToString()) : [part.Value.ToString()]];
    }

    private bool AddLog(string name, string text)
    {
        FrameworkLog? log = FrameworkLog.TryRead(new StringReader(text));
        if (log is not null)
        {
            _frameworkLogs.Add(new RunPart<FrameworkLog>(name, log));
            _found = _found.Or(log.Settings);
        }

        IReadOnlyList<DeepNvmeTransfer> transfers = DeepNvmeResults.ReadLog(new StringReader(text), name, DeepNvmeResults.FileSystemOf(System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, name))));
        if (transfers.Count > 0)
            _deepNvme.Add(new RunPart<IReadOnlyList<DeepNvmeTransfer>>(name, transfers));
        RunSettings? command = text.Split('\n').Select(RunSettings.FromCommand).FirstOrDefault(settings => settings is not null);
        if (command is not null)
            _found = _found.Or(command);
        return log is not null || transfers.Count > 0 || command is not null;
    }

    private RunPart<T> Part<T>(string name, T content, Func<T, int> skippedLines)
    {
        if (skippedLines(content) is > 0 and int lines)
            _problems.Add(new RunProblem(name, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{lines} {(lines == 1 ? "line" : "lines")} not understood and skipped")));
        return new RunPart<T>(name, content);
    }

    private static StringReader Text(TraceInput input)
    {
        using var limited = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        int count;
        while ((count = input.Content.Read(buffer)) > 0)
        {
            if (limited.Length + count > MaxTextBytes)
                throw new TraceException($"longer than {MaxTextBytes >> 20} MiB, which no side file is");
            limited.Write(buffer, 0, count);
        }

        return new StringReader(Encoding.UTF8.GetString(limited.GetBuffer(), 0, (int)limited.Length).TrimStart('\uFEFF'));
    }

    // "parts" of run.json: where it names files of a kind, they alone count, even from another folder.
    private void KeepNamedParts(ReadOptions options)
    {
        foreach ((string kind, IReadOnlyList<string> files) in _namedParts)
        {
            foreach (string file in files.Where(file => System.IO.Path.GetDirectoryName(file) is { Length: > 0 } && !_seen.Contains(file)))
                Add(System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, file)), options);
            int kept = kind switch
            {
                "trace" => KeepTraces(files),
                "gpu" => Keep(_gpuLogs, files),
                "framework" => Keep(_frameworkLogs, files),
                "extents" => Keep(_extents, files),
                "tokens" => Keep(_tokens, files),
                "layers" => Keep(_layers, files),
                "tensor_io" => Keep(_tensorIo, files),
                "tensors" => Keep(_tensors, files),
                "marks" => Keep(_marks, files),
                _ => -1,
            };
            if (kept < 0)
                _problems.Add(new RunProblem("parts", $"'{kind}' is no kind of part; expected trace, gpu, framework, extents, tokens, layers, tensor_io, tensors or marks"));
            else if (kept < files.Count)
                _problems.Add(new RunProblem("parts", $"{kind}: of the files named ({string.Join(", ", files)}) {files.Count - kept} are missing or hold something else"));
        }
    }

    private int KeepTraces(IReadOnlyList<string> files)
    {
        int kept = Keep(_traces, trace => trace.Name, files);
        _sets = _traces.Count(trace => trace.IsSet);
        return kept;
    }

    private static int Keep<T>(List<RunPart<T>> parts, IReadOnlyList<string> files) => Keep(parts, part => part.File, files);

    private static int Keep<T>(List<T> parts, Func<T, string> nameOf, IReadOnlyList<string> files)
    {
        parts.RemoveAll(part => !files.Contains(nameOf(part)));
        return parts.Count;
    }
}

/// <summary>A part of a run.</summary>
/// <param name="File">Its path within the folder.</param>
/// <param name="Content">What it says.</param>
public sealed record RunPart<T>(string File, T Content);

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

/// <summary>Something in a run's folder that could not be read.</summary>
/// <param name="File">The file.</param>
/// <param name="Message">Why, or how much of it.</param>
public sealed record RunProblem(string File, string Message);
