namespace TraceAnalyzer.Reports.OfTrace;

/// <summary>How all counted requests of a device that have a length follow each other, reads and writes alike: what biopattern and btt count.</summary>
public sealed record DeviceSequence
{
    /// <summary>The requests.</summary>
    public required long Requests { get; init; }

    /// <summary>Those that begin where the one just before ended, the first not: what bcc's biopattern calls sequential.</summary>
    public required long Following { get; init; }

    /// <summary>Those that btt counts as seeks of distance 0: they begin or end within the one before, borders included. The first is one if it begins at sector 0.</summary>
    public required long WithoutSeek { get; init; }

    /// <summary>Mean distance of btt's seeks in sectors of 512 bytes, those of distance 0 included; the first is from sector 0.</summary>
    public required double MeanSeekSectors { get; init; }
}
