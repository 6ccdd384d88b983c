using System.Text;

namespace TraceAnalyzer.Reading;

/// <summary>Command names by process number, of up to <see cref="Most"/> processes. A process that changes its name (exec) has the last one.</summary>
public sealed class ProcessNames
{
    /// <summary>Most processes that are named, those named first: about 100 MB.</summary>
    public const int Most = 1 << 20;

    private readonly Dictionary<int, byte[]> _names = [];
    private int _lastPid = -1;
    private byte[] _lastName = [];

    /// <summary>Number of processes with a name.</summary>
    public int Count => _names.Count;

    /// <summary>True if a process was not named because there are too many.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Takes note that <paramref name="pid"/> is called <paramref name="name"/> (UTF-8). Costs nothing to repeat.</summary>
    public void Observe(int pid, ReadOnlySpan<byte> name)
    {
        if (pid == _lastPid && name.SequenceEqual(_lastName))
            return;

        bool isKnown = _names.TryGetValue(pid, out byte[]? known);
        if (!isKnown && _names.Count == Most)
        {
            IsFull = true;
            return;
        }

        if (!isKnown || !name.SequenceEqual(known))
            _names[pid] = known = name.ToArray();
        _lastPid = pid;
        _lastName = known!;
    }

    /// <summary>Takes over the names of a later piece of the trace.</summary>
    public void Merge(ProcessNames later)
    {
        foreach ((int pid, byte[] name) in later._names)
            Observe(pid, name);
        IsFull |= later.IsFull;
    }

    /// <summary>The name of <paramref name="pid"/>, or null.</summary>
    public string? Find(int pid) => _names.TryGetValue(pid, out byte[]? name) ? Encoding.UTF8.GetString(name) : null;

    /// <summary>Every process with a name, by number.</summary>
    public IEnumerable<(int Pid, string Name)> All => _names.OrderBy(pair => pair.Key).Select(pair => (pair.Key, Encoding.UTF8.GetString(pair.Value)));

    /// <summary>Forgets all names.</summary>
    public void Clear()
    {
        if (_names.Count > 0)
            _names.Clear();
        IsFull = false;
        _lastPid = -1;
        _lastName = [];
    }
}
