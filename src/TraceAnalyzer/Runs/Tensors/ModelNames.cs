using System.Globalization;

// blk.3.ffn_down_exps.weight                                  (GGUF)
// model.layers.3.block_sparse_moe.experts.5.w1.weight         (Hugging Face)
namespace TraceAnalyzer.Runs.Tensors;

/// <summary>What the name of a tensor in a model file says of it, in the naming of GGUF and of Hugging Face's models.</summary>
internal static class ModelNames
{
    private static readonly string[] s_layerWords = ["blk", "layers", "layer", "h", "blocks", "block"];

    // Towers beside the language model have layers of their own.
    private static readonly string[] s_towers = ["vision", "visual", "audio", "image"];

    private static readonly (string Word, string Projection)[] s_projections =
    [
        ("gate_up_proj", "gate+up"), ("gate_up", "gate+up"), ("gate_proj", "gate"), ("up_proj", "up"), ("down_proj", "down"), ("gate", "gate"), ("up", "up"), ("down", "down"),
        ("w1", "gate"), ("w2", "down"), ("w3", "up"), ("fc1", "up"), ("fc2", "down"), ("c_fc", "up"), ("dense_h_to_4h", "up"), ("dense_4h_to_h", "down"),
        ("qkv", "qkv"), ("qkv_proj", "qkv"), ("query_key_value", "qkv"), ("c_attn", "qkv"), ("w_pack", "qkv"), ("kv_a_mqa", "kv"), ("kv_a_proj_with_mqa", "kv"), ("kv_b", "kv"), ("kv_b_proj", "kv"),
        ("q", "q"), ("q_proj", "q"), ("query", "q"), ("wq", "q"), ("q_a", "q"), ("q_b", "q"), ("q_a_proj", "q"), ("q_b_proj", "q"), ("k", "k"), ("k_proj", "k"), ("key", "k"), ("wk", "k"), ("k_b", "k"),
        ("v", "v"), ("v_proj", "v"), ("value", "v"), ("wv", "v"), ("v_b", "v"), ("output", "o"), ("o_proj", "o"), ("out_proj", "o"), ("wo", "o"), ("dense", "o"),
    ];

    /// <summary>What a name says; a name that says nothing is a weight of no layer.</summary>
    public static TensorIdentity Of(string name)
    {
        string[] words = name.ToLowerInvariant().Split('.');
        int at = LayerWord(words);
        bool isTower = words.Take(at < 0 ? words.Length : at).Any(word => word is "v" or "a" || s_towers.Any(tower => word.Contains(tower, StringComparison.Ordinal)));
        if (isTower)
            return new TensorIdentity(null, TensorRole.Weight, null, null, false);
        int? layer = at < 0 ? null : Number(words[at + 1]);
        string[] rest = words[(at < 0 ? 0 : at + 2)..];
        (TensorRole role, int? expert, bool isStacked) = RoleOf(rest, layer is not null);
        return new TensorIdentity(layer ?? CacheLayer(words, role), role, ProjectionOf(rest, role), expert, isStacked);
    }

    private static int LayerWord(string[] words)
    {
        for (int i = 0; i + 1 < words.Length; i++)
        {
            if (s_layerWords.Contains(words[i]) && Number(words[i + 1]) is not null)
                return i;
        }

        return -1;
    }

