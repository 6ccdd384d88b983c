namespace TraceAnalyzer.Reports.OfRun;

/// <summary>What a framework's log says took how long, placed in the time of the GPU log.</summary>
/// <param name="File">The framework's log.</param>
/// <param name="Anchor">What it was placed by.</param>
/// <param name="UncertaintyNs">How far off that may be, in nanoseconds; null if nothing says.</param>
/// <param name="Phases">The phases, in time order.</param>
public sealed record LoggedRun(string File, string Anchor, long? UncertaintyNs, LoggedPhase[] Phases);
