using System.Text.Json;
using TraceAnalyzer.DeepNvme;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Runs.Devices;
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
public sealed partial class RunFolder : IDisposable, IOtherFiles
{
    // A framework names itself within the first lines of its log.
    private static readonly string[] s_logSigns =
        ["flexgen", "flexllmgen", "deepspeed", "get_accelerator", "token_latency=[", "model size: ", "--gen-len", "--prompt-len", "GB/sec", LlamaTimings.Sign];

    private readonly TraceLocator _located;
    private readonly RunParts _parts = new();
    private readonly List<UnusedFile> _unused = [];
    private readonly Dictionary<string, string> _unreadable = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _namedParts = [];
    private const int MostNamedFiles = 1000;
    private RunSettings _statedByHand = new();
    private RunSettings _stated = new();
    private RunSettings _found = new();

    private RunFolder(string path, ReadOptions options)
    {
        Path = path;
        _located = new TraceLocator(path, options, this);
    }

    /// <summary>The folder, or the archive.</summary>
    public string Path { get; }

    /// <summary>Its traces: per-CPU sets, then single files, each by name. The same trace may be there in several formats.</summary>
    public IReadOnlyList<FoundTrace> Traces => _located.Traces;

    /// <summary>Bytes that its archives, which are packed, take in temporary files.</summary>
    public long UnpackedBytes => _located.UnpackedBytes;

    /// <summary>GPU logs.</summary>
    public IReadOnlyList<RunPart<GpuLog>> GpuLogs => field ??= _parts.Of<GpuLog>();

    /// <summary>The GPU log that is used: the first with a sample; null if there is none.</summary>
    public RunPart<GpuLog>? GpuLog => GpuLogs.FirstOrDefault(part => part.Content.Gpus.Count > 0);

    /// <summary>Logs of FlexGen and DeepSpeed.</summary>
    public IReadOnlyList<RunPart<FrameworkLog>> FrameworkLogs => field ??= _parts.Of<FrameworkLog>();

    /// <summary>Lists of file extents.</summary>
    public IReadOnlyList<RunPart<FileExtents>> Extents => field ??= _parts.Of<FileExtents>();

    /// <summary>What devices are made of.</summary>
    public IReadOnlyList<RunPart<DeviceTables>> DeviceTables => field ??= _parts.Of<DeviceTables>();

    /// <summary>Times of tokens.</summary>
    public IReadOnlyList<RunPart<TokenTimes>> Tokens => field ??= _parts.Of<TokenTimes>();

    /// <summary>Times of layers.</summary>
    public IReadOnlyList<RunPart<LayerTimes>> Layers => field ??= _parts.Of<LayerTimes>();

    /// <summary>Tensor transfers as the framework saw them.</summary>
    public IReadOnlyList<RunPart<TensorIo>> TensorIo => field ??= _parts.Of<Tensors.TensorIo>();

    /// <summary>Catalogues of tensors; from tables of extents where there is no other.</summary>
    public IReadOnlyList<RunPart<TensorCatalogue>> Tensors => field ??= _parts.Of<TensorCatalogue>();

    /// <summary>Which file holds which tensor.</summary>
    public IReadOnlyList<RunPart<TensorIndex>> TensorIndexes => field ??= _parts.Of<TensorIndex>();

    /// <summary>What routers chose.</summary>
    public IReadOnlyList<RunPart<ExpertRouting>> Routing => field ??= _parts.Of<ExpertRouting>();

    /// <summary>Machine, clocks and phases.</summary>
    public IReadOnlyList<RunPart<RunEnvironment>> Environments => field ??= _parts.Of<RunEnvironment>();

    /// <summary>Noted moments.</summary>
    public IReadOnlyList<RunPart<RunMarks>> Marks => field ??= _parts.Of<RunMarks>();

    /// <summary>What fio measured.</summary>
    public IReadOnlyList<RunPart<FioResult>> Fio => field ??= _parts.Of<FioResult>();

    /// <summary>What the KV-cache benchmark of MLPerf Storage moved.</summary>
    public IReadOnlyList<RunPart<KvBenchmarkResult>> KvBenchmarks => field ??= _parts.Of<KvBenchmarkResult>();

    /// <summary>Copies of the kernel's counters of block devices.</summary>
    public IReadOnlyList<RunPart<DiskStatistics>> DiskStatistics => field ??= _parts.Of<Logs.DiskStatistics>();

    /// <summary>Copies of SMART logs of drives.</summary>
    public IReadOnlyList<RunPart<SmartLog>> SmartLogs => field ??= _parts.Of<SmartLog>();

    /// <summary>Copies of the counters of GPUDirect Storage.</summary>
    public IReadOnlyList<RunPart<NvidiaFs>> NvidiaFs => field ??= _parts.Of<Logs.NvidiaFs>();

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

    /// <summary>True if there are results of DeepNVMe, be it in folders in this one, and nothing else to analyze.</summary>
    public bool HasOnlyDeepNvme => Traces.Count == 0 && !HasParts && (DeepNvme.Count > 0 || (Directory.Exists(Path) && DeepNvmeResults.AreIn(Path)));

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
        var run = new RunFolder(path, options ?? new ReadOptions());
        try
        {
            run.LookAround();
            run.KeepNamedParts();
            run.JoinDevices();
        }
        catch
        {
            run.Dispose();
            throw;
        }

        run.CheckIndexes();
        // A table of extents says what its files hold, where nothing else does.
        if (run._parts.Of<TensorCatalogue>().Count == 0)
        {
            foreach (RunPart<FileExtents> part in run._parts.Of<FileExtents>().Where(part => part.Content.Tensors.Count > 0))
                run._parts.Add(new RunPart<TensorCatalogue>(part.File, new TensorCatalogue(part.Content.Tensors)) { Kind = RunFileKinds.Named("tensors")[0] });
        }

        return run;
    }

    /// <summary>Closes its archives; a trace that is being read is read on.</summary>
    public void Dispose() => _located.Dispose();

    private void LookAround()
    {
        if (File.Exists(Path))
        {
            _located.LookAt(System.IO.Path.GetFileName(Path), Path);
            return;
        }

        _located.LookAtSets();
        _located.LookAtFiles();
    }

    private void JoinDevices()
    {
        try
        {
            _located.JoinDevices();
        }
        catch (TraceException exception)
        {
            _parts.AddProblem("traces", exception.Message);
        }
    }

    void IOtherFiles.Take(string name, TraceInput input)
    {
        if (RunFileKinds.All.OfType<BinaryFileKind>().FirstOrDefault(kind => kind.Recognizes(input.First)) is { } binary)
        {
            _parts.Add(binary.Read(name, input) with { Kind = binary });
            return;
        }

        using var side = new SideFile(name, input);
        if (side.IsEmpty || side.IsBinary || !AddSideFile(side))
            _unused.Add(Runs.UnusedFiles.Of(side, input.First.Span));
        if (!side.IsBinary && input.IsDamaged())
            _parts.AddProblem(name, "the compressed data is damaged or cut; what came before was read");
    }

    void IOtherFiles.TakeFault(string name, Exception fault) =>
        _parts.AddProblem(name, fault is TraceException or JsonException or IOException or InvalidDataException ? fault.Message : $"cannot be read: {fault.Message}");
}
