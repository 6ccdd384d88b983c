using TraceAnalyzer.Reports;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>What the trace says of the run: accumulated sums of the busiest device. Null is what it does not have.</summary>
internal sealed record RunMeasurements(OperationAccumulators? Read, OperationAccumulators? Write, BusyTimeline? Busy, long FirstNs, long LastNs, long? WallClockStartUnixNs);

/// <summary>Joins a run's parts with what was measured in its trace into a <see cref="RunReport"/>.</summary>
internal sealed class RunReportBuilder
{
    private readonly RunContext _context;
    private readonly RunFolder _folder;
    private readonly RunMeasurements? _trace;
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
        RunClock? clock = RunClocks.Find(_context, _trace);
        GpuUse? gpu = GpuJoin.Of(_context, clock, _trace);
        PassDetection? detection = Detection(settings, out SpanUseReport[] detected);
        SpanUseReport[] tokens = _trace is null ? [] : Spans(_context.Tokens, Read?.Tokens, Write?.Tokens);
        bool hasNoted = tokens.Length > 0;
        TensorUse[] tensors = Tensors(out TensorUse? unmapped);
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
            IoBusyShare = _trace is { Busy: not null } && _trace.LastNs > _trace.FirstNs ? _trace.Busy.BusyNs(_trace.FirstNs, _trace.LastNs) / (_trace.LastNs - _trace.FirstNs) : null,
            Phases = _trace is null ? [] : Spans(_context.Phases, Read?.Phases, Write?.Phases),
            Tokens = hasNoted ? tokens : detected,
            TokenSource = hasNoted ? _context.TokenSource : detected.Length > 0 ? "trace" : null,
            OutsideTokens = hasNoted ? Outside(Read?.Tokens, Write?.Tokens) : null,
            Detection = detection,
            Tensors = tensors,
            Unmapped = unmapped,
            Places = unmapped is null ? [] : [.. _context.Tensors!.Extents.Places().Select(place => new TensorPlace(place.FirstSector, place.Sectors, place.File))],
            Layers = Layers(),
            KvRows = KvRows(settings),
            Movement = Movement(settings, tensors, unmapped),
        };
        return report with { NotAnswerable = [.. Missing(report)] };
    }

    private IEnumerable<RunFile> Files()
    {
        foreach (RunTrace trace in _folder.Traces)
            yield return new RunFile(trace.Name, $"trace ({trace.Format})");
        foreach ((string kind, IEnumerable<string> names) in ((string, IEnumerable<string>)[])
        [
            ("GPU log", _folder.GpuLogs.Select(part => part.File)),
            ("framework log", _folder.FrameworkLogs.Select(part => part.File)),
            ("environment", _folder.Environments.Select(part => part.File)),
            ("tokens", _folder.Tokens.Select(part => part.File)),
            ("layers", _folder.Layers.Select(part => part.File)),
            ("tensor I/O", _folder.TensorIo.Select(part => part.File)),
            ("tensors", _folder.Tensors.Select(part => part.File)),
            ("extents", _folder.Extents.Select(part => part.File)),
            ("marks", _folder.Marks.Select(part => part.File)),
            ("DeepNVMe results", _folder.DeepNvme.Select(part => part.File)),
            ("not understood", _folder.UnknownFiles),
        ])
        {
            foreach (string name in names)
                yield return new RunFile(name, kind);
        }
    }

    private IEnumerable<string> Missing(RunReport report)
    {
        if (_trace is null)
            yield return "Everything about I/O: the folder holds no trace.";
        if (report.Gpu is null)
            yield return "Use of the GPU: the folder holds no GPU log.";
        else if (_trace is not null && report.Clock is null)
            yield return "GPU and I/O on one clock: nothing ties the trace's clock to wall-clock time (a timestamp record, run.json, or --clock-offset).";
        else if (_trace is not null && report.Gpu.Shares is null)
            yield return _trace.Busy is null ? "Shares of time of GPU and I/O: the trace has no completions." : "Shares of time of GPU and I/O: GPU log and trace have no time in common.";
        if (_trace is not null && report.Tokens.Length == 0)
            yield return "Tokens: no file tells their times on the trace's clock, and the trace shows no passes.";
        if (_trace is not null && report.Unmapped is null)
            yield return "Tensors: no list of extents says which sectors hold which file.";
        if (_trace is not null && report.Unmapped is not null && report.Layers is null)
            yield return "Layers: nothing says which file holds which layer.";
        if (report.Unmapped is { } rest && rest.ReadBytes + rest.WriteBytes > report.Tensors.Sum(tensor => tensor.ReadBytes + tensor.WriteBytes))
            yield return "Most bytes by tensor: most belong to no listed file. The extents may be of another moment, or of a partition while the whole disk was traced.";
        if (report.Movement?.Model is null)
            yield return "What the run had to move: model, lengths or what is on disk are not known (run.json can say).";
        if (_trace is not null && report.Movement?.FrameworkReadBytes is null)
            yield return "Page-cache hits and read amplification: the framework did not note its tensor I/O.";
    }

    private RunFacts Facts(RunSettings settings) => new()
    {
        Framework = settings.Framework,
        Model = settings.Model,
        Dtype = settings.Dtype,
        BatchSize = settings.BatchSize,
        PromptTokens = settings.PromptTokens,
        GeneratedTokens = settings.GeneratedTokens,
        WeightsOnDiskPercent = settings.WeightsOnDiskPercent,
        CacheOnDiskPercent = settings.CacheOnDiskPercent,
        DeviceReadGiBPerSecond = _context.RooflineGiBPerSecond ?? settings.DeviceReadGiBPerSecond,
        DeviceWriteGiBPerSecond = settings.DeviceWriteGiBPerSecond,
    };

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

    // Spans that the trace does not reach are left out: of them it says nothing.
    private SpanUseReport[] Spans(TimeSpans spans, SpanAccumulator? read, SpanAccumulator? write)
    {
        var reports = new List<SpanUseReport>();
        for (int i = 0; i < spans.All.Count; i++)
        {
            NamedSpan span = spans.All[i];
            long endNs = Math.Min(span.EndNs, Math.Max(span.StartNs, _trace!.LastNs + 1));
            if (span.StartNs <= _trace.LastNs && span.EndNs > _trace.FirstNs)
                reports.Add(Span(span with { EndNs = span.EndNs == long.MaxValue ? endNs : span.EndNs }, read?.Uses[i], write?.Uses[i]));
        }

        return [.. reports];
    }

    private SpanUseReport Span(NamedSpan span, SpanUse? read, SpanUse? write)
    {
        long firstNs = Math.Min(read?.FirstNs ?? long.MaxValue, write?.FirstNs ?? long.MaxValue);
        long lastNs = Math.Max(read?.LastNs ?? long.MinValue, write?.LastNs ?? long.MinValue);
        return new SpanUseReport
        {
            Name = span.Name,
            Index = span.Index,
            StartNs = span.StartNs,
            EndNs = span.EndNs,
            ReadRequests = read?.Requests ?? 0,
            ReadBytes = read?.Bytes ?? 0,
            WriteRequests = write?.Requests ?? 0,
            WriteBytes = write?.Bytes ?? 0,
            FirstNs = firstNs == long.MaxValue ? null : firstNs,
            LastNs = lastNs == long.MinValue ? null : lastNs,
            IoBusyNs = _trace!.Busy is { } busy ? (long)Math.Round(busy.BusyNs(span.StartNs, span.EndNs)) : null,
        };
    }

    private SpanUseReport Outside(SpanAccumulator? read, SpanAccumulator? write) =>
        Span(new NamedSpan("outside", null, _trace!.FirstNs, _trace.LastNs + 1), read?.Uses[^1], write?.Uses[^1]) with { IoBusyNs = null };

    private PassDetection? Detection(RunSettings settings, out SpanUseReport[] tokens)
    {
        tokens = [];
        if (Read is null)
            return null;
        DetectedPasses found = PassDetector.Detect(Read.Visits.Visits());
        if (found.Passes.Count < 2)
            return null;

        long[] starts = [.. found.Passes.Select(pass => pass.StartNs)];
        bool isCache = settings switch
        {
            { CacheOnDiskPercent: > 0 } => true,
            { WeightsOnDiskPercent: > 0 } => false,
            _ => WritesBetween(starts),
        };
        tokens = DetectedTokens(found.Passes, isCache);

        // The prefill of a KV run reads nothing.
        long[] known = [.. _context.Tokens.All.Where(token => token.StartNs <= _trace!.LastNs && token.EndNs > _trace.FirstNs && !(isCache && token.Index == 0)).Select(token => token.StartNs)];
        long[] lengths = [.. starts.Zip(starts.Skip(1), (start, next) => next - start).Order()];
        return new PassDetection(
            isCache ? "kv-cache" : "weights",
            starts,
            found.Confidence,
            known.Length > 0 ? known.Length : null,
            known.Length == starts.Length ? known.Zip(starts, (noted, start) => Math.Abs(start - noted)).Max() : null,
            lengths[lengths.Length / 2]);
    }

    private bool WritesBetween(long[] starts)
    {
        long[] written = WrittenBetween([.. starts, _trace!.LastNs + 1]);
        return written.Count(bytes => bytes > 0) >= 0.6 * written.Length;
    }

    // To within a bin of the writes' series, which is at most a few thousandths of the trace.
    private long[] WrittenBetween(long[] bounds)
    {
        long[] written = new long[bounds.Length - 1];
        if (_trace!.Write?.Throughput is not { } series)
            return written;
        for (int bin = 0; bin < series.Bytes.Length; bin++)
        {
            long startNs = series.Scale.OriginNs + (bin * series.Scale.WidthNs);
            int at = Array.BinarySearch(bounds, startNs);
            at = at >= 0 ? at : ~at - 1;
            if (at >= 0 && at < written.Length)
                written[at] += series.Bytes[bin];
        }

        return written;
    }

    private SpanUseReport[] DetectedTokens(IReadOnlyList<DetectedPass> passes, bool isCache)
    {
        var reports = new List<SpanUseReport>();
        long[] bounds = [.. passes.Select(pass => pass.StartNs), _trace!.LastNs + 1];
        long[] written = WrittenBetween(bounds);
        if (isCache)
        {
            long firstNs = _trace.FirstNs;
            reports.Add(Span(new NamedSpan(RunContext.NameOf(0), 0, firstNs, bounds[0]), null, null) with { WriteBytes = WrittenBetween([firstNs, bounds[0]])[0] });
        }

        for (int i = 0; i < passes.Count; i++)
        {
            int token = reports.Count;
            reports.Add(Span(new NamedSpan(RunContext.NameOf(token), token, bounds[i], bounds[i + 1]), null, null) with
            {
                ReadRequests = passes[i].Requests,
                ReadBytes = passes[i].Bytes,
                WriteBytes = written[i],
            });
        }

        return [.. reports];
    }

    private TensorUse[] Tensors(out TensorUse? unmapped)
    {
        unmapped = null;
        if (_trace is null || _context.Tensors is not { } map)
            return [];
        TensorAccumulator? read = Read?.Tensors;
        TensorAccumulator? write = Write?.Tensors;
        Dictionary<string, (long Read, long Written)>? framework = FrameworkBytes();
        TensorUse Use(int file, string name, TensorEntry? tensor)
        {
            (long Read, long Written)? noted = framework is null || file == map.Extents.Files.Count ? null : framework.GetValueOrDefault(System.IO.Path.GetFileName(name));
            return new TensorUse
            {
                File = name,
                Tensor = tensor?.Name,
                Layer = tensor?.Layer,
                Role = tensor is null ? null : NameOf(tensor.Role),
                ReadRequests = read?.Requests[file] ?? 0,
                ReadBytes = read?.Bytes[file] ?? 0,
                WriteRequests = write?.Requests[file] ?? 0,
                WriteBytes = write?.Bytes[file] ?? 0,
                FrameworkReadBytes = noted?.Read,
                FrameworkWriteBytes = noted?.Written,
            };
        }

        unmapped = Use(map.Extents.Files.Count, "", null);
        return [.. map.Extents.Files.Select((file, i) => Use(i, file, map.Tensors[i]))];
    }

    private static string NameOf(TensorRole role) => role switch
    {
        TensorRole.Weight => "weight",
        TensorRole.KeyCache => "key-cache",
        TensorRole.ValueCache => "value-cache",
        _ => "other",
    };

    // By file: what the framework moved in the phases that the trace shows. Buffered writes reach the device later than the framework made them,
    // so the trace's own times would miss the first; they decide where no phases are known.
    private Dictionary<string, (long Read, long Written)>? FrameworkBytes()
    {
        if (_folder.TensorIo.Count == 0)
            return null;
        var bytes = new Dictionary<string, (long Read, long Written)>(StringComparer.Ordinal);
        string[] phases = [.. _context.Phases.All.Where(phase => phase.StartNs <= _trace!.LastNs && phase.EndNs > _trace.FirstNs).Select(phase => phase.Name)];
        foreach (TensorTransfer transfer in _folder.TensorIo[0].Content.Transfers)
        {
            if (phases.Length > 0 ? !phases.Contains(transfer.Phase) : transfer.EndMonotonicNs < _trace!.FirstNs || transfer.StartMonotonicNs > _trace.LastNs)
                continue;
            string file = System.IO.Path.GetFileName(transfer.File);
            (long read, long written) = bytes.GetValueOrDefault(file);
            bytes[file] = transfer.Direction == OperationClass.Read ? (read + transfer.LengthBytes, written) : (read, written + transfer.LengthBytes);
        }

        return bytes.Count > 0 ? bytes : null;
    }

    private LayersOverTime? Layers()
    {
        if (_context.Tensors is not { Layers: > 0 } map || (Read ?? Write)?.Tensors is null)
            return null;
        TimeBinning columns = SharedColumns();
        return new LayersOverTime(columns, Rows(Read?.Tensors?.LayerCells, Read?.Tensors, map.Layers, columns), Rows(Write?.Tensors?.LayerCells, Write?.Tensors, map.Layers, columns));
    }

    // Reads and writes may have columns of different widths; the wider is a multiple of the narrower.
    private TimeBinning SharedColumns()
    {
        TimeScale[] scales = [.. new[] { Read?.Tensors?.Columns, Write?.Tensors?.Columns }.OfType<TimeScale>()];
        TimeScale widest = scales.MaxBy(scale => scale.WidthNs)!;
        long count = Math.Max(1, ((_trace!.LastNs - widest.OriginNs) / widest.WidthNs) + 1);
        return new TimeBinning(widest.OriginNs, widest.WidthNs, (int)Math.Min(count, TensorAccumulator.MaxColumns));
    }

    private static long[][] Rows(long[][]? cells, TensorAccumulator? accumulator, int count, TimeBinning columns)
    {
        if (cells is null || accumulator is null)
            return [.. Enumerable.Range(0, count).Select(_ => Array.Empty<long>())];
        long factor = columns.WidthNs / accumulator.Columns.WidthNs;
        return [.. cells.Select(row =>
        {
            long[] joined = BinnedSeries.Joined(row, factor, columns.Count);
            return joined[..(joined.AsSpan().LastIndexOfAnyExcept(0) + 1)];
        })];
    }

    private KvRowUse? KvRows(RunSettings settings)
    {
        if (_context.Tensors is not { Rows: > 0 } map || Read?.Tensors is not { } read)
            return null;
        long positionBytes = Enumerable.Range(0, map.Tensors.Count).Sum(map.RowBytesOf);
        double[] reads = [.. read.RowBytes.Select(bytes => (double)bytes / positionBytes)];
        TimeBinning columns = SharedColumns();
        KvCacheOffload? model = Model(settings) as KvCacheOffload;
        return new KvRowUse
        {
            PositionBytes = positionBytes,
            Reads = reads,
            PredictedReads = model is not null && model.Rows == reads.Length ? [.. Enumerable.Range(0, model.Rows).Select(model.ReadsOfRow)] : null,
            // Fractions of a read come from requests that reach into the next position.
            RankCorrelation = RankCorrelation.WithPosition([.. reads.Select(count => Math.Round(count))]),
            Columns = columns,
            PositionsPerRow = read.RowsPerGroup,
            ReadBytes = Rows(read.RowCells, read, read.RowCells.Length, columns),
        };
    }

    // Closed forms exist for all or nothing of weights or cache on disk.
    private static OffloadModel? Model(RunSettings settings)
    {
        if (settings.Shape is not { } shape || settings.GeneratedTokens is not { } generated)
            return null;
        int elementBytes = settings.Dtype is { } dtype ? new TensorEntry("", "", null, TensorRole.Other, [], dtype).ElementBytes ?? 2 : 2;
        return settings switch
        {
            { CacheOnDiskPercent: 100, BatchSize: { } batch, PromptTokens: { } prompt } when settings.WeightsOnDiskPercent is null or 0 =>
                new KvCacheOffload(shape, elementBytes, batch, prompt, generated),
            { WeightsOnDiskPercent: 100 } when settings.CacheOnDiskPercent is null or 0 => new WeightOffload(shape, elementBytes, generated),
            _ => null,
        };
    }

    private Movement? Movement(RunSettings settings, TensorUse[] tensors, TensorUse? unmapped)
    {
        OffloadModel? model = Model(settings);
        Dictionary<string, (long Read, long Written)>? framework = _trace is null ? null : FrameworkBytes();
        if (model is null && framework is null)
            return null;
        long? traceRead = _trace is null ? null : BytesOf(_trace.Read);
        var movement = new Movement
        {
            Model = model switch
            {
                KvCacheOffload => "KV cache on disk: step i reads all rows up to its own and writes one",
                WeightOffload => "weights on disk: each pass reads every parameter once, a tied embedding twice; they are written once before",
                _ => null,
            },
            PredictedReadBytes = model?.BytesRead,
            PredictedWriteBytes = model?.SetupBytesWritten + model?.BytesWritten,
            FrameworkReadBytes = framework?.Values.Sum(bytes => bytes.Read),
            FrameworkWriteBytes = framework?.Values.Sum(bytes => bytes.Written),
            TraceReadBytes = traceRead,
            TraceWriteBytes = _trace is null ? null : BytesOf(_trace.Write),
        };
        if (framework is null || unmapped is null)
            return movement;

        long hits = tensors.Sum(tensor => Math.Max(0, tensor.FrameworkReadBytes!.Value - tensor.ReadBytes));
        long excess = tensors.Sum(tensor => Math.Max(0, tensor.ReadBytes - tensor.FrameworkReadBytes!.Value));
        return movement with
        {
            CacheHitBytes = hits,
            ExcessReadBytes = excess,
            UnmappedReadBytes = unmapped.ReadBytes,
            UnexplainedReadBytes = traceRead - movement.FrameworkReadBytes - excess - unmapped.ReadBytes + hits,
        };
    }

    private static long BytesOf(OperationAccumulators? operation) => operation?.Sizes.Sizes().Sum(size => size.SizeBytes * size.Requests) ?? 0;
}
