using TraceAnalyzer.Reading;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>What the trace says of the run: accumulated sums of the devices that served it, or of the busiest if only that is known. Null is what it does not have.</summary>
internal sealed record RunMeasurements(OperationAccumulators? Read, OperationAccumulators? Write, BusyTimeline? Busy, long FirstNs, long LastNs, long? WallClockStartUnixNs)
{
    /// <summary>Bytes read beyond the first read of each sector.</summary>
    public double RereadBytes { get; init; }

    /// <summary>Bytes read from all devices with issues of their own; on a device that is the only one, from it.</summary>
    public long ReadBytes { get; init; }

    /// <summary>Bytes written to them.</summary>
    public long WriteBytes { get; init; }

    /// <summary>The devices with issues of their own: number and name.</summary>
    public IReadOnlyList<(string Device, string? Name)> Devices { get; init; } = [];

    /// <summary>True if a filter leaves out some of the requests.</summary>
    public bool IsFiltered { get; init; }

    /// <summary>True if a process called fio issued requests.</summary>
    public bool ShowsFio { get; init; }

    /// <summary>The busiest device.</summary>
    public string Device { get; init; } = "";

    /// <summary>Its share of the bytes that all devices with issues of their own moved, 0 to 1.</summary>
    public double ShareOfBytes { get; init; } = 1;

    /// <summary>Other devices with issues of their own that moved at least a tenth of what it did.</summary>
    public IReadOnlyList<string> OtherDevices { get; init; } = [];

    /// <summary>True if the data lies on several devices and nothing says on which of them files lie, so that those of the busiest are taken for it.</summary>
    public bool FilesAreOfOne { get; init; }
}

/// <summary>Joins a run's parts with what was measured in its trace into a <see cref="RunReport"/>.</summary>
internal static class RunReportBuilder
{
    /// <summary>The report; <paramref name="trace"/> is null if there is no trace.</summary>
    public static RunReport Build(RunContext context, RunMeasurements? trace)
    {
        RunFolder folder = context.Folder;
        RunClock? clock = RunClocks.Find(context, trace);
        GpuUse? gpu = GpuJoin.Of(context, clock, trace);
        RunReport report = WithoutTrace(context) with { Facts = Facts(context, Rooflines.Of(context, trace, clock)), Clock = clock, Gpu = gpu, Logged = LoggedRuns.Of(folder, gpu) };
        FoundRun? found = null;
        if (trace is not null)
        {
            report = WithTrace(report, context, trace, out found);
            report = report with { Moved = RealityCheck.Of(context, trace, report) };
        }

        return report with { NotAnswerable = [.. MissingParts.Of(context, trace, report, found)] };
    }

