using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>What the trace says of the run: accumulated sums of the busiest device. Null is what it does not have.</summary>
internal sealed record RunMeasurements(OperationAccumulators? Read, OperationAccumulators? Write, BusyTimeline? Busy, long FirstNs, long LastNs, long? WallClockStartUnixNs);

/// <summary>Joins a run's parts with what was measured in its trace into a <see cref="RunReport"/>.</summary>
internal sealed partial class RunReportBuilder
{
    private readonly RunContext _context;
    private readonly RunFolder _folder;
    private readonly RunMeasurements? _trace;
    private ComputeTime? _compute;
    private ActivityAlignment? _unclear;
    private GpuUse? _gpu;

    private RunAccumulators? Read => _trace?.Read?.Run;
    private RunAccumulators? Write => _trace?.Write?.Run;

    private RunReportBuilder(RunContext context, RunMeasurements? trace)
    {
        _context = context;
        _folder = context.Folder;
        _trace = trace;
    }

    /// <summary>The report; <paramref name="trace"/> is null if there is no trace.</summary>
    public static RunReport Build(RunContext context, RunMeasurements? trace) => new RunReportBuilder(context, trace).Build();

    private RunReport Build()
    {
        RunSettings settings = _folder.Settings;
        RunClock? clock = RunClocks.Find(_context, _trace, out _unclear);
        GpuUse? gpu = GpuJoin.Of(_context, clock, _trace);
        _gpu = gpu;
        _compute = _trace?.Busy is null ? null : ComputeTime.Of(_folder, gpu);
        FoundRun? found = FindRun(settings);
        SpanUseReport[] detected = found?.Tokens ?? [];
        SpanUseReport[] tokens = _trace is null ? [] : Spans(_context.Tokens, Read?.Tokens, Write?.Tokens);
        bool hasNoted = tokens.Length > 0;
        PlacedTokens? placed = hasNoted ? null : Placed(found?.Detection);
        TensorUse[] tensors = Tensors(out TensorUse? unmapped);
        string? tokenSource = hasNoted ? _context.TokenSource : placed?.Source ?? (detected.Length > 0 ? FoundTokens : null);
        tokens = hasNoted ? tokens : placed?.Tokens ?? detected;
        var report = new RunReport
        {
            Folder = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(_folder.Path))),
            Trace = _context.Trace?.Name,
            OtherTraces = [.. _folder.Traces.Where(trace => trace != _context.Trace).Select(trace => trace.Name)],
            Files = [.. Files()],
            Problems = [.. _folder.Problems.Select(problem => new RunFileProblem(problem.File, problem.Message))],
            NotAnswerable = [],
            Facts = Facts(settings),
            Frameworks = [.. _folder.FrameworkLogs.Select(Figures)],
            Clock = clock,
            Gpu = gpu,
            Logged = LoggedRuns.Of(_folder, gpu),
            IoBusyShare = _trace is { Busy: not null } && _trace.LastNs > _trace.FirstNs ? _trace.Busy.BusyNs(_trace.FirstNs, _trace.LastNs) / (_trace.LastNs - _trace.FirstNs) : null,
            Phases = _trace is null ? [] : Phases(tokens, tokenSource, placed?.UncertaintyNs, found),
            Tokens = WithPrediction(tokens, Model(settings)),
            TokenSource = tokenSource,
            TokenUncertaintyNs = placed?.UncertaintyNs,
            StallSource = _compute?.Source,
            OutsideTokens = hasNoted ? Outside(Read?.Tokens, Write?.Tokens) : null,
            Detection = found?.Detection,
            Tensors = tensors,
            FileSystem = _context.FileSystem,
            Unmapped = unmapped,
            Places = unmapped is null ? [] : [.. _context.Tensors!.Extents.Places().Select(place => new TensorPlace(place.FirstSector, place.Sectors, place.File))],
            Layers = Layers(),
            LayerIo = LayerIo(tensors),
            LayerTurns = LayerTurns(),
            KvRows = KvRows(settings),
            Movement = Movement(settings, tensors, unmapped),
        };
        return report with { NotAnswerable = [.. Missing(report, found)] };
    }

    private IEnumerable<RunFile> Files()
    {
        foreach (RunTrace trace in _folder.Traces)
            yield return new RunFile(trace.Name, $"trace ({trace.Format})");
        foreach (IGrouping<string, RunFileKind> kinds in RunFileKinds.All.GroupBy(kind => kind.Name))
        {
            foreach (string name in kinds.SelectMany(_folder.FilesOf))
                yield return new RunFile(name, kinds.Key);
        }

        foreach (UnusedFile file in _folder.UnusedFiles)
            yield return new RunFile(file.Name, file.IsExpected ? RunFile.NotUsed : RunFile.NotUnderstood) { Reason = file.Reason };
    }

    private IEnumerable<string> Missing(RunReport report, FoundRun? found)
    {
        if (_trace is null)
            yield return "Everything about I/O: the folder holds no trace.";
        // Nothing was expected of a folder with a trace alone.
        if (!_folder.HasParts)
            yield break;
        if (report.Gpu is null)
            yield return _folder.GpuLogs is [var empty, ..] ? $"Use of the GPU: {empty.File}: {empty.Content.Remarks.FirstOrDefault("has no sample")}."
                : _folder.UnreadableOf(RunFileKinds.GpuLogs) is { } fault ? $"Use of the GPU: {fault}."
                : "Use of the GPU: the folder holds no GPU log.";
        else if (_trace is not null && report.Clock is null)
            yield return "GPU and I/O on one clock: nothing ties the trace's clock to wall-clock time (a timestamp record, run.json, or --clock-offset)" + Unclear() + ".";
        else if (_trace is not null && report.Gpu.Shares is null)
            yield return _trace.Busy is null ? "Shares of time of GPU and I/O: the trace has no completions." : "Shares of time of GPU and I/O: GPU log and trace have no time in common.";
        if (_trace is not null && report.Tokens.Length == 0)
            yield return "Tokens: no file tells their times on the trace's clock, and the trace shows no passes.";
        if (found is { Written: null })
            yield return (found.Detection.Kind == "weights" ? "Write-out" : "Prefill") + ": before the first pass the trace shows no writes of what the passes read.";
        foreach (string file in UnplacedLogs(report))
            yield return $"Phases of {file}: nothing in the trace fits the times that it says.";
        if (_trace is not null && report.Unmapped is null)
            yield return "Tensors: no list of extents says which sectors hold which file.";
        if (_trace is not null && report.Unmapped is not null && report.Layers is null)
            yield return "Layers: nothing says which file holds which layer.";
        if (report.Unmapped is { } rest && rest.ReadBytes + rest.WriteBytes > report.Tensors.Sum(tensor => tensor.ReadBytes + tensor.WriteBytes))
            yield return "Most bytes by tensor: most belong to no listed file. The extents may be of another moment, or of a partition while the whole disk was traced.";
        if (report.Movement?.Model is null)
        {
            yield return ModelOf(_folder.Settings) is null
                ? "What the run had to move: model, lengths or what is on disk are not known (run.json can say)."
                : "What the run had to move: the sizes that the run states ask for more bytes than any device has.";
        }

        if (_trace is not null && report.Movement?.FrameworkReadBytes is null)
            yield return "Page-cache hits and read amplification: the framework did not note its tensor I/O.";
    }

    private string Unclear() => _unclear is null
        ? ""
        : FormattableString.Invariant($", and GPU and reads rise and fall alike at many offsets (correlation {_unclear.Correlation:F2} at best, {_unclear.NextCorrelation:F2} elsewhere)");

    private RunFacts Facts(RunSettings settings)
    {
        RunPart<FioResult>? fio = _folder.Fio.Where(part => part.Content.ReadBytesPerSecond > 0).MaxBy(part => part.Content.ReadBytesPerSecond);
        double? fastestWrite = _folder.Fio.Select(part => part.Content.WriteBytesPerSecond).DefaultIfEmpty(0).Max();
        return new RunFacts
        {
            Framework = settings.Framework,
            Model = settings.Model,
            Dtype = settings.Dtype,
            BatchSize = settings.BatchSize,
            PromptTokens = settings.PromptTokens,
            GeneratedTokens = settings.GeneratedTokens,
            WeightsOnDiskPercent = settings.WeightsOnDiskPercent,
            CacheOnDiskPercent = settings.CacheOnDiskPercent,
            DeviceReadGiBPerSecond = _context.RooflineGiBPerSecond ?? settings.DeviceReadGiBPerSecond ?? GiB(fio?.Content.ReadBytesPerSecond),
            DeviceWriteGiBPerSecond = settings.DeviceWriteGiBPerSecond ?? GiB(fastestWrite),
            DeviceBandwidthSource = _context.RooflineGiBPerSecond is not null ? "--roofline" : settings.DeviceReadGiBPerSecond is not null ? "run.json" : fio?.File,
        };
    }

    private static double? GiB(double? bytesPerSecond) => bytesPerSecond > 0 ? bytesPerSecond / (1L << 30) : null;

    private static FrameworkFigures Figures(RunPart<FrameworkLog> part) => new()
    {
        File = part.File,
        Framework = FrameworkLog.NameOf(part.Content.Framework),
        ModelGiB = part.Content.Summary.ModelGiB,
        CacheGiB = part.Content.Summary.CacheGiB,
        PrefillSeconds = part.Content.Summary.PrefillSeconds,
        DecodeSeconds = part.Content.Summary.DecodeSeconds,
        TotalSeconds = part.Content.Summary.TotalSeconds,
        TokenSeconds = [.. part.Content.TokenLatencySeconds],
    };
}
