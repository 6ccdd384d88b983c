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
    public IEnumerable<(int Column, long Bytes, long FirstNs, long LastNs)> Columns
    {
        get
        {
            for (int column = 0; column < _bytes.Length; column++)
            {
                if (_lastNs[column] != long.MinValue)
                    yield return (column, _bytes[column], _firstNs[column], _lastNs[column]);
            }
        }
    }

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        while (!items.IsEmpty)
        {
            int column = Find(items[0].TimeNs, out long startNs, out long endNs);
            var run = CountedRun.Of(items, startNs, endNs);
            Add(column, run);
            items = items[run.Count..];
        }
    }

    /// <summary>The column of a time, and from when to when the column is.</summary>
    public int Find(long timeNs, out long startNs, out long endNs)
    {
        int column;
        while (!_scale.TryLocate(timeNs, out column))
            Grow();
        (startNs, endNs) = _scale.LastBinNs;
        return column;
    }

    /// <summary>Adds requests that are in a column, which was found after the last that joined columns.</summary>
    public void Add(int column, in CountedRun run) => Add(column, run.Bytes, run.FirstNs, run.LastNs);

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
        for (int column = 1; column < _bytes.Length; column++)
        {
            (long bytes, long firstNs, long lastNs) = (_bytes[column], _firstNs[column], _lastNs[column]);
            (_bytes[column], _firstNs[column], _lastNs[column]) = (0, long.MaxValue, long.MinValue);
            Add(column / factor, bytes, firstNs, lastNs);
        }
    }
}
