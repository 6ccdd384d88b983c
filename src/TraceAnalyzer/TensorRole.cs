namespace TraceAnalyzer;

/// <summary>What a tensor is for.</summary>
public enum TensorRole
{
    /// <summary>Something else or not known.</summary>
    Other,

    /// <summary>A weight or bias.</summary>
    Weight,

    /// <summary>The keys of a KV cache.</summary>
    KeyCache,

    /// <summary>The values of a KV cache.</summary>
    ValueCache,
}
