using TraceAnalyzer.Findings.Limits;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Requests;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Analysis;

/// <summary>What limits each phase and token of a run, by the rules for the whole.</summary>
internal static class SpanLimits
{
    /// <summary>Of each phase, then of each token; those without a moment between the device's first and last request are left out.</summary>
    /// <param name="run">The run.</param>
    /// <param name="whole">What is known of the device over the whole time.</param>
    /// <param name="flight">When requests were in flight.</param>
    public static SpanLimit[] Of(RunReport run, LimitFacts whole, SpanFlight flight) =>
        whole.Use is not null && flight.Span is { } span ? [.. run.Phases.Concat(run.Tokens).Select(use => Of(use, whole, span, flight)).OfType<SpanLimit>()] : [];

    /// <summary>How phases and decoded tokens stand to the verdict on the whole; null if there are none.</summary>
    public static string? Sentence(SpanLimit[] spans, LimitKind whole)
    {
        SpanLimit[] phases = [.. spans.Where(span => span.Index is null)];
        SpanLimit[] tokens = [.. spans.Where(span => span.Index is not null && SpanKinds.Of(span.Name) != SpanKind.Prefill)];
        string ofThese = tokens.Any(token => SpanKinds.Of(token.Name) == SpanKind.Decode) ? "decoded tokens" : "passes";
        string[] parts =
        [
            .. phases.GroupBy(phase => phase.Kind).Select(group => $"{Names(group)}: {group.Key.Name()}"),
            .. tokens.Length == 0 ? [] : (string[])[$"{ofThese}: {string.Join(", ", tokens.GroupBy(token => token.Kind).OrderByDescending(group => group.Count())
                .Select((group, index) => $"{Units.Count(group.Count())}{(index == 0 ? $" of {Units.Count(tokens.Length)}" : "")} {group.Key.Name()}"))}"],
        ];
        if (parts.Length == 0)
            return null;
        bool isSame = phases.Concat(tokens).All(span => span.Kind == whole);
        return $"{(isSame ? "All parts agree" : "The parts differ")} ({string.Join("; ", parts)}).";
    }

    private static SpanLimit? Of(SpanUseReport use, LimitFacts whole, (long FirstNs, long LastNs) span, SpanFlight flight)
    {
        (long fromNs, long toNs) = (Math.Max(use.StartNs, span.FirstNs), Math.Min(use.EndNs, span.LastNs));
        if (toNs <= fromNs)
            return null;
        long busyNs = Math.Min(toNs - fromNs, (long)Math.Round(flight.Busy.BusyNs(fromNs, toNs)));
        double? meanDepth = busyNs > 0 ? flight.DepthNs(fromNs, toNs) / busyNs : null;
        double idleShare = 1 - (busyNs / (double)(toNs - fromNs));
        double? rate = whole.IsFiltered || busyNs == 0 ? null : (use.ReadBytes + (double)use.WriteBytes) / busyNs * 1e9;
        LimitFacts facts = whole with
        {
            ReadBytes = use.ReadBytes,
            WriteBytes = use.WriteBytes,
            ReadSizeBytes = use.ReadRequests > 0 ? use.ReadBytes / (double)use.ReadRequests : 0,
            WriteSizeBytes = use.WriteRequests > 0 ? use.WriteBytes / (double)use.WriteRequests : 0,
            Tokens = null,
            // How long requests wait for their issue is known of the whole only.
            Use = whole.Use! with { SpanNs = toNs - fromNs, IdleNs = toNs - fromNs - busyNs, IdleShare = idleShare, Depths = [], MeanBusyDepth = meanDepth, BusyBytesPerSecond = rate, BusyIops = null, QueueShare = null },
        };
        return new SpanLimit
        {
            Name = use.Name,
            Index = use.Index,
            StartNs = fromNs,
            EndNs = toNs,
            InFlightShare = 1 - idleShare,
            MeanBusyDepth = meanDepth,
            BusyBytesPerSecond = rate,
            // Where nothing is in flight, nothing need have been moved.
            Kind = idleShare >= LimitRules.MostOfTheTime ? LimitKind.Host : LimitRules.Of(facts).Kind,
        };
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