    private static RunReport WithoutTrace(RunContext context)
    {
        RunFolder folder = context.Folder;
        return new RunReport
        {
            Folder = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder.Path))),
            Trace = context.Trace?.Name,
            OtherTraces = [.. folder.Traces.Where(trace => trace != context.Trace).Select(trace => trace.Name)],
            Files = [.. Files(folder)],
            Problems = [.. folder.Problems.Select(problem => new RunFileProblem(problem.File, problem.Message)), .. UncutStacks(context.Tensors)],
            NotAnswerable = [],
            Phases = [],
            Tokens = [],
            Tensors = [],
            Facts = Facts(context, []),
            Frameworks = [.. folder.FrameworkLogs.Select(Figures)],
            FileSystem = context.FileSystem,
            Movement = Movements.Of(context, null, [], null, [], null),
            DeviceMap = [.. context.DeviceMap],
            DriveCounters = DriveWear.Of(folder),
            LogicalReuse = LoggedReuse.Of(folder, Environment.ProcessorCount),
        };
    }

    private static RunFileProblem[] UncutStacks(TensorMap? tensors) => tensors is not { UncutStacks: > 0 and var uncut } ? []
        : [new RunFileProblem("tensors", FormattableString.Invariant($"{uncut} {(uncut == 1 ? "stack of experts is" : "stacks of experts are")} not cut into experts: the files have more than {TensorMap.MostParts} parts"))];

    private static RunReport WithTrace(RunReport report, RunContext context, RunMeasurements trace, out FoundRun? found)
    {
        ComputeTime? compute = trace.Busy is null ? null : context.Compute;
        var spans = new SpanUses(trace, compute, report.Gpu);
        var uses = new TensorUses(context, trace);
        found = FoundRun.Find(context, trace, spans);
        SpanUseReport[] noted = spans.Of(context.Tokens, trace.Read?.Run?.Tokens, trace.Write?.Run?.Tokens);
        PlacedTokens? placed = noted.Length > 0 || found is null ? null : PlacedLogs.Tokens(context.Folder, found.Detection, spans);
        SpanUseReport[] tokens = noted.Length > 0 ? noted : placed?.Tokens ?? found?.Tokens ?? [];
        string? tokenSource = noted.Length > 0 ? context.TokenSource : placed?.Source ?? (tokens.Length > 0 ? RunReport.FoundTokens : null);
        TensorUse[] tensors = uses.All(out TensorUse? unmapped);
        return report with
        {
            IoBusyShare = trace.Busy is { } busy && trace.LastNs > trace.FirstNs ? busy.BusyNs(trace.FirstNs, trace.LastNs) / (trace.LastNs - trace.FirstNs) : null,
            IoIntervals = trace.Busy is null ? null : IntervalsOf(trace.Busy.Intervals),
            Problems = [.. report.Problems, .. noted.Length == 0 ? [] : RunPhases.Contradictions(context, noted)],
            Phases = RunPhases.Of(context, trace, spans, tokens, tokenSource, placed?.UncertaintyNs, found),
            Tokens = Movements.WithPrediction(tokens, Movements.ModelOf(context.Folder.Settings)),
            TokenSource = tokenSource,
            TokenUncertaintyNs = placed?.UncertaintyNs,
            StallSource = compute is { HoldsOwnReads: false } ? compute.Source : null,
            CallSource = compute is { HoldsOwnReads: true } ? compute.Source : null,
            OutsideTokens = noted.Length > 0 ? spans.Outside(trace.Read?.Run?.Tokens, trace.Write?.Run?.Tokens) : tokens.Length > 0 ? spans.Outside(tokens) : null,
            Detection = found?.Detection,
            Tensors = tensors,
            Unmapped = unmapped,
            ModelUse = new ModelUses(context, trace).Of(tensors, unmapped),
            Places = unmapped is null ? [] : uses.Places(),
            Layers = uses.Layers(),
            LayerIo = uses.LayerIo(tensors),
            LayerTurns = spans.OfLayers(context),
            KvRows = uses.KvRows(),
            Movement = Movements.Of(context, trace, tensors, unmapped, tokens, found),
        };
    }

    private static IoIntervals IntervalsOf(BusyIntervals intervals) =>
        new(intervals.JoinedGapNs, [.. intervals.All.Select(interval => interval.FromNs)], [.. intervals.All.Select(interval => interval.ToNs)]);

    private static IEnumerable<RunFile> Files(RunFolder folder)
    {
        foreach (FoundTrace trace in folder.Traces)
            yield return new RunFile(trace.Name, $"trace ({trace.Format})");
        foreach (IGrouping<string, RunFileKind> kinds in RunFileKinds.All.GroupBy(kind => kind.Name))
        {
            foreach (string name in kinds.SelectMany(folder.FilesOf))
                yield return new RunFile(name, kinds.Key);
        }

        foreach (UnusedFile file in folder.UnusedFiles)
            yield return new RunFile(file.Name, file.IsExpected ? RunFile.NotUsed : RunFile.NotUnderstood) { Reason = file.Reason };
    }

    private static RunFacts Facts(RunContext context, RunPart<FioResult>[] rooflines)
    {
        RunFolder folder = context.Folder;
        RunSettings settings = folder.Settings;
        // Past the page cache before through it.
        RunPart<FioResult>[] measured = rooflines.Any(part => !part.Content.IsBuffered) ? [.. rooflines.Where(part => !part.Content.IsBuffered)] : rooflines;
        RunPart<FioResult>? fio = measured.Where(part => part.Content.ReadBytesPerSecond > 0).MaxBy(part => part.Content.ReadBytesPerSecond);
        double? fastestWrite = measured.Select(part => part.Content.WriteBytesPerSecond).DefaultIfEmpty(0).Max();
        bool isStated = (context.RooflineGiBPerSecond ?? settings.DeviceReadGiBPerSecond) is not null;
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
            DeviceReadGiBPerSecond = context.RooflineGiBPerSecond ?? settings.DeviceReadGiBPerSecond ?? GiB(fio?.Content.ReadBytesPerSecond),
            DeviceWriteGiBPerSecond = settings.DeviceWriteGiBPerSecond ?? GiB(fastestWrite),
            DeviceBandwidthSource = context.RooflineGiBPerSecond is not null ? "--roofline" : settings.DeviceReadGiBPerSecond is not null ? "run.json" : fio?.File,
            IsDeviceBandwidthBuffered = !isStated && fio is { Content.IsBuffered: true } ? true : null,
            DevicePoints = isStated ? [] : Rooflines.PointsOf(rooflines),
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
