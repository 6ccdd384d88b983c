using System.Text.Json;
using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs.Tensors;

/// <summary>The sizes of a decoder-only transformer, from which follows what it must read and write.</summary>
public sealed record ModelShape
{
    // OPT's position table has two rows more than the longest sequence (transformers, OPTLearnedPositionalEmbedding).
    private const int OptPositionRows = 2050;

    private static readonly ModelShape[] s_known =
    [
        Opt("opt-125m", 12, 768, 12),
        Opt("opt-1.3b", 24, 2048, 32),
        Opt("opt-2.7b", 32, 2560, 32),
        Opt("opt-6.7b", 32, 4096, 32),
        Opt("opt-13b", 40, 5120, 40),
        Opt("opt-30b", 48, 7168, 56),
        Opt("opt-66b", 64, 9216, 72),
        Opt("opt-175b", 96, 12288, 96),
        Llama("llama-2-7b", 32, 4096, 32, 32, 11008, 32000),
        Llama("llama-2-13b", 40, 5120, 40, 40, 13824, 32000),
        Llama("llama-2-70b", 80, 8192, 64, 8, 28672, 32000),
        Llama("meta-llama-3-8b", 32, 4096, 32, 8, 14336, 128256),
        Llama("meta-llama-3-70b", 80, 8192, 64, 8, 28672, 128256),
        Llama("llama-3.1-8b", 32, 4096, 32, 8, 14336, 128256),
        Llama("llama-3.1-70b", 80, 8192, 64, 8, 28672, 128256),
        Llama("mistral-7b", 32, 4096, 32, 8, 14336, 32000),
    ];

    /// <summary>Name of the model.</summary>
    public required string Name { get; init; }

    /// <summary>Decoder layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Length of a hidden state.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values; fewer than <see cref="Heads"/> with grouped-query attention.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Length of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Inner length of the feed-forward network.</summary>
    public required int FfnSize { get; init; }

    /// <summary>Tokens of the vocabulary.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Rows of a learned table of positions; 0 where positions are computed.</summary>
    public int PositionRows { get; init; }

    /// <summary>True if the feed-forward network has a third matrix, the gate (Llama, Mistral).</summary>
    public bool HasGate { get; init; }

    /// <summary>True if matrices and norms have biases (OPT).</summary>
    public bool HasBiases { get; init; }

    /// <summary>True if the output matrix is the embedding matrix.</summary>
    public bool TiesEmbeddings { get; init; }

    /// <summary>Number of parameters, each counted once.</summary>
    public long Parameters
    {
        get
        {
            long hidden = HiddenSize;
            long queries = (long)Heads * HeadSize;
            long keys = (long)KvHeads * HeadSize;
            long bias = HasBiases ? 1 : 0;
            long attention = (2 * hidden * (queries + keys)) + (bias * (queries + (2 * keys) + hidden));
            long ffn = ((HasGate ? 3 : 2) * hidden * FfnSize) + (bias * (FfnSize + hidden));
            long norm = hidden * (1 + bias);
            long embeddings = (VocabularySize * (TiesEmbeddings ? 1L : 2L) * hidden) + (PositionRows * hidden);
            return (Layers * (attention + ffn + (2 * norm))) + norm + embeddings;
        }
    }

    /// <summary>
    /// Number of parameters as FlexGen counts them for OPT, and DeepSpeed's benchmark after it, and so what both print as model size:
    /// <c>L*(h(3h+1)+h(h+1)+h(4h+1)+4h(h+1)+4h)+V(h+1)</c>. It counts one bias for queries, keys and values together, and neither
    /// positions nor the last norm. For other models equal to <see cref="Parameters"/>.
    /// </summary>
    public long ReportedParameters
    {
        get
        {
            long h = HiddenSize;
            return HasBiases
                ? (Layers * ((h * ((3 * h) + 1)) + (h * (h + 1)) + (h * ((4 * h) + 1)) + (4 * h * (h + 1)) + (4 * h))) + (VocabularySize * (h + 1))
                : Parameters;
        }
    }

