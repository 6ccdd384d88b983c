using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>What the trace itself shows of the run.</summary>
/// <param name="Detection">Its passes.</param>
/// <param name="Tokens">They as tokens; none where it is not likely enough that they begin where they seem to.</param>
/// <param name="Load">When data was read that the passes do not read; null if there is none.</param>
/// <param name="Written">When the data of the passes was written before them; null if that was not in the trace.</param>
internal sealed record FoundRun(PassDetection Detection, SpanUseReport[] Tokens, FoundPhase? Load, FoundPhase? Written)
{
    // The page cache may have served some of what a pass reads again.
    private const double LeastReread = 0.75;

    /// <summary>True if the passes are over a KV cache.</summary>
    public bool IsCache => Detection.Kind == PassKind.KvCache;

    /// <summary>True if passes are regular enough for tokens and phases to be derived from them.</summary>
    public static bool IsLikely(PassDetection detection) => detection.AreTold();

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
        // fio reads whatever files it is given: their names say nothing of what it does.
        bool isInference = context.IsStatedInference || (context.IsInference && !trace.ShowsFio);
        bool isCache = settings switch
        {
            { CacheOnDiskPercent: > 0 } => true,
            { WeightsOnDiskPercent: > 0 } => false,
            _ => isInference && FoundPhases.IsRewritten(found, reads, writes),
        };
        // A benchmark or a database that reads the same files again and again has passes too, but neither tokens nor a cache.
        bool isWeights = !isCache && isInference;
        bool generates = isCache || settings.Model is not null || context.Folder.FrameworkLogs.Count > 0;
        FoundPhase? written = FoundPhases.Written(found, reads, writes, isWhole: !isCache);

        // The prefill of a KV run reads nothing.
        long[] known = [.. context.Tokens.All.Where(token => token.StartNs <= trace.LastNs && token.EndNs > trace.FirstNs && !(isCache && token.Index == 0)).Select(token => token.StartNs)];
        long[] lengths = [.. starts.Zip(starts.Skip(1), (start, next) => next - start).Order()];
        var detection = new PassDetection(
            isCache ? PassKind.KvCache : isWeights ? PassKind.Weights : PassKind.Unknown,
            starts,
            found.Confidence,
            known.Length > 0 ? known.Length : null,
            known.Length == starts.Length ? known.Zip(starts, (noted, start) => Math.Abs(start - noted)).Max() : null,
            lengths[lengths.Length / 2])
        {
            Score = found.Score,
            EndNs = found.EndNs,
            Extents = [.. found.Passes.Select(pass => ExtentOf(pass, readOfRun.Visits.RegionShift))],
        };
        // The prefill of a KV run reads nothing, and when it began does not show: what it writes reaches the device late.
        return new FoundRun(
            detection,
            IsLikely(detection) ? DetectedTokens(spans, found, isCache ? 1 : 0, generates ? null : Math.Max(trace.Read!.Throughput.LastNs, trace.Write?.Throughput.LastNs ?? 0)) : [],
            FoundPhases.Loaded(found, reads),
            written);
    }

    // Regions are visited again by random reads too. In passes the same sectors are: what a pass has in common with the one before it is read twice.
    private static bool AreRereads(IReadOnlyList<DetectedPass> passes, double rereadBytes)
    {
        double common = Enumerable.Range(1, passes.Count - 1).Sum(i => (double)Math.Min(passes[i].Bytes, passes[i - 1].Bytes));
        return rereadBytes >= LeastReread * common;
    }

    private static PassExtent ExtentOf(DetectedPass pass, int regionShift) =>
        new(pass.FirstRegion << regionShift, ((pass.LastRegion + 1) << regionShift) - 1, pass.Requests, pass.Bytes);

    private static SpanUseReport[] DetectedTokens(SpanUses spans, DetectedPasses found, int first, long? lastRequestNs)
    {
        IReadOnlyList<DetectedPass> passes = found.Passes;
        // Of data of which nothing says what it is the last pass, as all others, holds all that comes after what it reads again.
        long endNs = Math.Max(found.EndNs, (lastRequestNs ?? passes[^1].StartNs) + 1);
        SpanKind KindOf(int token) => lastRequestNs is null ? SpanKinds.OfToken(token) : SpanKind.Pass;
        long[] bounds = [.. passes.Select(pass => pass.StartNs), endNs];
        IoCounts[] written = spans.WrittenBetween(bounds);
        return [.. passes.Select((pass, i) => spans.Of(new NamedSpan(KindOf(first + i).Name(), first + i, bounds[i], bounds[i + 1]), new IoCounts(pass.Requests, pass.Bytes), written[i]))];
    }
}
