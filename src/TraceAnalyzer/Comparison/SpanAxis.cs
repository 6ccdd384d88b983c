using System.Globalization;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfRun;

namespace TraceAnalyzer.Comparison;

/// <summary>Where a span of one run lies on a common axis.</summary>
/// <param name="FromNs">Its start on the run's clock.</param>
/// <param name="ToNs">Its end, after the start.</param>
/// <param name="FirstBin">Its first bin on the axis.</param>
/// <param name="Bins">How many bins it is cut into.</param>
internal readonly record struct SpanSegment(long FromNs, long ToNs, int FirstBin, int Bins);

/// <summary>An axis on which spans of the same name (phases, tokens) of several runs lie above each other, each as wide as the next however long it takes.</summary>
/// <param name="Alignment">By phase or by token.</param>
/// <param name="Spans">Its spans.</param>
/// <param name="Segments">For each run where its spans lie.</param>
internal sealed record SpanAxis(RunAlignment Alignment, AlignedSpan[] Spans, SpanSegment[][] Segments)
{
    private const int MostPhaseBins = 50;
    private const int MostTokenBins = 20;
    private const int MostBins = 2000;

    /// <summary>The axes that two runs or more have in common.</summary>
    public static IEnumerable<SpanAxis> Of(IReadOnlyList<RunView> runs)
    {
        if (Create(RunAlignment.Phase, runs, Phases, MostPhaseBins) is { } phases)
            yield return phases;
        if (Create(RunAlignment.Token, runs, Tokens, MostTokenBins) is { } tokens)
            yield return tokens;
    }

    private static SpanAxis? Create(RunAlignment alignment, IReadOnlyList<RunView> runs, Func<RunView, List<NamedSpan>> of, int mostBins)
    {
        List<NamedSpan>[] all = [.. runs.Select(of)];
        string[] names = [.. all.SelectMany(spans => spans.Select(span => span.Name).Distinct()).GroupBy(name => name)
            .Where(name => alignment == RunAlignment.Token || name.Count() > 1).Select(name => name.Key)];
        if (all.Count(spans => spans.Exists(span => names.Contains(span.Name))) < 2)
            return null;

        // The order of the run that has most of them; tokens are numbered alike in all.
        List<NamedSpan> longest = all.MaxBy(spans => spans.Count(span => names.Contains(span.Name)))!;
        names = [.. longest.Select(span => span.Name).Where(names.Contains).Distinct()];
        var spans = new AlignedSpan[names.Length];
        List<SpanSegment>[] segments = [.. runs.Select(_ => new List<SpanSegment>())];
        int bin = 0;
        for (int i = 0; i < names.Length; i++)
        {
            NamedSpan?[] each = [.. all.Select(ofRun => ofRun.Find(span => span.Name == names[i]))];
            int bins = Math.Clamp(
                (int)each.Select((span, run) => span is null ? double.MaxValue : (span.ToNs - span.FromNs) / (double)runs[run].Report.Time.WidthNs).Min(), 1, Math.Min(mostBins, Math.Max(1, MostBins / names.Length)));
            spans[i] = new AlignedSpan(names[i], bins, [.. each.Select(span => span is null ? (double?)null : span.ToNs - span.FromNs)]);
            for (int run = 0; run < each.Length; run++)
            {
                if (each[run] is { } span)
                    segments[run].Add(new SpanSegment(span.FromNs, span.ToNs, bin, bins));
            }

            bin += bins;
        }

        return new SpanAxis(alignment, spans, [.. segments.Select(ofRun => ofRun.ToArray())]);
    }

    // Prefill and decoding where tokens are known, else the phases that the run noted.
    private static List<NamedSpan> Phases(RunView run)
    {
        if (run.Device is null || run.Report.Run is not { } report)
            return [];
        SpanUseReport[] decode = report.Decoded;
        if (decode.Length == 0)
            return [.. report.Phases.Where(HasTime).Select(phase => new NamedSpan(phase.Name, phase.StartNs, phase.EndNs))];
        var spans = new List<NamedSpan>();
        if (report.Prefill is { } prefill && HasTime(prefill))
            spans.Add(new NamedSpan(prefill.Name, prefill.StartNs, prefill.EndNs));
        if (decode[^1].EndNs > decode[0].StartNs)
            spans.Add(new NamedSpan("decoding", decode[0].StartNs, decode[^1].EndNs));
        return spans;
    }

    private static List<NamedSpan> Tokens(RunView run) => run.Device is null || run.Report.Run is not { } report ? [] :
        [.. report.Tokens.Where(HasTime).Select((token, i) => new NamedSpan(i.ToString(CultureInfo.InvariantCulture), token.StartNs, token.EndNs))];

    private static bool HasTime(SpanUseReport span) => span.EndNs > span.StartNs;

    private sealed record NamedSpan(string Name, long FromNs, long ToNs);
}
