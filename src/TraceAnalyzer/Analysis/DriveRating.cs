namespace TraceAnalyzer.Analysis;

/// <summary>What the user says of the drive that was written to, or of one that might be.</summary>
/// <param name="CapacityBytes">Its capacity in bytes; null if unknown.</param>
/// <param name="RatedBytes">Bytes that it is rated to be written in its life (TBW); null if unknown.</param>
public sealed record DriveRating(long? CapacityBytes, long? RatedBytes)
{
    /// <summary>Nothing is known.</summary>
    public static DriveRating Unknown { get; } = new(null, null);
}
