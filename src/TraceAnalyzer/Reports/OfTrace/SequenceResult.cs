namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>How the requests of a class follow each other in space, in the order of their counted events.</summary>
public sealed record SequenceResult
{
    /// <summary>The requests, but for those without data.</summary>
    public required long Requests { get; init; }

    /// <summary>Requests that begin where any earlier one ended: several sequential streams at once are still sequential.</summary>
    public required long Continuing { get; init; }

    /// <summary><see cref="Continuing"/> of <see cref="Requests"/>, 0 to 1.</summary>
    public required double ContinuingShare { get; init; }

    /// <summary>Requests that begin where the one just before them ended.</summary>
    public required long Following { get; init; }

    /// <summary><see cref="Following"/> of <see cref="Requests"/>, 0 to 1.</summary>
    public required double FollowingShare { get; init; }

    /// <summary>True if <see cref="Continuing"/> may be too low: the requests ended at more places than are remembered (65,536, those met last).</summary>
    public required bool IsLowerBound { get; init; }
}
