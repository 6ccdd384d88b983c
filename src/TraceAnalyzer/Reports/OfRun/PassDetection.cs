namespace TraceAnalyzer.Reports.OfRun;

/// <summary>Passes over the same data, found in the trace without any log.</summary>
/// <param name="Kind"><c>weights</c>: the same data each pass; <c>kv-cache</c>: data that is written between the passes; <c>unknown</c> if nothing says that the run is of a language model.</param>
/// <param name="PassStartNs">Start of each pass, on the trace's clock.</param>
/// <param name="Confidence">0 to 1: how much of what begins each pass had been read in the pass before, times how alike neighbouring passes are.</param>
/// <param name="KnownCount">Passes that the run's own notes tell of; null if there are none.</param>
/// <param name="GreatestErrorNs">Greatest distance between a pass found and its noted start, in nanoseconds; null if their numbers differ or nothing was noted.</param>
/// <param name="MedianPassNs">Median time of a pass.</param>
public sealed record PassDetection(string Kind, long[] PassStartNs, double Confidence, int? KnownCount, long? GreatestErrorNs, long MedianPassNs)
{
    /// <summary>The <see cref="Kind"/> of passes over weights.</summary>
    public const string OfWeights = "weights";

    /// <summary>The <see cref="Kind"/> of passes over a KV cache.</summary>
    public const string OfCache = "kv-cache";

    /// <summary>The <see cref="Kind"/> of passes over nobody knows what.</summary>
    public const string OfUnknown = "unknown";
}
