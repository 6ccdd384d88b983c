namespace TraceAnalyzer.Reports.OfRun;

/// <summary>Reads and writes of a layer's tensors, whenever they were made.</summary>
public sealed record LayerIo
{
    /// <summary>The model's layer, from 0.</summary>
    public required int Layer { get; init; }

    /// <summary>Reads that touch its tensors, each tensor by itself.</summary>
    public required long ReadRequests { get; init; }

    /// <summary>Bytes read.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Writes that touch its tensors.</summary>
    public required long WriteRequests { get; init; }

    /// <summary>Bytes written.</summary>
    public required long WriteBytes { get; init; }

    /// <summary>Time with requests of the layer in flight, pauses below 1 ms included, in nanoseconds; null if the trace does not say.</summary>
    public long? IoBusyNs { get; init; }

    /// <summary>Bytes read and written over that time.</summary>
    public double? BytesPerSecond { get; init; }
}
