using System.Runtime.InteropServices;

namespace TraceAnalyzer.Analysis;

/// <summary>Requests and bytes by process and by CPU.</summary>
internal sealed class UseAccumulator : IAccumulator<CountedIo, UseAccumulator>
{
    private readonly Dictionary<int, Use> _byPid = [];
    private readonly Dictionary<ushort, Use> _byCpu = [];

    /// <summary>By process.</summary>
    public IReadOnlyDictionary<int, Use> ByPid => _byPid;

    /// <summary>By CPU.</summary>
    public IReadOnlyDictionary<ushort, Use> ByCpu => _byCpu;

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        // Runs of one process on one CPU cost two look-ups.
        int i = 0;
        while (i < items.Length)
        {
            int pid = items[i].Pid;
            ushort cpu = items[i].Cpu;
            long bytes = 0;
            int start = i;
            do
            {
                bytes += items[i].LengthBytes;
            }
            while (++i < items.Length && items[i].Pid == pid && items[i].Cpu == cpu);
            Count(_byPid, pid, i - start, bytes);
            Count(_byCpu, cpu, i - start, bytes);
        }
    }

    /// <inheritdoc/>
    public void Merge(UseAccumulator other)
    {
        foreach ((int pid, Use use) in other._byPid)
            Count(_byPid, pid, use.Requests, use.Bytes);
        foreach ((ushort cpu, Use use) in other._byCpu)
            Count(_byCpu, cpu, use.Requests, use.Bytes);
    }

    private static void Count<TKey>(Dictionary<TKey, Use> uses, TKey key, long requests, long bytes)
        where TKey : notnull
    {
        ref Use use = ref CollectionsMarshal.GetValueRefOrAddDefault(uses, key, out _);
        use = new Use(use.Requests + requests, use.Bytes + bytes);
    }
}

/// <summary>Requests and their bytes.</summary>
internal readonly record struct Use(long Requests, long Bytes);