    private static int? Number(string word) =>
        word.Length is > 0 and <= 4 && int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static (TensorRole Role, int? Expert, bool IsStacked) RoleOf(string[] words, bool isOfLayer)
    {
        if (CacheRole(words) is { } cache)
            return (cache, null, false);
        if (words.Any(word => word.Contains("norm", StringComparison.Ordinal) || word is "ln_1" or "ln_2" or "ln_f"))
            return (TensorRole.Norm, null, false);
        if (words.Any(word => word is "router" or "gate" or "shared_expert_gate" or "exp_probs_b" || word.StartsWith("ffn_gate_inp", StringComparison.Ordinal)))
            return (TensorRole.Router, null, false);
        if (words.Any(word => word.EndsWith("_shexp", StringComparison.Ordinal) || word is "shared_expert" or "shared_experts" or "shared_mlp"))
            return (TensorRole.SharedExpert, null, false);
        int experts = Array.FindIndex(words, word => word is "experts" or "local_experts");
        if (experts >= 0 || words.Any(word => word.EndsWith("_exps", StringComparison.Ordinal)))
        {
            int? expert = experts >= 0 && experts + 1 < words.Length ? Number(words[experts + 1]) : null;
            return (TensorRole.Expert, expert, expert is null);
        }

        // Mixtral's first GGUF files: blk.0.ffn_gate.3.weight.
        if (words is [var matrix, var one, ..] && matrix.StartsWith("ffn_", StringComparison.Ordinal) && Number(one) is { } number)
            return (TensorRole.Expert, number, false);
        if (words.Any(word => word.StartsWith("attn_", StringComparison.Ordinal) || word is "attn" or "c_attn" || word.Contains("attention", StringComparison.Ordinal) || word.EndsWith("_attn", StringComparison.Ordinal)))
            return (TensorRole.Attention, null, false);
        if (words.Any(word => word.StartsWith("ffn_", StringComparison.Ordinal) || word.StartsWith("dense_", StringComparison.Ordinal) || word is "mlp" or "ffn" or "feed_forward" or "fc1" or "fc2" or "block_sparse_moe"))
            return (TensorRole.FeedForward, null, false);
        if (words.Any(word => word.Contains("embd", StringComparison.Ordinal) || word.StartsWith("embed_", StringComparison.Ordinal) && word != "embed_out" || word.EndsWith("_embeddings", StringComparison.Ordinal) || word is "wte" or "wpe"))
            return (TensorRole.Embedding, null, false);
        if (!isOfLayer && words.Any(word => word is "lm_head" or "embed_out" or "output"))
            return (TensorRole.OutputHead, null, false);
        return (TensorRole.Weight, null, false);
    }

    // layers.0.key, past_key_values.3.value, key_cache.7: what an application saves of a conversation has no weight or bias at its end.
    private static TensorRole? CacheRole(string[] words) => words switch
    {
        ["key" or "keys" or "k" or "k_cache" or "key_cache"] => TensorRole.KeyCache,
        ["value" or "values" or "v" or "v_cache" or "value_cache"] => TensorRole.ValueCache,
        ["past_key_values" or "kv_cache" or "cache", var layer, "key" or "keys" or "k"] when Number(layer) is not null => TensorRole.KeyCache,
        ["past_key_values" or "kv_cache" or "cache", var layer, "value" or "values" or "v"] when Number(layer) is not null => TensorRole.ValueCache,
        ["key_cache" or "k_cache", var layer] when Number(layer) is not null => TensorRole.KeyCache,
        ["value_cache" or "v_cache", var layer] when Number(layer) is not null => TensorRole.ValueCache,
        _ => null,
    };

    private static int? CacheLayer(string[] words, TensorRole role) =>
        role is TensorRole.KeyCache or TensorRole.ValueCache && words.Length > 1 ? Number(words[1]) : null;

    private static string? ProjectionOf(string[] words, TensorRole role)
    {
        if (role is not (TensorRole.Attention or TensorRole.FeedForward or TensorRole.Expert or TensorRole.SharedExpert))
            return null;
        foreach (string word in words)
        {
            string bare = Without(Without(Without(Without(word, "ffn_"), "attn_"), "_exps", atEnd: true), "_shexp", atEnd: true);
            if (bare == "c_proj")
                return role == TensorRole.Attention ? "o" : "down";
            if (s_projections.FirstOrDefault(known => known.Word == bare).Projection is { } projection)
                return projection;
        }

        return null;
    }

    private static string Without(string word, string part, bool atEnd = false) =>
        atEnd ? word.EndsWith(part, StringComparison.Ordinal) ? word[..^part.Length] : word
        : word.StartsWith(part, StringComparison.Ordinal) ? word[part.Length..] : word;
}

/// <summary>What a tensor's name says.</summary>
/// <param name="Layer">Its layer, from 0; null if it has none.</param>
/// <param name="Role">What it is.</param>
/// <param name="Projection">Which matrix of its role: <c>q</c>, <c>k</c>, <c>v</c>, <c>o</c>, <c>gate</c>, <c>up</c>, <c>down</c>, or several in one; null if there is one, or the name does not say.</param>
/// <param name="Expert">The expert it belongs to, from 0; null if it is none's or all experts'.</param>
/// <param name="IsStacked">True if it holds the matrices of all experts, one after the other along the outermost dimension.</param>
internal readonly record struct TensorIdentity(int? Layer, TensorRole Role, string? Projection, int? Expert, bool IsStacked);
