using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfRun;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>What was read, written and computed in spans of time.</summary>
/// <param name="trace">What was measured.</param>
/// <param name="compute">When was computed; null if nothing tells.</param>
/// <param name="gpu">The GPU log; null without one.</param>
internal sealed class SpanUses(RunMeasurements trace, ComputeTime? compute, GpuUse? gpu)
{
    /// <summary>Those spans that the trace reaches: of others it says nothing.</summary>
    public SpanUseReport[] Of(TimeSpans spans, SpanAccumulator? read, SpanAccumulator? write) => Of(spans, read, write, trace.FirstNs, trace.LastNs + 1);

    private SpanUseReport[] Of(TimeSpans spans, SpanAccumulator? read, SpanAccumulator? write, long fromNs, long toNs)
    {
        var reports = new List<SpanUseReport>();
        for (int i = 0; i < spans.All.Count; i++)
        {
            NamedSpan span = spans.All[i];
            long endNs = Math.Min(span.EndNs, Math.Max(span.StartNs, trace.LastNs + 1));
            if (span.StartNs < toNs && span.EndNs > fromNs)
                reports.Add(Of(span with { EndNs = span.EndNs == long.MaxValue ? endNs : span.EndNs }, read?.Uses[i], write?.Uses[i]));
        }

        return [.. reports];
    }

