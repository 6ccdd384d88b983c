namespace TraceAnalyzer.Reports.OfRun;

/// <summary>What a drive's own counters rose by, from two copies of its SMART logs (docs/analyses/wear.md).</summary>
/// <param name="Source">The files.</param>
/// <param name="HostWriteBytes">Bytes that hosts wrote; null if no log says.</param>
/// <param name="MediaWriteBytes">Bytes that the drive wrote to its flash, its own rewriting included; null if no log says.</param>
public sealed record DriveCounters(string Source, long? HostWriteBytes, long? MediaWriteBytes)
{
    /// <summary>Write amplification: bytes written to flash over bytes that hosts wrote; null if one of them is not known, or nothing was written.</summary>
    public double? WriteAmplification => HostWriteBytes > 0 && MediaWriteBytes is { } media ? (double)media / HostWriteBytes : null;

    /// <summary>What cannot be said; null if nothing is missing.</summary>
    public string? Remark { get; init; }
}
