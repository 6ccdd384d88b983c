namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>A counter of something that went wrong or was left out.</summary>
/// <param name="Name">Stable name, e.g. <c>skippedBytes</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="Meaning">One sentence for people.</param>
/// <param name="FirstPlace">Where it was first seen, e.g. <c>run.blktrace.3, byte 4096</c>; null if the counter has no place.</param>
public sealed record IntegrityCounter(string Name, long Count, string Meaning, string? FirstPlace)
{
    /// <summary>True if what is counted was lost, is damaged or does not fit; false if it was left out on purpose.</summary>
    public bool IsLoss { get; init; } = true;
}
