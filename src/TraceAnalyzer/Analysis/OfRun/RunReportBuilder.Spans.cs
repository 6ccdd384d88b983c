using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Analysis.OfRun;

// Phases, tokens and layers in time.
internal sealed partial class RunReportBuilder
{
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
        TimeSplit? split = _trace!.Busy is { } io ? _compute?.Split(span.StartNs, span.EndNs, io) : null;
        return WithRates(new SpanUseReport
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
            GpuMeanPercent = _gpu is { UtcOffsetMinutes: not null } gpu ? LoggedRuns.MeanPercent(gpu, span.StartNs, span.EndNs) : null,
            ComputeNs = split?.ComputeNs,
            OverlapNs = split?.OverlapNs,
            StallNs = split?.StallNs,
            IdleNs = split?.IdleNs,
        });
    }

    private static SpanUseReport WithRates(SpanUseReport span)
    {
        double? seconds = span.EndNs > span.StartNs ? (span.EndNs - span.StartNs) / 1e9 : null;
        return span with { ReadBytesPerSecond = span.ReadBytes / seconds, WriteBytesPerSecond = span.WriteBytes / seconds };
    }

    private SpanUseReport Outside(SpanAccumulator? read, SpanAccumulator? write) =>
        Span(new NamedSpan("outside", null, _trace!.FirstNs, _trace.LastNs + 1), read?.Uses[^1], write?.Uses[^1]) with
        {
            // Its time is not one piece.
            IoBusyNs = null,
            ReadBytesPerSecond = null,
            WriteBytesPerSecond = null,
            GpuMeanPercent = null,
            ComputeNs = null,
            OverlapNs = null,
            StallNs = null,
            IdleNs = null,
        };

    private LayerTurn[] LayerTurns()
    {
        IReadOnlyList<NamedSpan> turns = _context.LayerTurns.All;
        if (_trace is null || turns.Count == 0)
            return [];
        SpanUseReport[] uses = Spans(_context.LayerTurns, Read?.Turns, Write?.Turns);
        int count = turns.Select(turn => turn.Index!.Value).Distinct().Count();
        return
        [
            .. uses.GroupBy(use => use.Index!.Value).OrderBy(layer => layer.Key).Select(layer => new LayerTurn
            {
                Number = layer.Key,
                Layer = OfRun.LayerTurns.ModelLayer(layer.Key, count, _folder.Settings.Shape?.Layers ?? _context.Tensors?.Layers ?? 0),
                Turns = layer.Count(),
                TimeNs = layer.Sum(use => use.EndNs - use.StartNs),
                ReadRequests = layer.Sum(use => use.ReadRequests),
                ReadBytes = layer.Sum(use => use.ReadBytes),
                WriteRequests = layer.Sum(use => use.WriteRequests),
                WriteBytes = layer.Sum(use => use.WriteBytes),
                IoBusyNs = Sum(layer, use => use.IoBusyNs),
                ComputeNs = Sum(layer, use => use.ComputeNs),
                OverlapNs = Sum(layer, use => use.OverlapNs),
                StallNs = Sum(layer, use => use.StallNs),
                IdleNs = Sum(layer, use => use.IdleNs),
            }),
        ];
    }

    // Null, rather than a sum of some, where one is not known.
    private static long? Sum(IEnumerable<SpanUseReport> uses, Func<SpanUseReport, long?> of) => uses.Aggregate((long?)0, (sum, use) => sum + of(use));


    private FoundRun? FindRun(RunSettings settings)
    {
        if (Read is null)
            return null;
        DetectedPasses found = PassDetector.Detect(Read.Visits.Visits());
        if (found.Passes.Count < 2)
            return null;

        long[] starts = [.. found.Passes.Select(pass => pass.StartNs)];
        int shift = Math.Max(Read.Visits.RegionShift, Write?.Visits.RegionShift ?? 0);
        RegionVisit[] reads = Read.Visits.Visits(shift);
        RegionVisit[] writes = Write?.Visits.Visits(shift) ?? [];
        bool isCache = settings switch
        {
            { CacheOnDiskPercent: > 0 } => true,
            { WeightsOnDiskPercent: > 0 } => false,
            _ => FoundPhases.IsRewritten(found, reads, writes),
        };
        // A benchmark that reads the same files again and again has passes too, but no tokens.
        bool generates = isCache || settings.Model is not null || _folder.FrameworkLogs.Count > 0;
        FoundPhase? written = FoundPhases.Written(found, reads, writes, isWhole: !isCache);

        // The prefill of a KV run reads nothing.
        long[] known = [.. _context.Tokens.All.Where(token => token.StartNs <= _trace!.LastNs && token.EndNs > _trace.FirstNs && !(isCache && token.Index == 0)).Select(token => token.StartNs)];
        long[] lengths = [.. starts.Zip(starts.Skip(1), (start, next) => next - start).Order()];
        return new FoundRun(
            new PassDetection(
                isCache ? "kv-cache" : "weights",
                starts,
                found.Confidence,
                known.Length > 0 ? known.Length : null,
                known.Length == starts.Length ? known.Zip(starts, (noted, start) => Math.Abs(start - noted)).Max() : null,
                lengths[lengths.Length / 2]),
            DetectedTokens(found.Passes, isCache ? StartOfBin(written?.StartNs) : null, token => generates ? RunContext.NameOf(token) : RunContext.PassName),
            FoundPhases.Loaded(found, reads),
            written);
    }

    /// <summary>What the trace itself shows of the run.</summary>
    /// <param name="Detection">Its passes.</param>
    /// <param name="Tokens">They as tokens.</param>
    /// <param name="Load">When data was read that the passes do not read; null if there is none.</param>
    /// <param name="Written">When the data of the passes was written; null if that was not in the trace.</param>
    private sealed record FoundRun(PassDetection Detection, SpanUseReport[] Tokens, FoundPhase? Load, FoundPhase? Written);

    // To within a bin of the writes' series, which is at most a few thousandths of the trace.
    private (long Requests, long Bytes)[] WrittenBetween(long[] bounds) => Between(bounds, _trace!.Write?.Throughput);

    private static (long Requests, long Bytes)[] Between(long[] bounds, ThroughputAccumulator? series)
    {
        var sums = new (long Requests, long Bytes)[bounds.Length - 1];
        if (series is null)
            return sums;
        foreach ((int bin, long requests, long bytes) in series.Bins)
        {
            long startNs = series.Scale.OriginNs + (bin * series.Scale.WidthNs);
            int at = Array.BinarySearch(bounds, startNs);
            at = at >= 0 ? at : ~at - 1;
            if (at >= 0 && at < sums.Length)
                sums[at] = (sums[at].Requests + requests, sums[at].Bytes + bytes);
        }

        return sums;
    }

    // The start of the bin of the writes' series that holds a time, so that what was written then counts.
    private long StartOfBin(long? timeNs)
    {
        if (timeNs is not { } ns || _trace!.Write?.Throughput.Scale is not { } scale)
            return _trace!.FirstNs;
        return Math.Max(_trace.FirstNs, scale.OriginNs + ((ns - scale.OriginNs) / scale.WidthNs * scale.WidthNs));
    }

    // A span whose requests were not counted one by one: right to a bin of the series at either end.
    private SpanUseReport BinnedSpan(string name, int? index, long startNs, long endNs)
    {
        (long Requests, long Bytes) read = Between([startNs, endNs], _trace!.Read?.Throughput)[0];
        (long Requests, long Bytes) written = WrittenBetween([startNs, endNs])[0];
        return WithRates(Span(new NamedSpan(name, index, startNs, endNs), null, null) with
        {
            ReadRequests = read.Requests,
            ReadBytes = read.Bytes,
            WriteRequests = written.Requests,
            WriteBytes = written.Bytes,
        });
    }

    // A framework's log that says how long each token took, placed where the passes of the trace fit best.
    private PlacedTokens? Placed(PassDetection? detection)
    {
        if (_trace is null || detection is null)
            return null;
        foreach (RunPart<FrameworkLog> log in _folder.FrameworkLogs)
        {
            IReadOnlyList<double> seconds = log.Content.TokenLatencySeconds;
            // The prefill of a KV run reads nothing and is no pass.
            int first = detection.Kind == "kv-cache" ? 1 : 0;
            if (seconds.Count == 0 || seconds.Count - first != detection.PassStartNs.Length)
                continue;
            long[] sinceStart = new long[seconds.Count + 1];
            for (int i = 0; i < seconds.Count; i++)
                sinceStart[i + 1] = sinceStart[i] + (long)(seconds[i] * 1e9);
            long[] starts = [.. detection.PassStartNs.Select((startNs, i) => startNs - sinceStart[first + i]).Order()];
            long zeroNs = starts[starts.Length / 2];
            long[] bounds = [.. sinceStart.Select(ns => zeroNs + ns)];
            return new PlacedTokens(
                log.File + PlacedByPasses,
                Math.Max(zeroNs - starts[0], starts[^1] - zeroNs),
                [.. seconds.Select((_, i) => BinnedSpan(RunContext.NameOf(i), i, bounds[i], bounds[i + 1]))]);
        }

        return null;
    }

    private const string PlacedByPasses = ", placed by the passes in the trace";

    private sealed record PlacedTokens(string Source, long UncertaintyNs, SpanUseReport[] Tokens);

    private SpanUseReport[] DetectedTokens(IReadOnlyList<DetectedPass> passes, long? prefillNs, Func<int, string> nameOf)
    {
        var reports = new List<SpanUseReport>();
        long[] bounds = [.. passes.Select(pass => pass.StartNs), _trace!.LastNs + 1];
        (long Requests, long Bytes)[] written = WrittenBetween(bounds);
        if (prefillNs is { } startNs)
        {
            (long requests, long bytes) = WrittenBetween([startNs, bounds[0]])[0];
            reports.Add(WithRates(Span(new NamedSpan(nameOf(0), 0, startNs, bounds[0]), null, null) with { WriteRequests = requests, WriteBytes = bytes }));
        }

        for (int i = 0; i < passes.Count; i++)
        {
            int token = reports.Count;
            reports.Add(WithRates(Span(new NamedSpan(nameOf(token), token, bounds[i], bounds[i + 1]), null, null) with
            {
                ReadRequests = passes[i].Requests,
                ReadBytes = passes[i].Bytes,
                WriteRequests = written[i].Requests,
                WriteBytes = written[i].Bytes,
            }));
        }

        return [.. reports];
    }
}
