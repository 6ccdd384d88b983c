using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Runs;
using TraceAnalyzer.Runs.Logs;

namespace TraceAnalyzer.Analysis.OfRun;

// Phases: those that a file names, those of a log placed by the passes, those that the trace itself shows.
internal sealed partial class RunReportBuilder
{
    private const string FoundTokens = "trace";
    private const string Prefill = "prefill";
    private const string Decode = "decode";

    // Passes begin where they were noted to within this share of the median pass (docs/analyses/passes-and-tokens.md).
    private const double PassStartError = 0.05;

    // A log that is off by half a pass could as well be placed a pass earlier or later.
    private const double MostUncertain = 0.5;

    private SpanUseReport[] Phases(SpanUseReport[] tokens, string? tokenSource, long? tokenUncertaintyNs, FoundRun? found)
    {
        SpanUseReport[] named = [.. Spans(_context.Phases, Read?.Phases, Write?.Phases).Select(phase => phase with { Source = _context.PhaseSource })];
        IEnumerable<SpanUseReport> generating = tokenSource is null ? []
            : tokenSource != FoundTokens ? OfTokens(tokens).Select(phase => phase with { Source = tokenSource, UncertaintyNs = tokenUncertaintyNs })
            : PlacedLatencies(found!.Detection) ?? OfFoundTokens(found);
        return
        [
            .. named.Concat(BeforePasses(found).Where(phase => !named.Any(other => other.StartNs < phase.EndNs && other.EndNs > phase.StartNs)))
                .Concat(generating.Where(phase => !named.Any(other => other.Name == phase.Name)))
                .OrderBy(phase => phase.StartNs),
        ];
    }

    private IEnumerable<SpanUseReport> BeforePasses(FoundRun? found)
    {
        (string Name, FoundPhase? Phase)[] phases = [("load", found?.Load), ("write-out", found?.Detection.Kind == "weights" ? found.Written : null)];
        foreach ((string name, FoundPhase? phase) in phases)
        {
            if (phase is not null)
                yield return BinnedSpan(name, null, StartOfBin(phase.StartNs), phase.EndNs) with { Source = SpanUseReport.FoundInTrace, Confidence = phase.Confidence };
        }
    }

    // The prefill of a KV run is what writes the prompt's rows: without them only its end is known.
    private IEnumerable<SpanUseReport> OfFoundTokens(FoundRun found)
    {
        double passes = found.Detection.Confidence;
        bool isCache = found.Detection.Kind == "kv-cache";
        return OfTokens(found.Tokens)
            .Where(phase => phase.Name != Prefill || !isCache || found.Written is not null)
            .Select(phase => phase with { Source = SpanUseReport.FoundInTrace, Confidence = isCache && phase.Name == Prefill ? found.Written!.Confidence : passes });
    }

    // The first token is the prefill, all others are the decode steps, with the sums of what was counted in each.
    private IEnumerable<SpanUseReport> OfTokens(SpanUseReport[] tokens)
    {
        if (tokens.Length == 0 || tokens[0].Name != Prefill)
            yield break;
        yield return tokens[0] with { Index = null };
        SpanUseReport[] steps = tokens[1..];
        if (steps.Length == 0)
            yield break;
        yield return WithRates(Span(new NamedSpan(Decode, null, steps[0].StartNs, steps[^1].EndNs), null, null) with
        {
            ReadRequests = steps.Sum(step => step.ReadRequests),
            ReadBytes = steps.Sum(step => step.ReadBytes),
            WriteRequests = steps.Sum(step => step.WriteRequests),
            WriteBytes = steps.Sum(step => step.WriteBytes),
            FirstNs = steps.Min(step => step.FirstNs),
            LastNs = steps.Max(step => step.LastNs),
        });
    }

    // A log that only says how long prefill and decode took (FlexGen's): the decode steps end with the last pass, and begin with the pass from which they take
    // that long. The first pass of a KV run is a decode step; with weights on disk the prefill is a pass too. A warm-up before them has passes of its own.
    private SpanUseReport[]? PlacedLatencies(PassDetection detection)
    {
        long[] starts = detection.PassStartNs;
        long endNs = starts[^1] + detection.MedianPassNs;
        int prefillPasses = detection.Kind == "kv-cache" ? 0 : 1;
        int? steps = _folder.Settings.GeneratedTokens - 1;
        foreach (RunPart<FrameworkLog> log in _folder.FrameworkLogs)
        {
            if (LatenciesOf(log.Content) is not var (prefillNs, decodeNs))
                continue;
            long DistanceNs(int pass) => Math.Abs(endNs - starts[pass] - decodeNs);
            int first = Enumerable.Range(prefillPasses, starts.Length - prefillPasses).MinBy(DistanceNs);
            long offNs = Math.Max(DistanceNs(first), prefillPasses == 0 ? 0 : Math.Abs(starts[first] - starts[first - 1] - prefillNs));
            long uncertaintyNs = offNs + (long)(PassStartError * detection.MedianPassNs);
            if (uncertaintyNs > MostUncertain * detection.MedianPassNs || (steps is { } known && starts.Length - first != known))
                continue;
            long startNs = starts[first];
            return
            [
                .. ((SpanUseReport[])[BinnedSpan(Prefill, null, startNs - prefillNs, startNs), BinnedSpan(Decode, null, startNs, startNs + decodeNs)])
                    .Select(phase => phase with { Source = log.File + PlacedByPasses, UncertaintyNs = uncertaintyNs }),
            ];
        }

        return null;
    }

    private IEnumerable<string> UnplacedLogs(RunReport report) => report.TokenSource is FoundTokens && !report.Phases.Any(phase => phase.UncertaintyNs is not null)
        ? _folder.FrameworkLogs.Where(log => LatenciesOf(log.Content) is not null).Select(log => log.File)
        : [];

    private static (long PrefillNs, long DecodeNs)? LatenciesOf(FrameworkLog log) =>
        log.Summary is { PrefillSeconds: > 0 and var prefill, DecodeSeconds: > 0 and var decode } ? ((long)(prefill * 1e9), (long)(decode * 1e9)) : null;
}
