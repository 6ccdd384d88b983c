using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Tests.ModelFiles;

/// <summary>What names of tensors say. The names are those of the models' own files.</summary>
public sealed class ModelNameTests
{
    [Theory]
    // GGUF: llama, Mixtral old and new, Qwen-MoE, DeepSeek, gpt-oss
    [InlineData("token_embd.weight", null, "embedding", null)]
    [InlineData("output.weight", null, "output-head", null)]
    [InlineData("output_norm.weight", null, "norm", null)]
    [InlineData("rope_freqs.weight", null, "weight", null)]
    [InlineData("blk.11.attn_q.weight", 11, "attention", "q")]
    [InlineData("blk.0.attn_output.weight", 0, "attention", "o")]
    [InlineData("blk.0.attn_qkv.weight", 0, "attention", "qkv")]
    [InlineData("blk.2.attn_kv_a_mqa.weight", 2, "attention", "kv")]
    [InlineData("blk.2.attn_q_norm.weight", 2, "norm", null)]
    [InlineData("blk.2.post_attention_norm.weight", 2, "norm", null)]
    [InlineData("blk.7.ffn_down.weight", 7, "feed-forward", "down")]
    [InlineData("blk.7.ffn_gate_inp.weight", 7, "router", null)]
    [InlineData("blk.7.ffn_gate_inp_shexp.weight", 7, "router", null)]
    [InlineData("blk.7.exp_probs_b.bias", 7, "router", null)]
    [InlineData("blk.7.ffn_up_shexp.weight", 7, "shared-expert", "up")]
    // Hugging Face: Llama, OPT, GPT-2, GPT-NeoX, Falcon, Mixtral, Qwen-MoE, DeepSeek
    [InlineData("model.embed_tokens.weight", null, "embedding", null)]
    [InlineData("lm_head.weight", null, "output-head", null)]
    [InlineData("model.norm.weight", null, "norm", null)]
    [InlineData("model.layers.10.self_attn.o_proj.weight", 10, "attention", "o")]
    [InlineData("model.layers.10.post_attention_layernorm.weight", 10, "norm", null)]
    [InlineData("model.layers.10.mlp.gate_proj.weight", 10, "feed-forward", "gate")]
    [InlineData("model.decoder.layers.3.fc2.bias", 3, "feed-forward", "down")]
    [InlineData("model.decoder.embed_positions.weight", null, "embedding", null)]
    [InlineData("transformer.h.5.attn.c_attn.weight", 5, "attention", "qkv")]
    [InlineData("transformer.h.5.attn.c_proj.weight", 5, "attention", "o")]
    [InlineData("transformer.h.5.mlp.c_proj.weight", 5, "feed-forward", "down")]
    [InlineData("transformer.h.5.ln_1.weight", 5, "norm", null)]
    [InlineData("transformer.wte.weight", null, "embedding", null)]
    [InlineData("gpt_neox.layers.4.attention.query_key_value.weight", 4, "attention", "qkv")]
    [InlineData("gpt_neox.layers.4.mlp.dense_4h_to_h.weight", 4, "feed-forward", "down")]
    [InlineData("gpt_neox.embed_in.weight", null, "embedding", null)]
    [InlineData("embed_out.weight", null, "output-head", null)]
    [InlineData("transformer.h.1.self_attention.dense.weight", 1, "attention", "o")]
    [InlineData("model.layers.3.block_sparse_moe.gate.weight", 3, "router", null)]
    [InlineData("model.layers.3.mlp.gate.e_score_correction_bias", 3, "router", null)]
    [InlineData("model.layers.3.mlp.shared_expert_gate.weight", 3, "router", null)]
    [InlineData("model.layers.3.mlp.shared_expert.up_proj.weight", 3, "shared-expert", "up")]
    [InlineData("model.layers.3.mlp.shared_experts.down_proj.weight", 3, "shared-expert", "down")]
    // Files of a KV cache
    [InlineData("layers.10.key", 10, "key-cache", null)]
    [InlineData("layers.10.value", 10, "value-cache", null)]
    [InlineData("past_key_values.3.value", 3, "value-cache", null)]
    [InlineData("key_cache.7", 7, "key-cache", null)]
    // Others
    [InlineData("v.blk.3.attn_q.weight", null, "weight", null)]
    [InlineData("vision_tower.encoder.layers.3.mlp.fc1.weight", null, "weight", null)]
    [InlineData("some.thing.else", null, "weight", null)]
    [InlineData("layers.99999.weight", null, "weight", null)]
    [InlineData("", null, "weight", null)]
    public void A_name_says_layer_role_and_matrix(string name, int? layer, string role, string? projection)
    {
        TensorIdentity identity = ModelNames.Of(name);
        Assert.Equal((layer, role, projection, null, false), (identity.Layer, TensorRoles.NameOf(identity.Role), identity.Projection, identity.Expert, identity.IsStacked));
    }

    [Theory]
    [InlineData("model.layers.3.mlp.experts.5.w1.weight", 3, 5, false, "gate")]
    [InlineData("model.layers.3.block_sparse_moe.experts.7.w2.weight", 3, 7, false, "down")]
    [InlineData("model.layers.60.mlp.experts.255.up_proj.weight", 60, 255, false, "up")]
    [InlineData("blk.4.ffn_gate.3.weight", 4, 3, false, "gate")]
    [InlineData("blk.3.ffn_down_exps.weight", 3, null, true, "down")]
    [InlineData("blk.3.ffn_gate_up_exps.weight", 3, null, true, "gate+up")]
    [InlineData("model.layers.3.mlp.experts.gate_up_proj", 3, null, true, "gate+up")]
    [InlineData("model.layers.3.mlp.experts.down_proj_bias", 3, null, true, null)]
    public void A_name_says_which_expert(string name, int layer, int? expert, bool isStacked, string? projection)
    {
        TensorIdentity identity = ModelNames.Of(name);
        Assert.Equal((layer, TensorRole.Expert, expert, isStacked, projection), (identity.Layer, identity.Role, identity.Expert, identity.IsStacked, identity.Projection));
    }
}
