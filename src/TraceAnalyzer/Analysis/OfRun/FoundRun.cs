using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>What the trace itself shows of the run.</summary>
/// <param name="Detection">Its passes.</param>
/// <param name="Tokens">They as tokens.</param>
/// <param name="Load">When data was read that the passes do not read; null if there is none.</param>
/// <param name="Written">When the data of the passes was written; null if that was not in the trace.</param>
internal sealed record FoundRun(PassDetection Detection, SpanUseReport[] Tokens, FoundPhase? Load, FoundPhase? Written)
{
    // The page cache may have served some of what a pass reads again.
    private const double LeastReread = 0.75;

    /// <summary>True if the passes are over a KV cache.</summary>
    public bool IsCache => Detection.Kind == PassKind.KvCache;

    /// <summary>Looks for passes; null if there are fewer than two.</summary>
    public static FoundRun? Find(RunContext context, RunMeasurements trace, SpanUses spans)
    {
        RunSettings settings = context.Folder.Settings;
        if (trace.Read?.Run is not { } readOfRun)
            return null;
        DetectedPasses found = PassDetector.Detect(readOfRun.Visits.Visits());
        if (found.Passes.Count < 2 || !AreRereads(found.Passes, trace.RereadBytes))
            return null;

        long[] starts = [.. found.Passes.Select(pass => pass.StartNs)];
        int shift = Math.Max(readOfRun.Visits.RegionShift, trace.Write?.Run?.Visits.RegionShift ?? 0);
        RegionVisit[] reads = readOfRun.Visits.Visits(shift);
        RegionVisit[] writes = trace.Write?.Run?.Visits.Visits(shift) ?? [];
        bool isCache = settings switch
        {
            { CacheOnDiskPercent: > 0 } => true,
            { WeightsOnDiskPercent: > 0 } => false,
            _ => context.IsInference && FoundPhases.IsRewritten(found, reads, writes),
        };
        // A benchmark or a database that reads the same files again and again has passes too, but neither tokens nor a cache.
        bool isWeights = !isCache && (context.IsInference || settings.WeightsOnDiskPercent > 0);
        bool generates = isCache || settings.Model is not null || context.Folder.FrameworkLogs.Count > 0;
        FoundPhase? written = FoundPhases.Written(found, reads, writes, isWhole: !isCache);

        // The prefill of a KV run reads nothing.
        long[] known = [.. context.Tokens.All.Where(token => token.StartNs <= trace.LastNs && token.EndNs > trace.FirstNs && !(isCache && token.Index == 0)).Select(token => token.StartNs)];
        long[] lengths = [.. starts.Zip(starts.Skip(1), (start, next) => next - start).Order()];
        return new FoundRun(
            new PassDetection(
                isCache ? PassKind.KvCache : isWeights ? PassKind.Weights : PassKind.Unknown,
                starts,
                found.Confidence,
                known.Length > 0 ? known.Length : null,
                known.Length == starts.Length ? known.Zip(starts, (noted, start) => Math.Abs(start - noted)).Max() : null,
                lengths[lengths.Length / 2]),
            DetectedTokens(trace, spans, found.Passes, isCache ? spans.StartOfBin(written?.StartNs) : null, token => generates ? SpanKinds.OfToken(token) : SpanKind.Pass),
            FoundPhases.Loaded(found, reads),
            written);
    }

    // Regions are visited again by random reads too. In passes the same sectors are: what a pass has in common with the one before it is read twice.
    private static bool AreRereads(IReadOnlyList<DetectedPass> passes, double rereadBytes)
    {
        double common = Enumerable.Range(1, passes.Count - 1).Sum(i => (double)Math.Min(passes[i].Bytes, passes[i - 1].Bytes));
        return rereadBytes >= LeastReread * common;
    }

    private static SpanUseReport[] DetectedTokens(RunMeasurements trace, SpanUses spans, IReadOnlyList<DetectedPass> passes, long? prefillNs, Func<int, SpanKind> kindOf)
    {
        var reports = new List<SpanUseReport>();
        long[] bounds = [.. passes.Select(pass => pass.StartNs), trace.LastNs + 1];
        IoCounts[] written = spans.WrittenBetween(bounds);
        if (prefillNs is { } startNs)
            reports.Add(spans.Of(new NamedSpan(kindOf(0).Name(), 0, startNs, bounds[0]), default(IoCounts), spans.WrittenBetween([startNs, bounds[0]])[0]));

        for (int i = 0; i < passes.Count; i++)
        {
            int token = reports.Count;
            reports.Add(spans.Of(new NamedSpan(kindOf(token).Name(), token, bounds[i], bounds[i + 1]), new IoCounts(passes[i].Requests, passes[i].Bytes), written[i]));
        }

        return [.. reports];
    }
}
