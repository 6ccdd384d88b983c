namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>Exact request sizes.</summary>
/// <param name="Sizes">Each size that occurs, ascending.</param>
/// <param name="DominatingSizeBytes">The size with most requests (the larger one on a tie).</param>
/// <param name="DominatingShareOfRequests">Its share of the requests, 0 to 1.</param>
/// <param name="DominatingShareOfBytes">Its share of the bytes, 0 to 1; 0 if there are no bytes.</param>
public sealed record RequestSizeResult(SizeCount[] Sizes, long DominatingSizeBytes, double DominatingShareOfRequests, double DominatingShareOfBytes)
{
    /// <summary>There were more sizes than are told apart: each entry of <see cref="Sizes"/> stands for the sizes from its own on, below this many bytes more. Null where sizes are exact.</summary>
    public long? RangeBytes { get; init; }
}
