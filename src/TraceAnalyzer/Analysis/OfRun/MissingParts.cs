using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>What a run's report cannot say, and why.</summary>
internal static class MissingParts
{
    /// <summary>A sentence for each.</summary>
    public static IEnumerable<string> Of(RunContext context, RunMeasurements? trace, RunReport report, FoundRun? found)
    {
        RunFolder folder = context.Folder;
        if (trace is null)
            yield return "Everything about I/O: the folder holds no trace.";
        if (trace is { OtherDevices: { Count: > 0 } others })
        {
            yield return $"The run as a whole: tokens, phases, tensors and findings are of {trace.Device} alone, which moved {Units.Share(trace.ShareOfBytes)} of the bytes; "
                + $"{string.Join(", ", others)} moved at least a tenth as much each.";
        }

        if (trace is { FilesAreOfOne: true } && report.Unmapped is not null)
        {
            yield return $"Tensors on all devices: nothing says which of the traced devices the listed files lie on; they are taken for those of {trace.Device}, which moved {Units.Share(trace.ShareOfBytes)} of the bytes.";
        }

        // Nothing was expected of a folder with a trace alone.
        if (!folder.HasParts)
            yield break;
        foreach (string rejected in Rooflines.Rejected(context, trace, report.Clock))
            yield return rejected;
        if (report.Gpu is null)
            yield return folder.GpuLogs is [var empty, ..] ? $"Use of the GPU: {empty.File}: {empty.Content.Remarks.FirstOrDefault("has no sample")}."
                : folder.UnreadableOf(RunFileKinds.GpuLogs) is { } fault ? $"Use of the GPU: {fault}."
                : "Use of the GPU: the folder holds no GPU log.";
        else if (trace is not null && report.Clock is null)
            yield return "GPU and I/O on one clock: nothing ties the trace's clock to wall-clock time (a timestamp record, run.json, or --clock-offset).";
        else if (trace is not null && report.Gpu.Shares is null)
            yield return trace.Busy is null ? "Shares of time of GPU and I/O: the trace has no completions." : "Shares of time of GPU and I/O: GPU log and trace have no time in common.";
        if (trace is not null && report.Tokens.Length == 0)
        {
            yield return "Tokens: no file tells their times on the trace's clock, and the trace shows "
                + (found is null ? "no passes." : FormattableString.Invariant($"passes that are too irregular (score {found.Detection.Score:F2}) to say where each begins."));
        }
        if (report is { Tokens.Length: > 0, StallSource: null, CallSource: null } && trace?.Busy is not null)
            yield return "Computing and stalls: no file tells when layers were computed. A GPU sample above 0 % says only that some kernel ran in its period.";
        if (found is { Written: null } && found.Detection.Kind != PassKind.Unknown)
            yield return "Write-out: before the first pass the trace shows no writes of what the passes read.";
        if (found is { IsCache: true } && !report.Phases.Any(phase => phase.Kind == SpanKind.Prefill))
            yield return "Prefill: it reads nothing, and what it writes reaches the device later, so that the trace does not show when it began.";
        foreach (string file in PlacedLogs.Unplaced(folder, report))
            yield return $"Phases of {file}: nothing in the trace fits the times that it says.";
        foreach (string fault in context.PlaceFaults)
            yield return $"Tensors: where files lie on the traced devices is not known. {fault}";
        foreach (string contradicting in context.ExtentsNotUsed)
            yield return $"Tensors: {contradicting}";
        if (trace is not null && report.Unmapped is null)
            yield return "Tensors: no list of extents says which sectors hold which file.";
        if (trace is not null && report.Unmapped is not null && report.Layers is null)
            yield return "Layers: nothing says which file holds which layer.";
        if (context.PlaceFaults.Count == 0 && report.Unmapped is { } rest && rest.ReadBytes + rest.WriteBytes > report.Tensors.Sum(tensor => tensor.ReadBytes + tensor.WriteBytes))
            yield return "Most bytes by tensor: most belong to no listed file. The extents may be of another moment, or of a partition while the whole disk was traced.";
        if (report.Movement?.Model is null)
        {
            yield return Movements.StatedModel(folder.Settings) is null
                ? "What the run had to move: model, lengths or what is on disk are not known (run.json can say)."
                : "What the run had to move: the sizes that the run states ask for more bytes than any device has.";
        }

        else if (report.Movement.PredictedReadBytes is null)
        {
            yield return "What had to move while the trace ran: it does not show which tokens it covers.";
        }
        else if (report.Movement.PredictedWriteBytes is null)
        {
            yield return "What had to be written: the trace does not show that the weights were written, and is not comparable with the run's writes.";
        }

        if (trace is not null && report.Movement?.FrameworkReadBytes is null)
            yield return "Page-cache hits and read amplification: the framework did not note its tensor I/O.";
    }
}
