namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>Collects the times of the counted requests of one class, operation by operation, of a piece of the trace.</summary>
internal sealed class Arrivals
{
    private long[] _timesNs = [];
    private int _count;
    private int _operations;

    /// <summary>The times between them.</summary>
    public ArrivalAccumulator Accumulator { get; } = new();

    /// <summary>Adds the requests of one operation.</summary>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        if (_timesNs.Length < _count + items.Length)
            Array.Resize(ref _timesNs, (_count + items.Length) * 2);
        Span<long> added = _timesNs.AsSpan(_count, items.Length);
        for (int i = 0; i < added.Length; i++)
            added[i] = items[i].TimeNs;
        _count += items.Length;
        _operations++;
    }

    /// <summary>Ends the piece.</summary>
    public void Flush()
    {
        Span<long> timesNs = _timesNs.AsSpan(0, _count);
        if (_operations > 1)
            timesNs.Sort();
        Accumulator.Add(timesNs);
        _count = 0;
        _operations = 0;
    }
}
