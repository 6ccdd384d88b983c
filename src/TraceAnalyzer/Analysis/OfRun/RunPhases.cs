using TraceAnalyzer.Reports.OfRun;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Phases: those that a file names, those of a log placed by the passes, those that the trace itself shows.</summary>
internal static class RunPhases
{
    /// <summary>All of them, in order of time; a found phase never lies over a named one.</summary>
    public static SpanUseReport[] Of(RunContext context, RunMeasurements trace, SpanUses spans, SpanUseReport[] tokens, string? tokenSource, long? tokenUncertaintyNs, FoundRun? found)
    {
        SpanUseReport[] named = [.. spans.Of(context.Phases, trace.Read?.Run?.Phases, trace.Write?.Run?.Phases).Select(phase => phase with { Source = context.PhaseSource })];
        IEnumerable<SpanUseReport> generating = tokenSource is null ? []
            : tokenSource != RunReport.FoundTokens ? OfTokens(spans, tokens).Select(phase => phase with { Source = tokenSource, UncertaintyNs = tokenUncertaintyNs })
            : PlacedLogs.Latencies(context.Folder, found!.Detection, spans) ?? OfFoundTokens(spans, found);
        return
        [
            .. named.Concat(BeforePasses(spans, found).Where(phase => !named.Any(other => other.StartNs < phase.EndNs && other.EndNs > phase.StartNs)))
                .Concat(generating.Where(phase => !named.Any(other => other.Name == phase.Name)))
                .OrderBy(phase => phase.StartNs),
        ];
    }

    private static IEnumerable<SpanUseReport> BeforePasses(SpanUses spans, FoundRun? found)
    {
        (string Name, FoundPhase? Phase)[] phases = [("load", found?.Load), ("write-out", found?.Detection.Kind == PassKind.Weights ? found.Written : null)];
        foreach ((string name, FoundPhase? phase) in phases)
        {
            if (phase is not null)
                yield return spans.BinnedSpan(name, null, spans.StartOfBin(phase.StartNs), phase.EndNs) with { Source = SpanUseReport.FoundInTrace, Confidence = phase.Confidence };
        }
    }

    // The prefill of a KV run is what writes the prompt's rows: without them only its end is known.
    private static IEnumerable<SpanUseReport> OfFoundTokens(SpanUses spans, FoundRun found)
    {
        double passes = found.Detection.Confidence;
        return OfTokens(spans, found.Tokens)
            .Where(phase => phase.Kind != SpanKind.Prefill || !found.IsCache || found.Written is not null)
            .Select(phase => phase with { Source = SpanUseReport.FoundInTrace, Confidence = found.IsCache && phase.Kind == SpanKind.Prefill ? found.Written!.Confidence : passes });
    }

    // The first token is the prefill, all others are the decode steps, with the sums of what was counted in each.
    private static IEnumerable<SpanUseReport> OfTokens(SpanUses spans, SpanUseReport[] tokens)
    {
        if (tokens.Length == 0 || tokens[0].Kind != SpanKind.Prefill)
            yield break;
        yield return tokens[0] with { Index = null };
        SpanUseReport[] steps = tokens[1..];
        if (steps.Length == 0)
            yield break;
        yield return SpanUses.WithRates(spans.Of(new NamedSpan(SpanKind.Decode.Name(), null, steps[0].StartNs, steps[^1].EndNs), null, null) with
        {
            ReadRequests = steps.Sum(step => step.ReadRequests),
            ReadBytes = steps.Sum(step => step.ReadBytes),
            WriteRequests = steps.Sum(step => step.WriteRequests),
            WriteBytes = steps.Sum(step => step.WriteBytes),
            FirstNs = steps.Min(step => step.FirstNs),
            LastNs = steps.Max(step => step.LastNs),
        });
    }
}
