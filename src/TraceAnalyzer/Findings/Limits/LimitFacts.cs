using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Findings.Limits;

/// <summary>What a verdict about limits is made from.</summary>
/// <param name="Scope">The device, or that it is all of them.</param>
/// <param name="Use">Where the time went; null if the trace has no completions.</param>
public sealed record LimitFacts(string Scope, TimeUse? Use)
{
    /// <summary>Bytes read.</summary>
    public long ReadBytes { get; init; }

    /// <summary>Bytes written.</summary>
    public long WriteBytes { get; init; }

    /// <summary>True if a filter leaves out a part of what was in flight, so that bytes and times do not belong together.</summary>
    public bool IsFiltered { get; init; }

    /// <summary>True if it is one of several devices that served the run together: while it is idle another may be busy, so that idleness decides nothing about the run.</summary>
    public bool IsPart { get; init; }

    /// <summary>What the device can do, as stated or measured apart; null if nothing says.</summary>
    public LimitReference? Stated { get; init; }

    /// <summary>What the device can do by request size and depth, as measured apart; null if nothing was. Where something is stated, that counts.</summary>
    public ReferenceSurface? Surface { get; init; }

    /// <summary>Size of the reads, in bytes: the dominant one, or the mean where that is not known; 0 if nothing was read.</summary>
    public double ReadSizeBytes { get; init; }

    /// <summary>Size of the writes, in bytes.</summary>
    public double WriteSizeBytes { get; init; }

    /// <summary>Most bytes per second over any second of the trace; null if it is shorter.</summary>
    public double? BestSecondBytesPerSecond { get; init; }

    /// <summary>Median time of a token, in nanoseconds, and median time of a token with nothing in flight; null if the run has no tokens on the trace's clock.</summary>
    public (double TokenNs, double WithoutIoNs)? Tokens { get; init; }
}
