namespace TraceAnalyzer.Reports.OfComparison;

/// <summary>The decoded tokens (or passes) of a run on average; the prefill is another kind of work and not among them.</summary>
/// <param name="Tokens">How many.</param>
/// <param name="MeanNs">Time of one.</param>
/// <param name="MeanReadBytes">Bytes read for one.</param>
/// <param name="MeanWriteBytes">Bytes written for one.</param>
/// <param name="MeanStallNs">Of its time, that in which requests were in flight and nothing was computed; null if nothing tells.</param>
public sealed record TokenMeans(int Tokens, double MeanNs, double MeanReadBytes, double MeanWriteBytes, double? MeanStallNs)
{
    // Passes over data of which nothing says that they make tokens.
    private const string PassName = "pass";

    /// <summary>What the spans are: <c>decoded token</c>, or <c>pass</c> of a run that is not known to generate any.</summary>
    public required string Kind { get; init; }

    /// <summary>Null if no token is known.</summary>
    public static TokenMeans? Of(RunView run)
    {
        if (run.Report.Run is not { } report || RunView.Decode(report) is not { Length: > 0 } decode)
            return null;
        return new TokenMeans(
            decode.Length, decode.Average(token => (double)(token.EndNs - token.StartNs)), decode.Average(token => (double)token.ReadBytes), decode.Average(token => (double)token.WriteBytes),
            decode.All(token => token.StallNs is not null) ? decode.Average(token => (double)token.StallNs!.Value) : null)
        {
            Kind = decode.All(token => token.Name == PassName) ? PassName : "decoded token",
        };
    }
}
