namespace TraceAnalyzer;

/// <summary>What a tensor is for; from <see cref="Embedding"/> to <see cref="OutputHead"/> its name in a model file says so, and from <see cref="Header"/> on it is not a tensor.</summary>
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

    /// <summary>An embedding of tokens or positions.</summary>
    Embedding,

    /// <summary>A matrix of the attention: queries, keys, values, output.</summary>
    Attention,

    /// <summary>A matrix of the feed-forward network of a dense layer: gate, up, down.</summary>
    FeedForward,

    /// <summary>The same of experts, of which a router chooses.</summary>
    Expert,

    /// <summary>The same of an expert that every token uses.</summary>
    SharedExpert,

    /// <summary>What chooses experts.</summary>
    Router,

    /// <summary>A normalization.</summary>
    Norm,

    /// <summary>The matrix that makes logits.</summary>
    OutputHead,

    /// <summary>What stands before the first tensor of a model file.</summary>
    Header,

    /// <summary>What lies between its tensors.</summary>
    Padding,

    /// <summary>What follows the last one, up to the end of the file's last sector.</summary>
    Tail,

    /// <summary>A file of which nothing says what it holds.</summary>
    OtherFile,

    /// <summary>Sectors of no known file.</summary>
    Unmapped,
}
