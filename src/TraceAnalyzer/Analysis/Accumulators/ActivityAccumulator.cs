using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Bytes, and the exact first and last time, in columns of time that depend on the trace alone, not on the bins that were asked for: what is said about
/// when data was moved must not change with the width of a series.
/// </summary>
internal sealed class ActivityAccumulator(long originNs) : IAccumulator<CountedIo, ActivityAccumulator>
{
    /// <summary>Most columns: each is less than a two-thousandth of the trace.</summary>
    public const int MaxColumns = 4096;

    private readonly TimeScale _scale = TimeScale.Doubling(originNs, MaxColumns);
    private long[] _bytes = [];
    private long[] _firstNs = [];
    private long[] _lastNs = [];

    /// <summary>Width of a column, in nanoseconds.</summary>
    public long WidthNs => _scale.WidthNs;

    /// <summary>The columns in which something was moved, in the order of time.</summary>
    public IEnumerable<(int Column, long Bytes, long FirstNs, long LastNs)> Columns =>
        Enumerable.Range(0, _bytes.Length).Where(column => _lastNs[column] != long.MinValue).Select(column => (column, _bytes[column], _firstNs[column], _lastNs[column]));

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        int i = 0;
        while (i < items.Length)
        {
            int column = Find(items[i].TimeNs);

            // Neighbors in time mostly share a column: add them up before touching it.
            long bytes = 0;
            long firstNs = long.MaxValue;
            long lastNs = long.MinValue;
            do
            {
                ref readonly CountedIo item = ref items[i];
                bytes += item.LengthBytes;
                firstNs = Math.Min(firstNs, item.TimeNs);
                lastNs = Math.Max(lastNs, item.TimeNs);
            }
            while (++i < items.Length && _scale.IsInLastBin(items[i].TimeNs));
            Add(column, bytes, firstNs, lastNs);
        }
    }

    /// <inheritdoc/>
    public void Merge(ActivityAccumulator other)
    {
        GrowTo(other.WidthNs);
        // A clock that is off by years can make it more than an int holds.
        long factor = WidthNs / other.WidthNs;
        foreach ((int column, long bytes, long firstNs, long lastNs) in other.Columns)
            Add((int)(column / factor), bytes, firstNs, lastNs);
    }

    /// <summary>Joins columns until they are at least so wide.</summary>
    public void GrowTo(long widthNs)
    {
        while (WidthNs < widthNs)
            Grow();
    }

    private int Find(long timeNs)
    {
        int column;
        while (!_scale.TryLocate(timeNs, out column))
            Grow();
        return column;
    }

    private void Add(int column, long bytes, long firstNs, long lastNs)
    {
        if (column >= _bytes.Length)
            Lengthen(Math.Min(MaxColumns, Math.Max(column + 1, _bytes.Length * 2)));
        _bytes[column] += bytes;
        _firstNs[column] = Math.Min(_firstNs[column], firstNs);
        _lastNs[column] = Math.Max(_lastNs[column], lastNs);
    }

    private void Lengthen(int length)
    {
        int before = _bytes.Length;
        Array.Resize(ref _bytes, length);
        Array.Resize(ref _firstNs, length);
        Array.Resize(ref _lastNs, length);
        _firstNs.AsSpan(before).Fill(long.MaxValue);
        _lastNs.AsSpan(before).Fill(long.MinValue);
    }

    private void Grow()
    {
        int factor = _scale.Grow();
        (int Column, long Bytes, long FirstNs, long LastNs)[] columns = [.. Columns];
        Array.Clear(_bytes);
        Array.Fill(_firstNs, long.MaxValue);
        Array.Fill(_lastNs, long.MinValue);
        foreach ((int column, long bytes, long firstNs, long lastNs) in columns)
            Add(column / factor, bytes, firstNs, lastNs);
    }
}
