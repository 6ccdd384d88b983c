namespace TraceAnalyzer.Writing;

/// <summary>What of a trace an output format has no place for: counted, in the order in which it was first met.</summary>
public sealed class NotCarried
{
    private readonly List<(string What, long Count)> _all = [];

    /// <summary>Each kind, in words in the plural (<c>discards</c>), and how many there were; 0 of what cannot be counted.</summary>
    public IReadOnlyList<(string What, long Count)> All => _all;

    /// <summary>Adds to a kind.</summary>
    public void Add(string what, long count = 1)
    {
        if (count == 0)
            return;
        int known = _all.FindIndex(entry => entry.What == what);
        if (known >= 0)
            _all[known] = (what, _all[known].Count + count);
        else
            _all.Add((what, count));
    }

    /// <summary>Takes note of a property that no event of the output has, such as <c>process names</c>.</summary>
    public void Never(string what)
    {
        if (!_all.Exists(entry => entry.What == what))
            _all.Add((what, 0));
    }
}
