using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Analysis.OfRun;

// What had to be moved, and what was.
internal sealed partial class RunReportBuilder
{
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

    // Closed forms exist for all or nothing of weights or cache on disk.
    private static OffloadModel? Model(RunSettings settings) => ModelOf(settings) is { IsPossible: true } model ? model : null;

    private static OffloadModel? ModelOf(RunSettings settings)
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

    private static SpanUseReport[] WithPrediction(SpanUseReport[] tokens, OffloadModel? model) => model is null ? tokens :
    [
        .. tokens.Select(token => token.Index is { } step && step < model.Steps
            ? token with { PredictedReadBytes = model.BytesReadAtStep(step), PredictedWriteBytes = model.BytesWrittenAtStep(step) }
            : token),
    ];

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
