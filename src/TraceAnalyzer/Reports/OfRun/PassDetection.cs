namespace TraceAnalyzer.Reports.OfRun;

/// <summary>Passes over the same data, found in the trace without any log.</summary>
/// <param name="Kind">What they read.</param>
/// <param name="PassStartNs">Start of each pass, on the trace's clock.</param>
/// <param name="Confidence">0 to 1: the share of starts that was right in captures with such a <see cref="Score"/> whose passes were noted (docs/analyses/passes-and-tokens.md).</param>
/// <param name="KnownCount">Passes that the run's own notes tell of; null if there are none.</param>
/// <param name="GreatestErrorNs">Greatest distance between a pass found and its noted start, in nanoseconds; null if their numbers differ or nothing was noted.</param>
/// <param name="MedianPassNs">Median time of a pass.</param>
public sealed record PassDetection(PassKind Kind, long[] PassStartNs, double Confidence, int? KnownCount, long? GreatestErrorNs, long MedianPassNs)
{
    /// <summary>With less confidence nothing is derived from passes.</summary>
    public const double LeastConfidence = 0.5;

    /// <summary>0 to 1: how regular the passes are, that is how much of what begins each had been read in the pass before, times how alike neighboring passes are.</summary>
    public double Score { get; init; }

    /// <summary>After the last request of the last pass, on the trace's clock.</summary>
    public long EndNs { get; init; }

    /// <summary>What each pass reads and where; empty in reports that were made before it was written.</summary>
    public PassExtent[] Extents { get; init; } = [];

    /// <summary>True if the passes are regular enough to say where each begins.</summary>
    public bool AreTold() => Confidence >= LeastConfidence;

    /// <summary>True if each starts less than half a median pass from its noted start: further off it could as well be another one. Null if that is not known.</summary>
    public bool? StartsAgree() => GreatestErrorNs is { } errorNs ? 2 * errorNs < MedianPassNs : null;
}

/// <summary>What a found pass reads.</summary>
/// <param name="FirstSector">First sector of the first region that it reads; regions are 1 MiB, or larger where much is read.</param>
/// <param name="LastSector">Last sector of the last one.</param>
/// <param name="Requests">Reads of it.</param>
/// <param name="Bytes">Their bytes.</param>
public sealed record PassExtent(ulong FirstSector, ulong LastSector, long Requests, long Bytes);

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
