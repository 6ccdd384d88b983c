using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>What had to be moved, by closed form; what the framework moved, by its log; and what the trace shows.</summary>
internal static class Movements
{
    /// <summary>
    /// By file, or by tensor where the framework names tensors: what the framework moved in the phases that the trace shows. Buffered writes reach the device later than the framework made them,
    /// so the trace's own times would miss the first; they decide where no phases are known. Null if the framework did not note it.
    /// </summary>
    public static Dictionary<string, (long Read, long Written)>? FrameworkBytes(RunContext context, RunMeasurements trace)
    {
        if (context.Folder.TensorIo.Count == 0)
            return null;
        var bytes = new Dictionary<string, (long Read, long Written)>(StringComparer.Ordinal);
        string[] phases = [.. context.Phases.All.Where(phase => phase.StartNs <= trace.LastNs && phase.EndNs > trace.FirstNs).Select(phase => phase.Name)];
        // Tokens that ended before the trace began are not in it, though their phase may be.
        long[] before = [.. context.Tokens.All.Where(token => token.EndNs <= trace.FirstNs).Select(token => token.EndNs)];
        long fromNs = before.Length > 0 ? before[^1] : long.MinValue;
        foreach (TensorTransfer transfer in context.Folder.TensorIo[0].Content.Transfers)
        {
            if (transfer.EndMonotonicNs <= fromNs || (phases.Length > 0 ? !phases.Contains(transfer.Phase) : transfer.EndMonotonicNs < trace.FirstNs || transfer.StartMonotonicNs > trace.LastNs))
                continue;
            // Of a file with several tensors the framework names the tensor; so it does of one that it maps into memory.
            string file = transfer.Tensor ?? System.IO.Path.GetFileName(transfer.File);
            (long read, long written) = bytes.GetValueOrDefault(file);
            bytes[file] = transfer.Direction == OperationClass.Read ? (read + transfer.LengthBytes, written) : (read, written + transfer.LengthBytes);
        }

        return bytes.Count > 0 ? bytes : null;
    }

    /// <summary>The closed form of a run whose sizes are possible; null if there is none.</summary>
    public static OffloadModel? ModelOf(RunSettings settings) => StatedModel(settings) is { IsPossible: true } model ? model : null;

    /// <summary>The same, possible or not. Closed forms exist for all or nothing of weights or cache on disk.</summary>
    public static OffloadModel? StatedModel(RunSettings settings)
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

    // The steps that the trace reaches; null if it does not show which they are: passes found in it do only if they are as many as the run has.
    private static int[]? StepsOf(OffloadModel model, SpanUseReport[] tokens, FoundRun? found)
    {
        int[] steps = [.. tokens.Where(token => token.Kind != SpanKind.Pass).Select(token => token.Index).OfType<int>()];
        if (steps.Length == 0 || steps.Any(step => step >= model.Steps))
            return null;
        if (found is null || !ReferenceEquals(tokens, found.Tokens))
            return steps;
        return steps[^1] != model.Steps - 1 ? null : found is { IsCache: true, Written: not null } ? [0, .. steps] : steps;
    }

    /// <summary>The tokens with what each has to move.</summary>
    public static SpanUseReport[] WithPrediction(SpanUseReport[] tokens, OffloadModel? model) => model is null ? tokens :
    [
        .. tokens.Select(token => token.Index is { } step && step < model.Steps
            ? token with { PredictedReadBytes = model.BytesReadAtStep(step), PredictedWriteBytes = model.BytesWrittenAtStep(step) }
            : token),
    ];

    /// <summary>All three; null if neither a closed form nor a log is there. Of a run with a trace, the closed form is of what the trace covers.</summary>
    public static Movement? Of(RunContext context, RunMeasurements? trace, TensorUse[] tensors, TensorUse? unmapped, SpanUseReport[] tokens, FoundRun? found)
    {
        OffloadModel? model = ModelOf(context.Folder.Settings);
        Dictionary<string, (long Read, long Written)>? framework = trace is null ? null : FrameworkBytes(context, trace);
        if (model is null && framework is null)
            return null;
        int[]? steps = model is null ? null : trace is null ? [.. Enumerable.Range(0, model.Steps)] : StepsOf(model, tokens, found);
        var movement = new Movement
        {
            Model = model switch
            {
                KvCacheOffload => "KV cache on disk: step i reads all rows up to its own and writes one",
                WeightOffload => "weights on disk: each pass reads every parameter once, a tied embedding twice; they are written once before",
                _ => null,
            },
            PredictedTokens = steps?.Length,
            PredictedReadBytes = steps?.Sum(step => model!.BytesReadAtStep(step)),
            PredictedWriteBytes = trace is null || model is not WeightOffload || found?.Written is not null ? model?.SetupBytesWritten + steps?.Sum(step => model!.BytesWrittenAtStep(step)) : null,
            FrameworkReadBytes = framework?.Values.Sum(bytes => bytes.Read),
            FrameworkWriteBytes = framework?.Values.Sum(bytes => bytes.Written),
            TraceReadBytes = trace?.ReadBytes,
            TraceWriteBytes = trace?.WriteBytes,
        };
        // Of files that lie on other devices, the busiest shows nothing.
        if (framework is null || unmapped is null || trace!.OtherDevices.Count > 0 || trace.FilesAreOfOne)
            return movement;

        long elsewhere = movement.FrameworkReadBytes!.Value - tensors.Sum(tensor => tensor.FrameworkReadBytes!.Value);
        long hits = tensors.Sum(tensor => Math.Max(0, tensor.FrameworkReadBytes!.Value - tensor.ReadBytes));
        long excess = tensors.Sum(tensor => Math.Max(0, tensor.ReadBytes - tensor.FrameworkReadBytes!.Value));
        return movement with
        {
            CacheHitBytes = hits,
            ExcessReadBytes = excess,
            UnmappedReadBytes = unmapped.ReadBytes,
            FrameworkElsewhereReadBytes = elsewhere,
            UnexplainedReadBytes = trace.ReadBytes - (movement.FrameworkReadBytes - elsewhere) - excess - unmapped.ReadBytes + hits,
        };
    }
}
