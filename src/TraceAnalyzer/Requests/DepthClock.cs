using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Requests;

/// <summary>
/// A number of things in flight, for how long there were how many, and how many at most over time. Where an issue may turn out to have gone back to the queue,
/// or not to have, the last changes stay open; what is added up is right for either.
/// </summary>
/// <param name="originNs">Start of the columns; null to keep none.</param>
/// <param name="busy">Is told when something was in flight; may be null.</param>
/// <param name="canUndo">True if <see cref="Undo"/> and <see cref="Redo"/> may be called.</param>
internal sealed class DepthClock(long? originNs = null, BusyTimeline? busy = null, bool canUndo = true)
{
    /// <summary>Most columns of <see cref="GreatestIn"/>.</summary>
    public const int MaxColumns = 1024;

    // Between an issue and the next of the same request thousands of others may come and go, hardly more.
    private const int MostOpen = 1 << 14;

    private TimeScale? _columns = originNs is { } origin ? TimeScale.Doubling(origin, MaxColumns) : null;
    private long[] _timesNs = new long[4];
    private sbyte[] _changes = new sbyte[4];
    private int _open;
    private int _depth;
    private int _holds;
    private long _lastNs = long.MinValue;

    // Up to the first open change.
    private long[] _timeAtDepthNs = new long[2];
    private long[] _enteredAtDepth = new long[2];
    private int _greatestDepth;
    private int _settledDepth;
    private bool _hasSettled;
    private long _sinceNs;

    // Since when something, or nothing, is in flight.
    private long _turnedNs;

    // Those columns that something changed in, but for the one that changes now; in the others the depth is as it was left. Most of thousands of devices changed in few.
    private List<Column> _changed = [];
    private Column _column;
    private bool _hasColumn;
    private long _columnEndNs = originNs is null ? long.MaxValue : long.MinValue;

    // When the integral has to be told.
    private long _markNs = long.MaxValue;

    /// <summary>For each depth from 0 on the time spent at it between the first and the last change, in nanoseconds. Of what is settled.</summary>
    public ReadOnlySpan<long> TimeAtDepthNs => _timeAtDepthNs.AsSpan(0, _greatestDepth + 1);

    /// <summary>For each depth how often it was reached by one more. Of what is settled.</summary>
    public ReadOnlySpan<long> EnteredAtDepth => _enteredAtDepth.AsSpan(0, _greatestDepth + 1);

    /// <summary>The columns; null if none are kept.</summary>
    public TimeScale? Columns => _columns;

    /// <summary>Is told when something was in flight; may be null.</summary>
    public BusyTimeline? Busy { get; private set; } = busy;

    /// <summary>Is told of all that enters and leaves here: what is in flight on several devices together; null if there is one device.</summary>
    public DepthClock? Joint { get; set; }

    /// <summary>Times with nothing in flight between the first and the last change, by their length; null to keep none. Of what is settled.</summary>
    public IdleGaps? Gaps { get; set; }

    /// <summary>The depth added up over time; null to keep none. Of what is settled.</summary>
    public DepthIntegral? Integral
    {
        get;
        set
        {
            field = value;
            _markNs = value?.NextNs ?? long.MaxValue;
        }
    }

