using TraceAnalyzer.Findings.Limits;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Analysis;

/// <summary>What limits each phase and token of a run, by the rules for the whole.</summary>
internal static class SpanLimits
{
    /// <summary>Of each phase, then of each token.</summary>
    /// <param name="run">The run.</param>
    /// <param name="whole">What is known of the device over the whole time.</param>
    /// <param name="flight">When requests were in flight.</param>
    /// <param name="trace">The trace's first and last event: before and after it the trace does not say whether anything was in flight.</param>
    public static SpanLimit[] Of(RunReport run, LimitFacts whole, SpanFlight flight, (long FirstNs, long LastNs) trace) =>
        whole.Use is not null && flight.Span is { } device ? [.. run.Phases.Concat(run.Tokens).Where(use => use.EndNs > use.StartNs).Select(use => Of(use, whole, device, flight, trace))] : [];

    /// <summary>How phases and decoded tokens stand to the verdict on the whole; null if there are none, or one that agrees.</summary>
    public static string? Sentence(SpanLimit[] spans, LimitKind whole)
    {
        SpanLimit[] all = [.. spans.Where(span => span.Index is null)];
        // A phase that consists of others is judged by them.
        SpanLimit[] phases = [.. all.Where(phase => !all.Any(other => IsWithin(other, phase)))];
        SpanLimit[] tokens = [.. spans.Where(span => span.Index is not null && SpanKinds.Of(span.Name) != SpanKind.Prefill)];
        SpanLimit[] judged = [.. phases, .. tokens];
        bool isSame = judged.All(span => span.Kind == whole);
        if (judged.Length == 0 || (judged.Length == 1 && isSame))
            return null;
        string ofThese = tokens.Any(token => SpanKinds.Of(token.Name) == SpanKind.Decode) ? "decoded tokens" : "passes";
        string[] parts =
        [
            .. phases.GroupBy(phase => phase.Kind).Select(group => $"{Names(group)}: {group.Key.Name()}"),
            .. tokens.Length == 0 ? [] : (string[])[$"{ofThese}: {string.Join(", ", tokens.GroupBy(token => token.Kind).OrderByDescending(group => group.Count())
                .Select((group, index) => $"{Units.Count(group.Count())}{(index == 0 ? $" of {Units.Count(tokens.Length)}" : "")} {group.Key.Name()}"))}"],
        ];
        string how = isSame ? "All parts agree" : judged.Length == 1 ? "The only part that is known differs" : "The parts differ";
        return $"{how} ({string.Join("; ", parts)}).{string.Concat(phases.Where(phase => phase.KindInTrace is not null).Select(Doubt))}";
    }

    private static bool IsWithin(SpanLimit part, SpanLimit phase) =>
        part.StartNs >= phase.StartNs && part.EndNs <= phase.EndNs && part.EndNs - part.StartNs < phase.EndNs - phase.StartNs;

    private static string Doubt(SpanLimit phase) =>
        $" Of {PrintableText.Of(phase.Name)} {Units.Duration(phase.OutsideTraceNs)} are before the first or after the last event of the trace and count as nothing in flight; without them: {phase.KindInTrace!.Value.Name()}.";

    private static SpanLimit Of(SpanUseReport use, LimitFacts whole, (long FirstNs, long LastNs) device, SpanFlight flight, (long FirstNs, long LastNs) trace)
    {
        long spanNs = use.EndNs - use.StartNs;
        long busyNs = Math.Min(spanNs, (long)Math.Round(flight.Busy.BusyNs(use.StartNs, use.EndNs)));
        (long fromNs, long toNs) = (Math.Max(use.StartNs, device.FirstNs), Math.Min(use.EndNs, device.LastNs));
        double? meanDepth = busyNs > 0 && toNs > fromNs ? flight.DepthNs(fromNs, toNs) / busyNs : null;
        double? rate = whole.IsFiltered || busyNs == 0 ? null : (use.ReadBytes + (double)use.WriteBytes) / busyNs * 1e9;
        long inTraceNs = Math.Max(busyNs, Math.Min(use.EndNs, trace.LastNs) - Math.Max(use.StartNs, trace.FirstNs));
        LimitKind kind = KindOf(spanNs);
        LimitKind kindInTrace = inTraceNs > 0 ? KindOf(inTraceNs) : kind;
        return new SpanLimit
        {
            Name = use.Name,
            Index = use.Index,
            StartNs = use.StartNs,
            EndNs = use.EndNs,
            InFlightShare = (double)busyNs / spanNs,
            MeanBusyDepth = meanDepth,
            BusyBytesPerSecond = rate,
            OutsideTraceNs = spanNs - Math.Max(0, inTraceNs),
            Kind = kind,
            KindInTrace = kindInTrace == kind ? null : kindInTrace,
        };

        LimitKind KindOf(long ns)
        {
            double idleShare = 1 - (busyNs / (double)ns);
            LimitFacts facts = whole with
            {
                ReadBytes = use.ReadBytes,
                WriteBytes = use.WriteBytes,
                ReadSizeBytes = use.ReadRequests > 0 ? use.ReadBytes / (double)use.ReadRequests : 0,
                WriteSizeBytes = use.WriteRequests > 0 ? use.WriteBytes / (double)use.WriteRequests : 0,
                Tokens = null,
                // How long requests wait for their issue is known of the whole only.
                Use = whole.Use! with { SpanNs = ns, IdleNs = ns - busyNs, IdleShare = idleShare, Depths = [], MeanBusyDepth = meanDepth, BusyBytesPerSecond = rate, BusyIops = null, QueueShare = null },
            };
            // Where nothing is in flight, nothing need have been moved.
            return idleShare >= LimitRules.MostOfTheTime ? LimitKind.Host : LimitRules.Of(facts).Kind;
        }
    }

    private static string Names(IEnumerable<SpanLimit> phases)
    {
        string[] names = [.. phases.Select(phase => PrintableText.Of(phase.Name)).Distinct()];
        return names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";
    }
}

/// <summary>When requests were in flight on the devices that a run's data lies on.</summary>
/// <param name="Busy">When any was, on any of them.</param>
/// <param name="Depths">How many were, on each.</param>
internal sealed record SpanFlight(BusyTimeline Busy, DepthIntegral[] Depths)
{
    /// <summary>The first request and the last event; null if there are none.</summary>
    public (long FirstNs, long LastNs)? Span =>
        Depths.Select(depth => depth.Span).OfType<(long FirstNs, long LastNs)>().ToArray() is { Length: > 0 } spans ? (spans.Min(span => span.FirstNs), spans.Max(span => span.LastNs)) : null;

    /// <summary>Requests times nanoseconds between two times, of all devices.</summary>
    public double DepthNs(long fromNs, long toNs) => Depths.Sum(depth => depth.Between(fromNs, toNs) ?? 0);
}
