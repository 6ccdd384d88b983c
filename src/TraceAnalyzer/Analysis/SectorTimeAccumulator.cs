using System.Runtime.CompilerServices;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// Sectors accessed over space and time, for heatmaps. Rows are equal, aligned pieces of the device that were touched;
/// columns are time bins. Both start fine and are joined when there are too many, so memory is bounded by
/// <see cref="SpaceRows.MaxRows"/> times <see cref="MaxColumns"/> whatever the trace.
/// </summary>
internal sealed class SectorTimeAccumulator(TimeScale columns) : IAccumulator<CountedIo, SectorTimeAccumulator>
{
    /// <summary>Most columns: about what a figure has pixels for.</summary>
    public const int MaxColumns = 1024;

    /// <summary>Rows start with 2^3 sectors, 4 KiB.</summary>
    public const int FinestRowShift = 3;

    private readonly RecentEntries<Row> _recent = new();

    // Rows that were joined into others, all zero: every growth frees half of the rows, and as many are needed again.
    private readonly Stack<Row> _spare = [];
    private Dictionary<ulong, Row> _rows = [];

    /// <summary>Logarithm of the sectors of a row.</summary>
    public int RowShift { get; private set; } = FinestRowShift;

    /// <summary>The columns.</summary>
    public TimeScale Columns { get; } = columns;

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        foreach (ref readonly CountedIo item in items)
        {
            int column;
            while (!Columns.TryLocate(item.TimeNs, out column))
                GrowColumns();

            ulong at = item.Sector;
            ulong end = at + item.LengthSectors;
            while (at < end)
            {
                ulong number = at >> RowShift;
                Row? row = _recent.Find(number) ?? FindOrAdd(number);
                if (row is null)
                {
                    // There would be too many rows: all rows get larger, so this one must be looked for anew.
                    GrowRows();
                    continue;
                }

                ulong until = Math.Min(end, (number + 1) << RowShift);
                row.Add(column, (long)(until - at));
                at = until;
            }
        }
    }

    /// <inheritdoc/>
    public void Merge(SectorTimeAccumulator other)
    {
        while (Columns.WidthNs < other.Columns.WidthNs)
            GrowColumns();
        while (other.Columns.WidthNs < Columns.WidthNs)
            other.GrowColumns();
        while (RowShift < other.RowShift)
            GrowRows();
        while (other.RowShift < RowShift)
            other.GrowRows();
        foreach ((ulong number, Row theirs) in other._rows)
        {
            if (_rows.TryGetValue(number, out Row? ours))
                ours.Merge(theirs);
            else
                _rows.Add(number, theirs.Copy());
        }

        _recent.Clear();
        while (_rows.Count > SpaceRows.MaxRows)
            GrowRows();
    }

    /// <summary>The result on a space axis whose rows are not finer than <see cref="RowShift"/>; <paramref name="lastNs"/> is the time of the trace's last event.</summary>
    public SectorTimeResult ToResult(OperationClass @class, SpaceAxis space, long lastNs)
    {
        var rows = new SpaceRows(space);
        int count = Columns.TryLocate(lastNs, out int last) ? last + 1 : MaxColumns;
        int[] rowOf = new int[_rows.Count];
        int[] lengths = new int[rows.Count];
        int index = 0;
        foreach ((ulong number, Row row) in _rows)
        {
            int target = rows.RowAt(number << RowShift).Row;
            rowOf[index++] = target;
            lengths[target] = Math.Max(lengths[target], Math.Min(row.Length, count));
        }

        long[][] cells = Array.ConvertAll(lengths, length => length == 0 ? [] : new long[length]);
        index = 0;
        foreach (Row row in _rows.Values)
            row.AddTo(cells[rowOf[index++]]);
        return new SectorTimeResult(@class.Name(), new TimeBinning(Columns.OriginNs, Columns.WidthNs, count), cells);
    }

    private Row? FindOrAdd(ulong number)
    {
        if (!_rows.TryGetValue(number, out Row? row))
        {
            if (_rows.Count == SpaceRows.MaxRows)
                return null;
            _rows.Add(number, row = _spare.TryPop(out Row? spare) ? spare : new Row());
        }

        _recent.Remember(number, row);
        return row;
    }

    private void GrowRows()
    {
        RowShift++;
        var larger = new Dictionary<ulong, Row>();
        foreach ((ulong number, Row row) in _rows)
            AddRow(larger, number >> 1, row);
        _rows = larger;
        _recent.Clear();
    }

    private void GrowColumns()
    {
        int factor = Columns.Grow();
        foreach (Row row in _rows.Values)
            row.Join(factor);
    }

    private void AddRow(Dictionary<ulong, Row> rows, ulong number, Row added)
    {
        if (!rows.TryGetValue(number, out Row? row))
        {
            rows.Add(number, added);
            return;
        }

        row.Merge(added);
        added.Clear();
        _spare.Push(added);
    }

    // Sectors by column. Most rows are touched in few columns before they are joined, so only those from about the first to the last are kept.
    private sealed class Row
    {
        private long[] _cells = new long[16];

        // The column of the first cell.
        private int _base;

        // Columns reached so far; none of an empty row.
        private int _first = int.MaxValue;
        private int _last = -1;

        // Columns up to the last that is not zero.
        public int Length => _last + 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(int column, long sectors)
        {
            if ((uint)(column - _first) > (uint)(_last - _first))
                Reach(column);
            _cells[column - _base] += sectors;
        }

        public void Merge(Row other)
        {
            if (other._last < 0)
                return;
            Add(other._first, 0);
            Add(other._last, 0);
            BinnedSeries.Add(_cells.AsSpan(other._first - _base), other.Used);
        }

        public Row Copy() => _last < 0 ? new() : new() { _cells = Used.ToArray(), _base = _first, _first = _first, _last = _last };

        // Columns behind the sum's last are those behind the trace's last event, and empty.
        public void AddTo(long[] sum)
        {
            if (_first < sum.Length)
                BinnedSeries.Add(sum.AsSpan(_first), Used[..Math.Min(Used.Length, sum.Length - _first)]);
        }

        public void Join(int factor)
        {
            if (_last < 0)
                return;
            int joinedBase = _base / factor;
            for (int column = _first; column <= _last; column++)
            {
                long sectors = _cells[column - _base];
                _cells[column - _base] = 0;
                _cells[(column / factor) - joinedBase] += sectors;
            }

            _base = joinedBase;
            _first /= factor;
            _last /= factor;
        }

        public void Clear()
        {
            if (_last >= 0)
                Used.Clear();
            _first = int.MaxValue;
            _last = -1;
        }

        private Span<long> Used => _cells.AsSpan(_first - _base, _last + 1 - _first);

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Reach(int column)
        {
            int first = Math.Min(_first, column);
            int last = Math.Max(_last, column);
            if (_last < 0)
                _base = Math.Min(column, MaxColumns - _cells.Length);
            else if (first < _base || last >= _base + _cells.Length)
                Widen(first, last);
            _first = first;
            _last = last;
        }

        // In few steps: there are many rows, and every step leaves memory behind that was touched for nothing.
        private void Widen(int first, int last)
        {
            long[] wider = new long[Math.Max(last + 1 - first, Math.Min(8 * _cells.Length, MaxColumns))];
            int widerBase = Math.Min(first, MaxColumns - wider.Length);
            Used.CopyTo(wider.AsSpan(_first - widerBase));
            _cells = wider;
            _base = widerBase;
        }
    }
}
