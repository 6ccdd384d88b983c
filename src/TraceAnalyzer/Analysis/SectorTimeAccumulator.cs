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

    // Sectors by column. Most rows are touched in few columns before they are joined, so only those between the first and the last are looked at.
    private sealed class Row
    {
        private long[] _cells = new long[16];
        private int _first = int.MaxValue;
        private int _last = -1;

        // Columns up to the last that is not zero.
        public int Length => _last + 1;

        public void Add(int column, long sectors)
        {
            if (column >= _cells.Length)
                Grow(column);
            _first = Math.Min(_first, column);
            _last = Math.Max(_last, column);
            _cells[column] += sectors;
        }

        public void Merge(Row other)
        {
            if (other._last < 0)
                return;
            if (other._last >= _cells.Length)
                Grow(other._last);
            BinnedSeries.Add(_cells.AsSpan(other._first), other._cells.AsSpan(other._first..(other._last + 1)));
            _first = Math.Min(_first, other._first);
            _last = Math.Max(_last, other._last);
        }

        public Row Copy() => new() { _cells = _cells[..Length], _first = _first, _last = _last };

        // Columns behind the sum's last are those behind the trace's last event, and empty.
        public void AddTo(long[] sum)
        {
            int end = Math.Min(_last + 1, sum.Length);
            if (_first < end)
                BinnedSeries.Add(sum.AsSpan(_first), _cells.AsSpan(_first..end));
        }

        public void Join(int factor)
        {
            if (_last < 0)
                return;
            BinnedSeries.Join(_cells, _first, _last, factor);
            _first /= factor;
            _last /= factor;
        }

        // In few steps: there are many rows, and every step leaves memory behind that was touched for nothing.
        private void Grow(int column) => Array.Resize(ref _cells, Math.Max(column + 1, Math.Min(8 * _cells.Length, MaxColumns)));

        public void Clear()
        {
            if (_last >= 0)
                Array.Clear(_cells, _first, _last + 1 - _first);
            _first = int.MaxValue;
            _last = -1;
        }
    }
}