    /// <summary>Greatest depth in each column: at its start, or right after a change. Of what is settled.</summary>
    /// <param name="count">How many columns the trace has; what is in flight at the end stays so.</param>
    public long[] GreatestIn(int count)
    {
        EndColumn();
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

    /// <summary>What is in flight here and was, to go on with more.</summary>
    public DepthClock Copy()
    {
        var copy = (DepthClock)MemberwiseClone();
        copy._columns = _columns?.Copy();
        copy._timesNs = [.. _timesNs];
        copy._changes = [.. _changes];
        copy._timeAtDepthNs = [.. _timeAtDepthNs];
        copy._enteredAtDepth = [.. _enteredAtDepth];
        copy._changed = [.. _changed];
        copy.Busy = Busy?.Copy();
        copy.Gaps = Gaps?.Copy();
        copy.Joint = null;
        copy.Integral = null;
        return copy;
    }

    /// <summary>One more.</summary>
    /// <returns>How many there are now, as far as is known.</returns>
    public uint Enter(long timeNs)
    {
        Append(timeNs, 1);
        Joint?.Enter(timeNs);
        return (uint)++_depth;
    }

    /// <summary>One less.</summary>
    public void Leave(long timeNs)
    {
        if (_depth == 0)
            return;
        Append(timeNs, -1);
        _depth--;
        Joint?.Leave(timeNs);

        // What is not in flight, nor held, is not taken back.
        if (_depth == 0 && _holds == 0)
            Settle(_open);
    }

    /// <summary>Keeps open what changes from the oldest of what is in flight on, though nothing may be in flight any more, until <see cref="Release"/>.</summary>
    public void Hold()
    {
        _holds++;
        Joint?.Hold();
    }

    /// <summary>Takes one <see cref="Hold"/> back.</summary>
    public void Release()
    {
        _holds--;
        Joint?.Release();
    }

    /// <summary>What entered at a time and is in flight never did; if that was too long ago, not since the oldest open change.</summary>
    public void Undo(long enteredNs)
    {
        Replace(enteredNs, 1, 0);
        _depth--;
        Joint?.Undo(enteredNs);
    }

    /// <summary>Takes <see cref="Undo"/> back.</summary>
    public void Redo(long enteredNs)
    {
        Replace(enteredNs, 0, 1);
        _depth++;
        Joint?.Redo(enteredNs);
    }

    /// <summary>Adds up all that is open: the trace has ended. What is in flight stays so until the last change.</summary>
    public void Finish()
    {
        Settle(_open);
        if (_hasSettled)
            AddUp();
        if (_settledDepth > 0)
            Busy?.Add(_turnedNs, _sinceNs);
        _turnedNs = _sinceNs;
    }

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Append(long timeNs, sbyte change)
    {
        // Where the clock ran backwards no time has passed.
        _lastNs = Math.Max(timeNs, _lastNs);
        if (!canUndo)
        {
            Pass(_lastNs, change);
            return;
        }

        int open = _open;
        if (open == _timesNs.Length)
            open = MakeRoom();
        _timesNs[open] = _lastNs;
        _changes[open] = change;
        _open = open + 1;
    }

    private int MakeRoom()
    {
        if (_open < MostOpen)
        {
            Array.Resize(ref _timesNs, 2 * _open);
            Array.Resize(ref _changes, 2 * _open);
        }
        else
        {
            Settle(_open / 2);
        }

        return _open;
    }

    private void Settle(int count)
    {
        ReadOnlySpan<long> timesNs = _timesNs.AsSpan(0, count);
        ReadOnlySpan<sbyte> changes = _changes.AsSpan(0, count);
        for (int next = 0; next < count; next += PassSteady(timesNs[next..], changes[next..]))
        {
            Pass(timesNs[next], changes[next]);
            next++;
        }

        _open -= count;
        if (_open == 0)
            return;
        Array.Copy(_timesNs, count, _timesNs, 0, _open);
        Array.Copy(_changes, count, _changes, 0, _open);
    }

    // Passes changes for as long as none begins a column, turns busy to idle or back, or reaches a depth that is new to the column.
    private int PassSteady(ReadOnlySpan<long> timesNs, ReadOnlySpan<sbyte> changes)
    {
        long[] timeAtDepthNs = _timeAtDepthNs;
        long[] enteredAtDepth = _enteredAtDepth;
        int depth = _settledDepth;
        long sinceNs = _sinceNs;
        int passed = 0;
        for (; passed < timesNs.Length && passed < changes.Length; passed++)
        {
            long timeNs = timesNs[passed];
            int reached = depth + changes[passed];
            if (depth == 0 || reached <= 0 || reached > _column.Greatest || timeNs >= _columnEndNs || timeNs >= _markNs)
                break;
            timeAtDepthNs[depth] += timeNs - sinceNs;
            sinceNs = timeNs;
            if (reached > depth)
                enteredAtDepth[reached]++;
            depth = reached;
        }

        _settledDepth = depth;
        _sinceNs = sinceNs;
        return passed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pass(long timeNs, int change)
    {
        if (timeNs >= _markNs)
            Mark(timeNs);
        if (_hasSettled)
            _timeAtDepthNs[_settledDepth] += timeNs - _sinceNs;
        else
            Begin(timeNs);
        _sinceNs = timeNs;
        if (timeNs >= _columnEndNs)
            EnterColumn(timeNs);
        int depth = Math.Max(0, _settledDepth + change);
        Reach(depth);
        if (change > 0)
            _enteredAtDepth[depth]++;
    }

    private void Mark(long timeNs)
    {
        if (SumNs() is { } depthNs)
            Integral!.Pass(_hasSettled ? _sinceNs : timeNs, timeNs, depthNs, _settledDepth);
        _markNs = Integral?.NextNs ?? long.MaxValue;
    }

    private void AddUp()
    {
        if (Integral is not null && SumNs() is { } depthNs)
            Integral.Add(_sinceNs, depthNs);
    }

    // Where so many are in flight, adding them up at each column takes longer than the trace; no device has such a queue.
    private double? SumNs()
    {
        const int MostDepth = 1 << 16;
        if (_greatestDepth > MostDepth)
        {
            Integral = null;
            return null;
        }

        double sum = 0;
        for (int depth = 1; depth <= _greatestDepth; depth++)
            sum += (double)depth * _timeAtDepthNs[depth];
        return sum;
    }

    private void Begin(long timeNs)
    {
        _turnedNs = timeNs;
        _hasSettled = true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reach(int depth)
    {
        if ((depth == 0) != (_settledDepth == 0))
            Turn(depth > 0);
        _settledDepth = depth;
        if (depth <= _column.Greatest)
            return;
        _column.Greatest = depth;
        if (depth > _greatestDepth)
            Grow(depth);
    }

    private void Grow(int depth)
    {
        _greatestDepth = depth;
        BinnedSeries.EnsureLength(ref _timeAtDepthNs, depth);
        BinnedSeries.EnsureLength(ref _enteredAtDepth, depth);
    }

    // Something is in flight, or nothing any more.
    private void Turn(bool isBusy)
    {
        if (!isBusy)
            Busy?.Add(_turnedNs, _sinceNs);
        else if (_sinceNs > _turnedNs)
            Gaps?.Add(_sinceNs - _turnedNs);
        _turnedNs = _sinceNs;
    }

    // What is in flight at a column's start counts in it.
    private void EnterColumn(long timeNs)
    {
        EndColumn();
        int index;
        while (!_columns!.TryLocate(timeNs, out index))
            JoinColumns();
        if (_changed.Count > 0 && _changed[^1].Index == index)
        {
            _column = _changed[^1];
            _changed.RemoveAt(_changed.Count - 1);
        }
        else
        {
            _column = new Column(index, _settledDepth, _settledDepth);
        }

        AddUp();
        _hasColumn = true;
        _columnEndNs = (long)Int128.Min(long.MaxValue, _columns.OriginNs + ((index + 1) * (Int128)_columns.WidthNs));
    }

    private void EndColumn()
    {
        if (!_hasColumn)
            return;
        _changed.Add(_column with { Last = _settledDepth });
        _hasColumn = false;
        _columnEndNs = long.MinValue;
    }

    /// <summary>Makes the columns wider.</summary>
    public void JoinColumns()
    {
        EndColumn();
        int factor = _columns!.Grow();
        int kept = 0;
        Span<Column> changed = CollectionsMarshal.AsSpan(_changed);
        foreach (Column column in changed)
        {
            int index = column.Index / factor;
            if (kept > 0 && changed[kept - 1].Index == index)
                changed[kept - 1] = new Column(index, Math.Max(changed[kept - 1].Greatest, column.Greatest), column.Last);
            else
                changed[kept++] = new Column(index, column.Greatest, column.Last);
        }

        _changed.RemoveRange(kept, _changed.Count - kept);
    }

    // Greatest and last depth in a column.
    private struct Column(int index, int greatest, int last)
    {
        public readonly int Index = index;
        public int Greatest = greatest;
        public int Last = last;
    }
}
