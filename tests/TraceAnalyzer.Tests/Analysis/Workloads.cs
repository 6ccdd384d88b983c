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
