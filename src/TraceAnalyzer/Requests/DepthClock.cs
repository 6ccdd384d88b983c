using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Requests;

/// <summary>
/// A number of things under way, for how long there were how many, and how many at most over time. The last changes stay open, because an issue may turn out
/// to have gone back to the queue, or not to have; what is added up is right for either.
/// </summary>
/// <param name="originNs">Start of the columns; null to keep none.</param>
/// <param name="busy">Is told when something was under way; may be null.</param>
internal sealed class DepthClock(long? originNs = null, BusyTimeline? busy = null)
{
    /// <summary>Most columns of <see cref="GreatestIn"/>.</summary>
    public const int MaxColumns = 1024;

    // Between an issue and the next of the same request thousands of others may come and go, hardly more.
    private const int MostOpen = 1 << 14;

    private readonly TimeScale? _columns = originNs is { } origin ? TimeScale.Doubling(origin, MaxColumns) : null;
    private long[] _timesNs = new long[4];
    private sbyte[] _changes = new sbyte[4];
    private int _open;
    private int _depth;

    // Up to the first open change.
    private long[] _timeAtDepthNs = new long[2];
    private long[] _enteredAtDepth = new long[2];
    private int _greatestDepth;
    private int _settledDepth;

    // Those columns that something changed in; in the others the depth is as it was left. Most of thousands of devices changed in few.
    private readonly List<Column> _changed = [];
    private long _sinceNs = long.MinValue;

    /// <summary>For each depth from 0 on the time spent at it between the first and the last change, in nanoseconds. Of what is settled.</summary>
    public ReadOnlySpan<long> TimeAtDepthNs => _timeAtDepthNs.AsSpan(0, _greatestDepth + 1);

    /// <summary>For each depth how often it was reached by one more. Of what is settled.</summary>
    public ReadOnlySpan<long> EnteredAtDepth => _enteredAtDepth.AsSpan(0, _greatestDepth + 1);

    /// <summary>The columns; null if none are kept.</summary>
    public TimeScale? Columns => _columns;

    /// <summary>Greatest depth in each column: at its start, or right after a change. Of what is settled.</summary>
    /// <param name="count">How many columns the trace has; what is under way at the end stays so.</param>
    public long[] GreatestIn(int count)
    {
        long[] greatest = new long[count];
        int depth = 0;
        int next = 0;
        foreach (Column column in _changed)
        {
            greatest.AsSpan(next, Math.Min(column.Index, count) - next).Fill(depth);
            if (column.Index >= count)
                return greatest;
            greatest[column.Index] = column.Greatest;
            depth = column.Last;
            next = column.Index + 1;
        }

        greatest.AsSpan(next).Fill(depth);
        return greatest;
    }

    /// <summary>One more.</summary>
    /// <returns>How many there are now, as far as is known.</returns>
    public uint Enter(long timeNs)
    {
        Append(timeNs, 1);
        return (uint)++_depth;
    }

    /// <summary>One less.</summary>
    public void Leave(long timeNs)
    {
        if (_depth == 0)
            return;
        Append(timeNs, -1);
        _depth--;
    }

    /// <summary>What entered at a time and is under way never did; if that was too long ago, not since the oldest open change.</summary>
    public void Undo(long enteredNs)
    {
        Replace(enteredNs, 1, 0);
        _depth--;
    }

    /// <summary>Takes <see cref="Undo"/> back.</summary>
    public void Redo(long enteredNs)
    {
        Replace(enteredNs, 0, 1);
        _depth++;
    }

    /// <summary>Adds up all that is open: nothing of it will change any more.</summary>
    public void Settle() => Settle(_open);

    private void Replace(long timeNs, sbyte change, sbyte by)
    {
        int at = Array.BinarySearch(_timesNs, 0, _open, timeNs);
        if (at < 0)
            at = ~at;
        while (at > 0 && _timesNs[at - 1] == timeNs)
            at--;
        while (at < _open && _timesNs[at] == timeNs && _changes[at] != change)
            at++;
        if (at < _open && _timesNs[at] == timeNs)
            _changes[at] = by;
        else
            Reach(Math.Max(0, _settledDepth + by - change));
    }

    private void Append(long timeNs, sbyte change)
    {
        if (_open == _timesNs.Length)
            MakeRoom();

        // Where the clock ran backwards no time has passed.
        long lastNs = _open > 0 ? _timesNs[_open - 1] : _sinceNs;
        _timesNs[_open] = Math.Max(timeNs, lastNs);
        _changes[_open++] = change;
    }

    private void MakeRoom()
    {
        if (_open < MostOpen)
        {
            Array.Resize(ref _timesNs, 2 * _open);
            Array.Resize(ref _changes, 2 * _open);
            return;
        }

        int settled = _open / 2;
        Settle(settled);
    }

    private void Settle(int count)
    {
        for (int i = 0; i < count; i++)
            Settle(_timesNs[i], _changes[i]);
        _open -= count;
        Array.Copy(_timesNs, count, _timesNs, 0, _open);
        Array.Copy(_changes, count, _changes, 0, _open);
    }

    private void Settle(long timeNs, sbyte change)
    {
        if (timeNs > _sinceNs && _sinceNs != long.MinValue)
        {
            _timeAtDepthNs[_settledDepth] += timeNs - _sinceNs;
            if (_settledDepth > 0)
                busy?.Add(_sinceNs, timeNs);
        }

        _sinceNs = timeNs;
        if (_columns is not null)
            EnterColumn(timeNs);
        Reach(Math.Max(0, _settledDepth + change));
        if (change > 0)
            _enteredAtDepth[_settledDepth]++;
    }

    private void Reach(int depth)
    {
        _settledDepth = depth;
        if (depth > _greatestDepth)
        {
            _greatestDepth = depth;
            BinnedSeries.EnsureLength(ref _timeAtDepthNs, depth);
            BinnedSeries.EnsureLength(ref _enteredAtDepth, depth);
        }

        if (_columns is null)
            return;
        Column column = _changed.Count > 0 ? _changed[^1] : new Column(0, 0, 0);
        Keep(column with { Greatest = Math.Max(column.Greatest, depth), Last = depth });
    }

    // What is under way at a column's start counts in it.
    private void EnterColumn(long timeNs)
    {
        if (_columns!.IsInLastBin(timeNs))
            return;
        int column;
        while (!_columns.TryLocate(timeNs, out column))
            JoinColumns();
        Keep(_changed.Count > 0 && _changed[^1].Index == column ? _changed[^1] : new Column(column, _settledDepth, _settledDepth));
    }

    // A column follows those before it.
    private void Keep(in Column column)
    {
        if (_changed.Count > 0 && _changed[^1].Index == column.Index)
            _changed[^1] = column;
        else
            _changed.Add(column);
    }

    /// <summary>Makes the columns wider.</summary>
    public void JoinColumns()
    {
        int factor = _columns!.Grow();
        Column[] changed = [.. _changed];
        _changed.Clear();
        foreach (Column column in changed)
        {
            int index = column.Index / factor;
            Keep(_changed.Count > 0 && _changed[^1].Index == index
                ? new Column(index, Math.Max(_changed[^1].Greatest, column.Greatest), column.Last)
                : column with { Index = index });
        }
    }

    // Greatest and last depth in a column.
    private readonly record struct Column(int Index, int Greatest, int Last);
}
