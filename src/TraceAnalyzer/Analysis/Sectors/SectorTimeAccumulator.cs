using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Sectors;

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

    private readonly RecentEntries<CountWindow> _recent = new();

    // Sectors by column. Most rows are touched in few columns before they are joined.
    private Dictionary<ulong, CountWindow> _rows = [];

    // Empty: what rows are joined into.
    private Dictionary<ulong, CountWindow> _joined = [];

    // Rows that were joined into others, all zero: every growth frees half of the rows, and as many are needed again.
    private readonly Stack<CountWindow> _spare = [];

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
                CountWindow? row = _recent.Find(number) ?? FindOrAdd(number);
                if (row is null)
                {
                    // There would be too many rows: all rows get larger, so this one must be looked for anew.
                    GrowRows();
                    continue;
                }

                ulong until = Math.Min(end, (number + 1) << RowShift);
                row.Add(column, (uint)(until - at));
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
        foreach ((ulong number, CountWindow theirs) in other._rows)
        {
            if (_rows.TryGetValue(number, out CountWindow? ours))
                ours.Merge(theirs);
            else
                _rows.Add(number, theirs.Copy());
        }

        _recent.Clear();
        while (_rows.Count > SpaceRows.MaxRows)
            GrowRows();
    }

    /// <summary>The result on a space axis whose rows are not finer than <see cref="RowShift"/>; <paramref name="lastNs"/> is the time of the trace's last event.</summary>
    public SectorTimeResult ToResult(OperationClass @class, SpaceAxis space, long lastNs, int maxColumns = MaxColumns)
    {
        int last;
        while (!Columns.TryLocate(lastNs, out last) || last >= maxColumns)
            GrowColumns();
        int count = last + 1;
        var rows = new SpaceRows(space);
        int[] rowOf = new int[_rows.Count];
        int[] lengths = new int[rows.Count];
        int index = 0;
        foreach ((ulong number, CountWindow row) in _rows)
        {
            int target = rows.RowAt(number << RowShift).Row;
            rowOf[index++] = target;
            lengths[target] = Math.Max(lengths[target], Math.Min(row.Last + 1, count));
        }

        long[][] cells = Array.ConvertAll(lengths, length => length == 0 ? [] : new long[length]);
        index = 0;
        foreach (CountWindow row in _rows.Values)
            row.AddTo(cells[rowOf[index++]]);
        return new SectorTimeResult(@class, new TimeBinning(Columns.OriginNs, Columns.WidthNs, count), cells);
    }

    /// <summary>The rows that were touched, each as a run.</summary>
    public IEnumerable<SectorRun> TouchedRows() => _rows.Keys.Select(number => new SectorRun(number << RowShift, (number + 1) << RowShift, 1));

    /// <summary>Sectors accessed in each row of an axis whose rows are not finer than those of the heatmaps.</summary>
    public static long[] RowSums(IEnumerable<SectorTimeAccumulator> heatmaps, SpaceAxis space)
    {
        var rows = new SpaceRows(space);
        long[] sums = new long[rows.Count];
        long[] cells = new long[MaxColumns];
        foreach (SectorTimeAccumulator heatmap in heatmaps)
        {
            foreach ((ulong number, CountWindow row) in heatmap._rows)
            {
                Array.Clear(cells);
                row.AddTo(cells);
                sums[rows.RowAt(number << heatmap.RowShift).Row] += cells.Sum();
            }
        }

        return sums;
    }

    private CountWindow? FindOrAdd(ulong number)
    {
        if (!_rows.TryGetValue(number, out CountWindow? row))
        {
            if (_rows.Count == SpaceRows.MaxRows)
                return null;
            _rows.Add(number, row = _spare.TryPop(out CountWindow? spare) ? spare : NewRow());
        }

        _recent.Remember(number, row);
        return row;
    }

    // Time goes on, in most rows to the end of the trace.
    private static CountWindow NewRow() => new(MaxColumns, step: 16, growth: 8);

    private void GrowRows()
    {
        RowShift++;
        foreach ((ulong number, CountWindow row) in _rows)
            Join(number >> 1, row);
        (_rows, _joined) = (_joined, _rows);
        _joined.Clear();
        _recent.Clear();
    }

    private void GrowColumns()
    {
        int factor = Columns.Grow();
        foreach (CountWindow row in _rows.Values)
            row.Join(factor);
    }

    private void Join(ulong number, CountWindow added)
    {
        if (!_joined.TryGetValue(number, out CountWindow? row))
        {
            _joined.Add(number, added);
            return;
        }

        row.Merge(added);
        added.Clear();
        _spare.Push(added);
    }
}
