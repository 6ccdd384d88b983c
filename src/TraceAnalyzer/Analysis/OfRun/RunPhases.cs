using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Phases: those that a file names, those of a log placed by the passes, those that the trace itself shows.</summary>
internal static class RunPhases
{
    // The framework's own times of each token differ from those of its log's totals by what it does between tokens.
    private const double Contradicts = 0.05;

    /// <summary>All of them, in order of time; a found phase never lies over a named one, and prefill and decode are those of noted tokens where a file says otherwise.</summary>
    public static SpanUseReport[] Of(RunContext context, RunMeasurements trace, SpanUses spans, SpanUseReport[] tokens, string? tokenSource, long? tokenUncertaintyNs, FoundRun? found)
    {
        bool believesTokens = tokenSource is not null && tokenSource == context.TokenSource && tokenSource != context.PhaseSource;
        bool IsDoubted(SpanUseReport phase) => believesTokens && Borders(tokens).Any(noted => IsOther(phase, noted));
        SpanUseReport[] all = [.. spans.Of(context.Phases, trace.Read?.Run?.Phases, trace.Write?.Run?.Phases).Select(phase => phase with { Source = context.PhaseSource })];
        SpanUseReport[] named = [.. all.Where(phase => !IsDoubted(phase))];
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

    /// <summary>Files that say otherwise of prefill or decode than the noted tokens, which are believed: they were noted one by one.</summary>
    public static IEnumerable<RunFileProblem> Contradictions(RunContext context, SpanUseReport[] tokens)
    {
        SpanUseReport[] generating = [.. Borders(tokens)];
        foreach (NamedSpan phase in context.Phases.All)
        {
            if (context.PhaseSource != context.TokenSource && generating.FirstOrDefault(other => IsOther(phase.Name, phase.StartNs, phase.EndNs, other)) is { } noted)
                yield return new RunFileProblem(context.PhaseSource!, $"its {phase.Name} lasts {Lasts(phase.EndNs - phase.StartNs)} from {Lasts(phase.StartNs)} of the trace's clock on, in {context.TokenSource} {Lasts(noted.EndNs - noted.StartNs)} from {Lasts(noted.StartNs)} on; taken is {context.TokenSource}");
        }

        foreach (RunPart<FrameworkLog> log in context.Folder.FrameworkLogs)
        {
            foreach ((string name, double? seconds) in ((string, double?)[])[(SpanKind.Prefill.Name(), log.Content.Summary.PrefillSeconds), (SpanKind.Decode.Name(), log.Content.Summary.DecodeSeconds)])
            {
                long ns = (long)((seconds ?? 0) * 1e9);
                if (ns > 0 && generating.FirstOrDefault(other => other.Name == name && IsFar(ns, other.EndNs - other.StartNs, other)) is { } noted)
                    yield return new RunFileProblem(log.File, $"says that the {name} took {Lasts(ns)}, and {context.TokenSource} {Lasts(noted.EndNs - noted.StartNs)}; taken is {context.TokenSource}");
            }
        }
    }

    private static string Lasts(long ns) => Units.Duration(ns);

    private static bool IsOther(SpanUseReport named, SpanUseReport noted) => IsOther(named.Name, named.StartNs, named.EndNs, noted);

    private static bool IsOther(string name, long startNs, long endNs, SpanUseReport noted) => name == noted.Name && (IsFar(startNs, noted.StartNs, noted) || IsFar(endNs, noted.EndNs, noted));

    private static bool IsFar(long ns, long otherNs, SpanUseReport noted) => Math.Abs((double)ns - otherNs) > Contradicts * (noted.EndNs - noted.StartNs);

    private static IEnumerable<SpanUseReport> BeforePasses(SpanUses spans, FoundRun? found)
    {
        (string Name, FoundPhase? Phase)[] phases = [("load", found?.Load), ("write-out", found?.Detection.Kind == PassKind.Unknown ? null : found?.Written)];
        foreach ((string name, FoundPhase? phase) in phases)
        {
            if (phase is not null)
                yield return spans.BinnedSpan(name, null, spans.StartOfBin(phase.StartNs), phase.EndNs) with { Source = SpanUseReport.FoundInTrace, Confidence = phase.Confidence };
        }
    }

    // Each with the confidence of its own borders: starts of passes, and the end of the last.
    private static IEnumerable<SpanUseReport> OfFoundTokens(SpanUses spans, FoundRun found)
    {
        double start = found.Detection.Confidence;
        double end = Math.Min(start, PassCalibration.OfEnd(found.Detection.Score));
        return OfTokens(spans, found.Tokens).Select(phase => phase with { Source = SpanUseReport.FoundInTrace, Confidence = phase.Kind == SpanKind.Prefill ? start : end });
    }

    // Prefill and decode without what was counted in them.
    private static IEnumerable<SpanUseReport> Borders(SpanUseReport[] tokens) => tokens.GroupBy(token => token.Kind)
        .Where(phase => phase.Key is SpanKind.Prefill or SpanKind.Decode)
        .Select(phase => phase.First() with { Index = null, EndNs = phase.Last().EndNs });

    // The first token is the prefill, all others are the decode steps, with the sums of what was counted in each.
    private static IEnumerable<SpanUseReport> OfTokens(SpanUses spans, SpanUseReport[] tokens)
    {
        SpanUseReport[] steps = [.. tokens.Where(token => token.Kind == SpanKind.Decode)];
        if (tokens.Length > 0 && tokens[0].Kind == SpanKind.Prefill)
            yield return tokens[0] with { Index = null };
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
