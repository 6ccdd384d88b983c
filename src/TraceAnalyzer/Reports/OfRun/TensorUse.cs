namespace TraceAnalyzer.Reports.OfRun;

/// <summary>What was read and written of one tensor.</summary>
public sealed record TensorUse
{
    /// <summary>Its file; empty for what belongs to none.</summary>
    public required string File { get; init; }

    /// <summary>Its name in the model; null if nothing says.</summary>
    public string? Tensor { get; init; }

    /// <summary>Its layer, from 0; null if it has none.</summary>
    public int? Layer { get; init; }

    /// <summary>What it is for; null if nothing says.</summary>
    public TensorRole? Role { get; init; }

    /// <summary>Which matrix of its role: <c>q</c>, <c>k</c>, <c>v</c>, <c>o</c>, <c>gate</c>, <c>up</c>, <c>down</c>, or several in one; null if nothing says.</summary>
    public string? Projection { get; init; }

    /// <summary>The expert that it belongs to, from 0; null if it is none's or all experts'.</summary>
    public int? Expert { get; init; }

    /// <summary>Where in its file it begins, in bytes; null if it is the whole file.</summary>
    public long? OffsetBytes { get; init; }

    /// <summary>Its length in bytes: what its shape says, else what its extents cover; of a tensor in a model file, what of it lies on the device.</summary>
    public long? LengthBytes { get; init; }

    /// <summary>How often it was read: bytes read over its length; null if that is not known.</summary>
    public double? Reads { get; init; }

    /// <summary>Reads that touch it.</summary>
    public required long ReadRequests { get; init; }

    /// <summary>Bytes read from the device.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Bytes that were read at least once; null if nothing was read at all.</summary>
    public long? DistinctReadBytes { get; init; }

    /// <summary>Writes that touch it.</summary>
    public required long WriteRequests { get; init; }

    /// <summary>Bytes written to the device.</summary>
    public required long WriteBytes { get; init; }

    /// <summary>Bytes that the framework read; null if it did not say.</summary>
    public long? FrameworkReadBytes { get; init; }

    /// <summary>Bytes that the framework wrote; null if it did not say.</summary>
    public long? FrameworkWriteBytes { get; init; }
}
