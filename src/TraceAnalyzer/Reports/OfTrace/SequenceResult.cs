namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>How the requests of a class follow each other in space, in the order of their counted events (docs/analyses/sequentiality.md).</summary>
public sealed record SequenceResult
{
    /// <summary>The requests, but for those without data.</summary>
    public required long Requests { get; init; }

    /// <summary>Requests that begin where one of the last 64 streams ended, whatever came between: several sequential streams at once are still sequential.</summary>
    public required long Continuing { get; init; }

    /// <summary><see cref="Continuing"/> of <see cref="Requests"/>, 0 to 1.</summary>
    public required double ContinuingShare { get; init; }

    /// <summary>
    /// About so many of <see cref="Continuing"/> are chance, if there are fewer than 32 streams: twice those that continue one of the older half of the 64, since a chance hit is
    /// as likely anywhere in the list and streams that go on are at its head.
    /// </summary>
    public long ByChance { get; init; }

    /// <summary>Requests that begin where the one just before them ended.</summary>
    public required long Following { get; init; }

    /// <summary><see cref="Following"/> of <see cref="Requests"/>, 0 to 1.</summary>
    public required double FollowingShare { get; init; }

    /// <summary>Requests that begin where the one before them of the same process ended.</summary>
    public long OwnFollowing { get; init; }

    /// <summary><see cref="OwnFollowing"/> of <see cref="Requests"/>, 0 to 1.</summary>
    public double OwnFollowingShare { get; init; }

    /// <summary>The fewest streams, those used last, that 90 % of <see cref="Continuing"/> continue; null if none continues.</summary>
    public int? Streams { get; init; }

    /// <summary>Runs: requests of which each begins where the one before it ended, other streams between them or not.</summary>
    public long Runs { get; init; }

    /// <summary>Median length of the runs in bytes, to within 1.6 %.</summary>
    public double RunP50Bytes { get; init; }

    /// <summary>95th percentile of their lengths in bytes, to within 1.6 %.</summary>
    public double RunP95Bytes { get; init; }

    /// <summary>Half of the bytes are in runs of at least this length in bytes, to within 1.6 %.</summary>
    public double HalfOfBytesRunBytes { get; init; }

    /// <summary>Requests that do not begin where the one before them ended; null if all do.</summary>
    public JumpResult? Jumps { get; init; }

    /// <summary>Requests that begin in another file than the one before; only of the sequence in files.</summary>
    public long? OtherFile { get; init; }

    /// <summary>By the process of the counted event, most requests first, at most 50; empty in files.</summary>
    public ProcessSequence[] Processes { get; init; } = [];

    /// <summary>By the phases that the run noted; empty without such and in files.</summary>
    public PhaseSequence[] Phases { get; init; } = [];
}

/// <summary>How the requests of one process follow each other.</summary>
/// <param name="Pid">Process (thread) number; -1 if the source does not say.</param>
/// <param name="Name">Command name; null if the trace does not say.</param>
/// <param name="Requests">Its requests of the class.</param>
/// <param name="Following">Those that begin where its one before ended.</param>
/// <param name="FollowingShare"><paramref name="Following"/> of <paramref name="Requests"/>, 0 to 1.</param>
public sealed record ProcessSequence(int Pid, string? Name, long Requests, long Following, double FollowingShare);

/// <summary>How the requests of one phase follow each other and those before it.</summary>
/// <param name="Phase">Name of the phase.</param>
/// <param name="Requests">Requests counted in it.</param>
/// <param name="Continuing">Those that continue one of the last 64 streams.</param>
/// <param name="ContinuingShare"><paramref name="Continuing"/> of <paramref name="Requests"/>, 0 to 1.</param>
/// <param name="Following">Those that begin where the one just before ended.</param>
/// <param name="FollowingShare"><paramref name="Following"/> of <paramref name="Requests"/>, 0 to 1.</param>
public sealed record PhaseSequence(string Phase, long Requests, long Continuing, double ContinuingShare, long Following, double FollowingShare);
