using TraceAnalyzer.Reports.OfRun;

namespace TraceAnalyzer.Reports.OfComparison;

/// <summary>The decoded tokens (or passes) of a run on average; the prefill is another kind of work and not among them.</summary>
/// <param name="Tokens">How many.</param>
/// <param name="MeanNs">Time of one.</param>
/// <param name="MeanReadBytes">Bytes read for one.</param>
/// <param name="MeanWriteBytes">Bytes written for one.</param>
/// <param name="MeanStallNs">Of its time, that in which requests were in flight and nothing was computed; null if nothing tells.</param>
public sealed record TokenMeans(int Tokens, double MeanNs, double MeanReadBytes, double MeanWriteBytes, double? MeanStallNs)
{
    /// <summary>What the spans are: decoded tokens, or passes of a run that is not known to generate any.</summary>
    public required SpanKind Kind { get; init; }

    /// <summary>One of them in words.</summary>
    public string Name => Kind == SpanKind.Pass ? "pass" : "decoded token";

    /// <summary>Of a run; null if neither tokens nor passes are known.</summary>
    public static TokenMeans? Of(RunView run) => run.Report.Run is { } report ? Of(report) : null;

    /// <summary>The same of tokens alone: null also if all that is known are passes, which nothing says make tokens.</summary>
    public static TokenMeans? OfTokens(RunView run) => Of(run) is { Kind: SpanKind.Decode } means ? means : null;

    /// <summary>The same of a report.</summary>
    public static TokenMeans? Of(RunReport report)
    {
        if (report.Decoded is not { Length: > 0 } decode)
            return null;
        return new TokenMeans(
            decode.Length, decode.Average(token => (double)(token.EndNs - token.StartNs)), decode.Average(token => (double)token.ReadBytes), decode.Average(token => (double)token.WriteBytes),
            decode.All(token => token.StallNs is not null) ? decode.Average(token => (double)token.StallNs!.Value) : null)
        {
            Kind = decode.All(token => token.Kind == SpanKind.Pass) ? SpanKind.Pass : SpanKind.Decode,
        };
    }
}
