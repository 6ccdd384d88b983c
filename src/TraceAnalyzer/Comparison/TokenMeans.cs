namespace TraceAnalyzer.Comparison;

/// <summary>The decoded tokens of a run on average; the prefill is another kind of work and not among them.</summary>
/// <param name="Tokens">How many.</param>
/// <param name="MeanNs">Time of one.</param>
/// <param name="MeanReadBytes">Bytes read for one.</param>
/// <param name="MeanWriteBytes">Bytes written for one.</param>
/// <param name="MeanStallNs">Of its time, that in which requests were in flight and nothing was computed; null if nothing tells.</param>
internal sealed record TokenMeans(int Tokens, double MeanNs, double MeanReadBytes, double MeanWriteBytes, double? MeanStallNs)
{
    /// <summary>Null if no token is known.</summary>
    public static TokenMeans? Of(RunView run)
    {
        if (run.Report.Run is not { } report || RunView.Decode(report) is not { Length: > 0 } decode)
            return null;
        return new TokenMeans(
            decode.Length, decode.Average(token => (double)(token.EndNs - token.StartNs)), decode.Average(token => (double)token.ReadBytes), decode.Average(token => (double)token.WriteBytes),
            decode.All(token => token.StallNs is not null) ? decode.Average(token => (double)token.StallNs!.Value) : null);
    }
}
