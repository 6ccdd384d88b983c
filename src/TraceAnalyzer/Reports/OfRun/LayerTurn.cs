namespace TraceAnalyzer.Reports.OfRun;

/// <summary>
/// The time of a layer, over all tokens that the trace shows: from the end of the compute call before it to the end of its own.
/// Requests are those issued in it, which are mostly of layers to come.
/// </summary>
public sealed record LayerTurn
{
    /// <summary>The framework's own number of the layer.</summary>
    public required int Number { get; init; }

    /// <summary>The model's layer, from 0; null for embeddings, or if nothing says.</summary>
    public int? Layer { get; init; }

    /// <summary>How often it was computed.</summary>
    public required int Turns { get; init; }

    /// <summary>How often besides, in tokens before the trace's first event or after its last: of these nothing is added up.</summary>
    public int TurnsOutside { get; init; }

    /// <summary>All its time, in nanoseconds.</summary>
    public required long TimeNs { get; init; }

    /// <summary>Reads issued in it.</summary>
    public required long ReadRequests { get; init; }

    /// <summary>Bytes of these.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Writes issued in it.</summary>
    public required long WriteRequests { get; init; }

    /// <summary>Bytes of these.</summary>
    public required long WriteBytes { get; init; }

    /// <summary>Time with requests in flight, in nanoseconds; null, as the rest, if the trace does not say.</summary>
    public long? IoBusyNs { get; init; }

    /// <summary>Time that was computed.</summary>
    public long? ComputeNs { get; init; }

    /// <summary>Of that, the time with requests in flight.</summary>
    public long? OverlapNs { get; init; }

    /// <summary>Time with requests in flight in which nothing was computed.</summary>
    public long? StallNs { get; init; }

    /// <summary>Neither.</summary>
    public long? IdleNs { get; init; }
}