    /// <summary>One span; what is null is counted as 0.</summary>
    public SpanUseReport Of(NamedSpan span, SpanUse? read, SpanUse? write)
    {
        long firstNs = Math.Min(read?.FirstNs ?? long.MaxValue, write?.FirstNs ?? long.MaxValue);
        long lastNs = Math.Max(read?.LastNs ?? long.MinValue, write?.LastNs ?? long.MinValue);
        TimeSplit? split = trace.Busy is { } io ? compute?.Split(span.StartNs, span.EndNs, io) : null;
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
            IoBusyNs = trace.Busy is { } busy ? (long)Math.Round(busy.BusyNs(span.StartNs, span.EndNs)) : null,
            GpuMeanPercent = gpu is { UtcOffsetMinutes: not null } ? LoggedRuns.MeanPercent(gpu, span.StartNs, span.EndNs) : null,
            ComputeNs = OfPure(split?.ComputeNs),
            OverlapNs = OfPure(split?.OverlapNs),
            StallNs = OfPure(split?.StallNs),
            IdleNs = OfPure(split?.IdleNs),
            InCallsNs = compute is { HoldsOwnReads: true } ? split?.ComputeNs : null,
            InCallsIoNs = compute is { HoldsOwnReads: true } ? split?.OverlapNs : null,
        });

        long? OfPure(long? part) => compute is { HoldsOwnReads: false } ? part : null;
    }

    /// <summary>The span with its bytes over its time.</summary>
    public static SpanUseReport WithRates(SpanUseReport span)
    {
        double? seconds = span.EndNs > span.StartNs ? (span.EndNs - span.StartNs) / 1e9 : null;
        return span with { ReadBytesPerSecond = span.ReadBytes / seconds, WriteBytesPerSecond = span.WriteBytes / seconds };
    }

    /// <summary>A span whose requests were counted otherwise.</summary>
    public SpanUseReport Of(NamedSpan span, IoCounts read, IoCounts written) => WithRates(Of(span, null, null) with
    {
        ReadRequests = read.Requests,
        ReadBytes = read.Bytes,
        WriteRequests = written.Requests,
        WriteBytes = written.Bytes,
    });

    /// <summary>What lies outside all spans.</summary>
    public SpanUseReport Outside(SpanAccumulator? read, SpanAccumulator? write) =>
        Of(new NamedSpan("outside", null, trace.FirstNs, trace.LastNs + 1), read?.Uses[^1], write?.Uses[^1]) with
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
            InCallsNs = null,
            InCallsIoNs = null,
        };

    /// <summary>What lies outside spans that were found once the trace was read: what is left of all that was read and written.</summary>
    public SpanUseReport Outside(SpanUseReport[] spans)
    {
        SpanUse[] reads = [.. trace.Read?.Run?.Tokens.Uses ?? []];
        SpanUse[] writes = [.. trace.Write?.Run?.Tokens.Uses ?? []];
        return Outside(null, null) with
        {
            ReadRequests = reads.Sum(use => use.Requests) - spans.Sum(span => span.ReadRequests),
            ReadBytes = reads.Sum(use => use.Bytes) - spans.Sum(span => span.ReadBytes),
            WriteRequests = writes.Sum(use => use.Requests) - spans.Sum(span => span.WriteRequests),
            WriteBytes = writes.Sum(use => use.Bytes) - spans.Sum(span => span.WriteBytes),
        };
    }

    /// <summary>The turns of each layer, added up.</summary>
    public LayerTurn[] OfLayers(RunContext context)
    {
        IReadOnlyList<NamedSpan> turns = context.LayerTurns.All;
        if (turns.Count == 0)
            return [];
        // A token that the trace reaches counts in whole, and so do the turns in it that come before the first request or after the last.
        NamedSpan[] reached = [.. context.Tokens.All.Where(token => token.StartNs <= trace.LastNs && token.EndNs > trace.FirstNs)];
        long fromNs = reached.Select(token => token.StartNs).Append(trace.FirstNs).Min();
        long toNs = reached.Select(token => token.EndNs).Append(trace.LastNs + 1).Max();
        SpanUseReport[] uses = Of(context.LayerTurns, trace.Read?.Run?.Turns, trace.Write?.Run?.Turns, fromNs, toNs);
        int count = turns.Select(turn => turn.Index!.Value).Distinct().Count();
        return
        [
            .. uses.GroupBy(use => use.Index!.Value).OrderBy(layer => layer.Key).Select(layer => new LayerTurn
            {
                Number = layer.Key,
                Layer = LayerTurns.ModelLayer(layer.Key, count, context.Folder.Settings.Shape?.Layers ?? context.Tensors?.Layers ?? 0),
                Turns = layer.Count(),
                TurnsOutside = turns.Count(turn => turn.Index == layer.Key) - layer.Count(),
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

    /// <summary>What was written between bounds, to within a bin of the writes' series, which is at most a few thousandths of the trace.</summary>
    public IoCounts[] WrittenBetween(long[] bounds) => Between(bounds, trace.Write?.Throughput);

    private static IoCounts[] Between(long[] bounds, ThroughputAccumulator? series)
    {
        var sums = new IoCounts[bounds.Length - 1];
        if (series is null)
            return sums;
        foreach ((int bin, long requests, long bytes) in series.Bins)
        {
            long startNs = series.Scale.OriginNs + (bin * series.Scale.WidthNs);
            int at = Array.BinarySearch(bounds, startNs);
            at = at >= 0 ? at : ~at - 1;
            if (at >= 0 && at < sums.Length)
                sums[at] += new IoCounts(requests, bytes);
        }

        return sums;
    }

    /// <summary>The start of the bin of the writes' series that holds a time, so that what was written then counts; without a time the start of the trace.</summary>
    public long StartOfBin(long? timeNs)
    {
        if (timeNs is not { } ns || trace.Write?.Throughput.Scale is not { } scale)
            return trace.FirstNs;
        return Math.Max(trace.FirstNs, scale.OriginNs + ((ns - scale.OriginNs) / scale.WidthNs * scale.WidthNs));
    }

    /// <summary>A span whose requests were not counted one by one: right to a bin of the series at either end.</summary>
    public SpanUseReport BinnedSpan(string name, int? index, long startNs, long endNs) =>
        Of(new NamedSpan(name, index, startNs, endNs), Between([startNs, endNs], trace.Read?.Throughput)[0], WrittenBetween([startNs, endNs])[0]);
}
