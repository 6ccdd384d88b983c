using TraceAnalyzer.Tests.ModelFiles;
using static TraceAnalyzer.Fuzzing.Seeds.SeedFiles;

namespace TraceAnalyzer.Fuzzing.Seeds;

/// <summary>Headers of model files, and tables of what is in them.</summary>
internal static class ModelSeeds
{
    private static readonly WrittenModels.GgufTensor[] s_tensors =
    [
        new("token_embd.weight", [256, 8], 12, 1152), new("blk.0.attn_q.weight", [64, 64], 1, 8192), new("blk.0.ffn_up_exps.weight", [64, 32, 4], 8, 8704), new("output.weight", [64], 0, 256),
    ];

    public static byte[][] Gguf() =>
    [
        WrittenModels.Gguf([("general.architecture", "llama"), ("llama.expert_count", 4u), ("llama.expert_used_count", 2u), ("tokenizer.ggml.tokens", (string[])["a", "b"])], s_tensors),
        WrittenModels.Gguf([("general.alignment", 4096u)], s_tensors, isBigEndian: true, alignment: 4096),
        WrittenModels.Gguf([], [new("a", [3], 999, 64), new("b", [3], 0, 12)], version: 2),
    ];

    public static byte[][] Safetensors() =>
    [
        WrittenModels.Safetensors("""{"__metadata__":{"format":"pt"},"model.layers.0.mlp.experts.3.w1.weight":{"dtype":"F16","shape":[4,5],"data_offsets":[0,40]},"layers.1.key":{"dtype":"F32","shape":[1,2,3,4],"data_offsets":[40,136]}}""", 136),
        WrittenModels.Safetensors("{}", 0),
    ];

    public static byte[][] Routing() => [Bytes("phase,token,layer,row,experts\nbench,0,0,0,4 1\nbench,0,0,1,4 1\nbench,0,1,0,7 6\nbench,1,0,0,4\n"), Head("llamacpp/moe-mmap/experts.csv", 30)];

    public static byte[][] Indexes() =>
    [
        Bytes("""{"metadata":{"total_size":32},"weight_map":{"a.weight":"model-1.safetensors","b.weight":"model-2.safetensors"}}"""),
        Bytes("""{"a.weight":{"safetensors_file":"/mnt/model-1.safetensors","weight_name":"a.weight","dtype":"float16"},"b.weight":{"dtype":"float16","shape":[4,8]}}"""),
    ];

    public static byte[][] Tables() =>
    [
        Bytes("""[{"file":"t","format":"GGUF","file_bytes":5000,"data_start":64,"tensors":[{"name":"blk.1.ffn_up_exps.weight","dtype":"F16","shape":[4,8,8],"offset":64,"length":512},{"name":"x","layer":3,"role":"expert","expert":2,"offset":600,"length":100}]}]"""),
        Bytes("""[{"file":"a/t","data_start":8,"tensors":{"model.norm.weight":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}}]"""),
        Bytes("""{"columns":{"shape":"ggml order"},"file":"t","tensors":[{"name":"n","layer":null,"role":"norm","shape":[4,2],"dtype":"F32","offset":9,"length":32}]}"""),
        Bytes("""{"model.layers.1.mlp.up_proj.weight":{"dtype":"float16","shape":[4,8]}}"""),
    ];
}
