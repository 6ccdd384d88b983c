using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>Requests and bytes by process, by CPU and by call stack.</summary>
internal sealed class UseAccumulator : IAccumulator<CountedIo, UseAccumulator>
{
    /// <summary>Most processes (CPUs, stacks) told apart; those with greater numbers are counted together.</summary>
    public const int MaxKeys = 1 << 17;

    private readonly UseTable _byPid = new();
    private readonly UseTable _byCpu = new();
    private readonly UseTable _byStack = new();

    /// <summary>By process.</summary>
    public IEnumerable<(int Pid, Use Use)> ByPid => _byPid.All;

    /// <summary>Processes beyond <see cref="MaxKeys"/>.</summary>
    public Use OtherPids => _byPid.Rest;

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
        private readonly Dictionary<int, Use> _uses = [];
        private RecentEntries<Use>? _recent;

        // Beyond the most keys the least ones stay by themselves: a key that is among the least of all is among the least of any part of the trace,
        // so the same ones stay however that was shared out.
        private int _greatest = int.MaxValue;

        public Use Rest { get; private set; } = new();

        public IEnumerable<(int Key, Use Use)> All
        {
            get
            {
                Fold(MaxKeys);
                return _uses.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value));
            }
        }

        public void Count(int key, long requests, long bytes) => (_recent?.Find((uint)key) ?? FindOrAdd(key)).Add(requests, bytes);

        public void Merge(UseTable other)
        {
            foreach ((int key, Use use) in other._uses)
                Count(key, use.Requests, use.Bytes);
            Rest.Add(other.Rest.Requests, other.Rest.Bytes);
        }

        private Use FindOrAdd(int key)
        {
            if (!_uses.TryGetValue(key, out Use? use))
            {
                if (key > _greatest)
                    return Rest;
                if (_uses.Count == 2 * MaxKeys)
                {
                    Fold(MaxKeys);
                    return FindOrAdd(key);
                }

                _uses.Add(key, use = new Use());
            }

            (_recent ??= new()).Remember((uint)key, use);
            return use;
        }

        private void Fold(int most)
        {
            if (_uses.Count <= most)
                return;
            int[] keys = [.. _uses.Keys];
            Array.Sort(keys);
            _greatest = keys[most - 1];
            foreach (int key in keys[most..])
            {
                _uses.Remove(key, out Use? folded);
                Rest.Add(folded!.Requests, folded.Bytes);
            }

            _recent?.Clear();
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

    /// <summary>Both.</summary>
    public IoCounts Counts => new(Requests, Bytes);

    /// <summary>Adds to both.</summary>
    public void Add(long requests, long bytes)
    {
        Requests += requests;
        Bytes += bytes;
    }
}
