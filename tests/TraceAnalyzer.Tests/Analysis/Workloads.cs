using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Runs.Tensors;

namespace TraceAnalyzer.Tests.Analysis;

/// <summary>Seeded random streams for property tests.</summary>
internal static class Workloads
{
    public static CountedIo[] Ios(int seed, int count)
    {
        var random = new Random(seed);
        var ios = new CountedIo[count];
        long timeNs = 1_000_000_000_000 + random.Next();
        ulong[] files = [.. Enumerable.Range(0, 3).Select(_ => (ulong)random.NextInt64(1L << (20 + random.Next(14))) & ~7ul)];
        for (int i = 0; i < count; i++)
        {
            timeNs += (long)Math.Exp(random.NextDouble() * 16);
            uint sectors = random.Next(4) == 0 ? (uint)random.Next(1, 600) : 256;
            ulong sector = files[random.Next(files.Length)] + ((ulong)random.Next(200) * (random.Next(10) == 0 ? 1u : 256u));
            ios[i] = new CountedIo(timeNs - random.Next(3), sector, sectors * 512, sectors, random.Next(3), (ushort)random.Next(2));
        }

        return ios;
    }

    /// <summary>Two files with holes between them, one a KV cache with rows of 3 KiB.</summary>
    public static TensorMap Tensors() => new(
        new ExtentMap([new FileExtent("k", 0, 8, 1 << 16, ""), new FileExtent("k", 1 << 16, 1 << 17, 1 << 16, ""), new FileExtent("w", 0, 1 << 22, 1 << 30, "")]),
        new TensorCatalogue([new TensorEntry("k", "layers.1.k", 1, TensorRole.KeyCache, [2000, 1536], "float16"), new TensorEntry("w", "layers.0.w", 0, TensorRole.Weight, [], null)]));

    /// <summary>A model file in two extents: a header, tensors that begin anywhere, a stack of three experts, an expert of its own, padding and a tail; and a file of which nothing is known.</summary>
    public static TensorMap Model() => new(
        new ExtentMap([new FileExtent("m/model.gguf", 0, 1000, 60_000, ""), new FileExtent("m/model.gguf", 60_000, 100_000, 40_000, ""), new FileExtent("m/config.json", 0, 70_000, 8, "")]),
        new TensorCatalogue(ModelTensors));

    public static readonly TensorEntry[] ModelTensors =
    [
        Stored("token_embd.weight", null, TensorRole.Embedding, 1001, 3_000_000),
        Stored("blk.1.ffn_up_exps.weight", 1, TensorRole.Expert, 4_000_001, 24_000_003) with { StackedExperts = 3 },
        Stored("blk.0.ffn_up.2.weight", 0, TensorRole.Expert, 30_000_000, 700_000) with { Expert = 2 },
        Stored("blk.0.attn_norm.weight", 0, TensorRole.Norm, 30_700_000, 10),
        Stored("output.weight", null, TensorRole.OutputHead, 30_800_000, 20_000_000),
    ];

    private static TensorEntry Stored(string name, int? layer, TensorRole role, long offset, long length) => new("model.gguf", name, layer, role, [], "F16") { OffsetBytes = offset, StoredBytes = length };

    public static IoRequest[] Requests(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Ios(seed, count).Select(io => new IoRequest
        {
            QueueTimeNs = random.Next(5) == 0 ? IoRequest.NoTime : io.TimeNs - random.Next(5_000),
            IssueTimeNs = io.TimeNs,
            CompleteTimeNs = random.Next(20) == 0 ? IoRequest.NoTime : io.TimeNs + (long)Math.Exp(random.NextDouble() * 18),
            Sector = io.Sector,
            LengthBytes = io.LengthBytes,
            QueueDepth = (uint)random.Next(1, 40),
        })];
    }
}
