namespace TraceAnalyzer.Benchmarks.Twin;

/// <summary>The requests of a run in order of queueing. Whole-number arithmetic and a fixed seed: the same on every machine.</summary>
public sealed class TwinRequests(KvRun run)
{
    public const int Cpus = 16;

    private const long StartNs = 21_828_386_921;
    private const long PrefillComputeNs = 400_000_000;
    private const long DecodeComputeNs = 5_000_000;
    private const long WriteGapNs = 139_000;

    /// <summary>Makes the full run take the study's 1,485 s.</summary>
    private const long ReadGapNs = 56_424;

    private SplitMix random = new(0x4B56_2D74_7769_6E00);
    private long nowNs = StartNs;

    public IEnumerable<TwinRequest> All()
    {
        for (int batch = 0; batch < run.Batches; batch++)
        {
            for (int layer = 0; layer < run.Layers; layer++)
            {
                nowNs += PrefillComputeNs;
                foreach (TwinRequest request in Write(layer, 0, run.PromptRows))
                    yield return request;
            }

            for (int step = 0; step < run.GeneratedRows; step++)
            {
                for (int layer = 0; layer < run.Layers; layer++)
                {
                    foreach (TwinRequest request in Read(layer, run.PromptRows + step))
                        yield return request;
                    nowNs += DecodeComputeNs;
                    foreach (TwinRequest request in Write(layer, run.PromptRows + step, 1))
                        yield return request;
                }
            }
        }
    }

    /// <summary>Two copy threads, one on K and one on V, each on a CPU of its own, read the layer's rows in order.</summary>
    private IEnumerable<TwinRequest> Read(int layer, int rows)
    {
        long k = FileLayout.FirstSector(2 * layer);
        long v = FileLayout.FirstSector((2 * layer) + 1);
        int cpuOfK = (int)random.Below(Cpus);
        int cpuOfV = (cpuOfK + 1 + (int)random.Below(Cpus - 1)) % Cpus;
        for (int i = 0; i < rows * KvRun.RequestsPerRow; i++)
        {
            yield return Next(ReadGapNs, SectorOf(k, i), isWrite: false, cpuOfK);
            yield return Next(ReadGapNs, SectorOf(v, i), isWrite: false, cpuOfV);
        }
    }

    /// <summary>The kernel's writeback thread writes what the layer appended.</summary>
    private IEnumerable<TwinRequest> Write(int layer, int firstRow, int rows)
    {
        int cpu = (int)random.Below(Cpus);
        for (int file = 2 * layer; file <= (2 * layer) + 1; file++)
        {
            for (int i = 0; i < rows * KvRun.RequestsPerRow; i++)
                yield return Next(WriteGapNs, SectorOf(FileLayout.FirstSector(file), (firstRow * KvRun.RequestsPerRow) + i), isWrite: true, cpu);
        }
    }

    private static long SectorOf(long firstSector, int request) => firstSector + ((long)request * (KvRun.RequestBytes / KvRun.SectorBytes));

    /// <summary>Gap: the mean, give or take half. Service: 90 to 250 us, one in 64 up to 1.3 ms, so that about three are in flight.</summary>
    private TwinRequest Next(long meanGapNs, long sector, bool isWrite, int cpu)
    {
        nowNs += (meanGapNs / 2) + random.Below(meanGapNs);
        long getNs = nowNs + 300 + random.Below(700);
        long issueNs = getNs + 500 + random.Below(2_500);
        long serviceNs = 90_000 + random.Below(160_000) + (random.Below(64) == 0 ? random.Below(1_050_000) : 0);
        return new TwinRequest(nowNs, getNs, issueNs, issueNs + serviceNs, sector, isWrite, cpu);
    }
}
