namespace TraceAnalyzer.Reports.OfRun;

/// <summary>Passes over the same data, found in the trace without any log.</summary>
/// <param name="Kind">What they read.</param>
/// <param name="PassStartNs">Start of each pass, on the trace's clock.</param>
/// <param name="Confidence">0 to 1: how much of what begins each pass had been read in the pass before, times how alike neighbouring passes are.</param>
/// <param name="KnownCount">Passes that the run's own notes tell of; null if there are none.</param>
/// <param name="GreatestErrorNs">Greatest distance between a pass found and its noted start, in nanoseconds; null if their numbers differ or nothing was noted.</param>
/// <param name="MedianPassNs">Median time of a pass.</param>
public sealed record PassDetection(PassKind Kind, long[] PassStartNs, double Confidence, int? KnownCount, long? GreatestErrorNs, long MedianPassNs);

/// <summary>What passes read.</summary>
public enum PassKind
{
    /// <summary>Nothing says that the run is of a language model.</summary>
    Unknown,

    /// <summary>Weights: the same data each pass.</summary>
    Weights,

    /// <summary>A KV cache: data that is written between the passes.</summary>
    KvCache,
}