    /// <summary>
    /// Parameters that one pass uses. A tied embedding matrix is used at both ends of a pass, and so read twice where each use loads its own
    /// copy, as FlexGen and DeepSpeed do.
    /// </summary>
    public long ParametersOfPass => Parameters + (TiesEmbeddings ? (long)VocabularySize * HiddenSize : 0);

    /// <summary>Elements of one row of a KV cache: the keys (or the values) of one token position of one layer, for one sequence.</summary>
    public long KvRowElements => (long)KvHeads * HeadSize;

    // As Parameters, but without overflow: each of the products is at most 2^73.
    private bool IsPossible
    {
        get
        {
            double attention = 2.0 * HiddenSize * HeadSize * ((double)Heads + KvHeads);
            double ffn = 3.0 * HiddenSize * FfnSize;
            return (Layers * (attention + ffn + (4.0 * HiddenSize))) + (2.0 * VocabularySize * HiddenSize) <= SideRanges.MostParameters;
        }
    }

    /// <summary>The model called <paramref name="name"/> (<c>facebook/opt-6.7b</c>, <c>meta-llama/Llama-2-7b-hf</c>), or null if it is not known.</summary>
    public static ModelShape? Find(string? name)
    {
        string last = name?[(name.LastIndexOf('/') + 1)..] ?? "";
        return Array.Find(s_known, shape =>
            last.Equals(shape.Name, StringComparison.OrdinalIgnoreCase) || last.StartsWith(shape.Name + "-", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A decoder of the OPT family (Zhang et al. 2022, table 1).</summary>
    public static ModelShape Opt(string name, int layers, int hiddenSize, int heads) => new()
    {
        Name = name,
        Layers = layers,
        HiddenSize = hiddenSize,
        Heads = heads,
        KvHeads = heads,
        HeadSize = hiddenSize / heads,
        FfnSize = 4 * hiddenSize,
        VocabularySize = 50272,
        PositionRows = OptPositionRows,
        HasBiases = true,
        TiesEmbeddings = true,
    };

    /// <summary>A decoder of Llama's kind: gated feed-forward network, no biases, rotary positions (Touvron et al. 2023; Jiang et al. 2023 for Mistral).</summary>
    public static ModelShape Llama(string name, int layers, int hiddenSize, int heads, int kvHeads, int ffnSize, int vocabularySize) => new()
    {
        Name = name,
        Layers = layers,
        HiddenSize = hiddenSize,
        Heads = heads,
        KvHeads = kvHeads,
        HeadSize = hiddenSize / heads,
        FfnSize = ffnSize,
        VocabularySize = vocabularySize,
        HasGate = true,
    };

    /// <summary>A shape under the names of a Hugging Face <c>config.json</c>; null if a size is missing, or no model can have it.</summary>
    internal static ModelShape? FromJson(JsonElement config, SideRemarks remarks)
    {
        int? Size(string name) => JsonText.Number(config, name, SideRanges.ModelSize, remarks);
        if (Size("num_hidden_layers") is not { } layers || Size("hidden_size") is not { } hiddenSize || Size("num_attention_heads") is not { } heads
            || (Size("intermediate_size") ?? Size("ffn_dim")) is not { } ffnSize || Size("vocab_size") is not { } vocabularySize)
        {
            return null;
        }

        string name = JsonText.Text(config, "model_type") ?? "given shape";
        bool isOpt = name == "opt";
        var shape = new ModelShape
        {
            Name = name,
            Layers = layers,
            HiddenSize = hiddenSize,
            Heads = heads,
            KvHeads = Size("num_key_value_heads") ?? heads,
            HeadSize = Size("head_dim") ?? hiddenSize / heads,
            FfnSize = ffnSize,
            VocabularySize = vocabularySize,
            PositionRows = isOpt ? OptPositionRows : 0,
            HasGate = !isOpt,
            HasBiases = isOpt,
            TiesEmbeddings = JsonText.Flag(config, "tie_word_embeddings") ?? isOpt,
        };
        if (shape.IsPossible)
            return shape;
        remarks.Add("shape: a model of these sizes has more parameters than any");
        return null;
    }
}
