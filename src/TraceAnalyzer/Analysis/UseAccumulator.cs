using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>Requests and bytes by process, by CPU and by call stack.</summary>
internal sealed class UseAccumulator : IAccumulator<CountedIo, UseAccumulator>
{
    private readonly UseTable _byPid = new();
    private readonly UseTable _byCpu = new();
    private readonly UseTable _byStack = new();

    /// <summary>By process.</summary>
    public IEnumerable<(int Pid, Use Use)> ByPid => _byPid.All;

    /// <summary>By CPU.</summary>
    public IEnumerable<(int Cpu, Use Use)> ByCpu => _byCpu.All;

    /// <summary>By call stack; 0 = none.</summary>
    public IEnumerable<(int Stack, Use Use)> ByStack => _byStack.All;

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        // Runs of one process on one CPU with one stack (most sources have none) cost three look-ups.
        int i = 0;
        while (i < items.Length)
        {
            int pid = items[i].Pid;
            ushort cpu = items[i].Cpu;
            ushort stack = items[i].Stack;
            long bytes = 0;
            int start = i;
            do
            {
                bytes += items[i].LengthBytes;
            }
            while (++i < items.Length && items[i].Pid == pid && items[i].Cpu == cpu && items[i].Stack == stack);
            _byPid.Count(pid, i - start, bytes);
            _byCpu.Count(cpu, i - start, bytes);
            _byStack.Count(stack, i - start, bytes);
        }
    }

    /// <inheritdoc/>
    public void Merge(UseAccumulator other)
    {
        _byPid.Merge(other._byPid);
        _byCpu.Merge(other._byCpu);
        _byStack.Merge(other._byStack);
    }

    private sealed class UseTable
    {
        private readonly RecentEntries<Use> _recent = new();
        private readonly SortedDictionary<int, Use> _uses = [];

        public IEnumerable<(int Key, Use Use)> All => _uses.Select(pair => (pair.Key, pair.Value));

        public void Count(int key, long requests, long bytes)
        {
            Use use = _recent.Find((uint)key) ?? FindOrAdd(key);
            use.Requests += requests;
            use.Bytes += bytes;
        }

        public void Merge(UseTable other)
        {
            foreach ((int key, Use use) in other._uses)
                Count(key, use.Requests, use.Bytes);
        }

        private Use FindOrAdd(int key)
        {
            if (!_uses.TryGetValue(key, out Use? use))
                _uses.Add(key, use = new Use());
            _recent.Remember((uint)key, use);
            return use;
        }
    }
}

/// <summary>Requests and their bytes.</summary>
internal sealed class Use
{
    /// <summary>How many requests.</summary>
    public long Requests { get; set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; set; }
}
