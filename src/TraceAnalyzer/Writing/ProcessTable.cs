using System.Text;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Writing;

/// <summary>Command names by process number, as they become known in the course of a trace.</summary>
public sealed class ProcessTable
{
    private readonly Dictionary<int, byte[]> _first = [];
    private readonly Dictionary<int, string> _latest = [];
    private readonly List<int> _renamed = [];

    /// <summary>Processes that the last batch of events named for the first time or by another name.</summary>
    public IReadOnlyList<int> Renamed => _renamed;

    /// <summary>The name last told; null if there is none.</summary>
    public string? Find(int pid) => _latest.GetValueOrDefault(pid);

    /// <summary>The name first told, in UTF-8, which is the one that blkparse prints throughout; empty if there is none.</summary>
    public ReadOnlySpan<byte> FirstName(int pid) => _first.GetValueOrDefault(pid);

    /// <summary>True if there is a name.</summary>
    public bool Contains(int pid) => _first.ContainsKey(pid);

    /// <summary>Takes over what a batch of events told.</summary>
    internal void Observe(ProcessNames names)
    {
        _renamed.Clear();
        if (names.Count == 0)
            return;
        foreach ((int pid, string name) in names.All)
        {
            if (_latest.TryGetValue(pid, out string? known) && known == name)
                continue;
            _latest[pid] = name;
            _renamed.Add(pid);
            _first.TryAdd(pid, Encoding.UTF8.GetBytes(name));
        }
    }
}
