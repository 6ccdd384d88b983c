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

    private Dictionary<ulong, long[]> _rows = [];
    private ulong _lastRow = ulong.MaxValue;
    private long[] _lastCells = [];

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
                ulong row = at >> RowShift;
                ulong until = Math.Min(end, (row + 1) << RowShift);
                if (row != _lastRow && !TrySelect(row))
                {
                    // There would be too many rows: all rows get larger, so this one must be looked for anew.
                    GrowRows();
                    continue;
                }

                if (column >= _lastCells.Length)
                    EnsureColumn(column);
                _lastCells[column] += (long)(until - at);
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
        foreach ((ulong row, long[] cells) in other._rows)
            AddRow(_rows, row, [.. cells]);
        _lastRow = ulong.MaxValue;
        while (_rows.Count > SpaceRows.MaxRows)
            GrowRows();
    }

    /// <summary>The result on a space axis whose rows are not finer than <see cref="RowShift"/>; <paramref name="lastNs"/> is the time of the trace's last event.</summary>
    public SectorTimeResult ToResult(OperationClass @class, SpaceAxis space, long lastNs)
    {
        var rows = new SpaceRows(space);
        int count = Columns.TryLocate(lastNs, out int last) ? last + 1 : MaxColumns;
        long[][] cells = new long[rows.Count][];
        ulong mask = ~((ulong)space.RowSectors - 1);
        foreach ((ulong row, long[] values) in _rows)
        {
            ref long[] target = ref cells[rows.RowStartingAt((row << RowShift) & mask)];
            long[] sum = target ?? new long[count];
            for (int i = 0; i < Math.Min(values.Length, count); i++)
                sum[i] += values[i];
            target = sum;
        }

        for (int i = 0; i < cells.Length; i++)
            cells[i] = cells[i] is { } full ? full[..(full.AsSpan().LastIndexOfAnyExcept(0) + 1)] : [];
        return new SectorTimeResult(@class.Name(), new TimeBinning(Columns.OriginNs, Columns.WidthNs, count), cells);
    }

    private bool TrySelect(ulong row)
    {
        if (!_rows.TryGetValue(row, out long[]? cells))
        {
            if (_rows.Count == SpaceRows.MaxRows)
                return false;
            _rows.Add(row, cells = new long[16]);
        }

        _lastRow = row;
        _lastCells = cells;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnsureColumn(int column)
    {
        BinnedSeries.EnsureLength(ref _lastCells, column);
        _rows[_lastRow] = _lastCells;
    }

    private void GrowRows()
    {
        RowShift++;
        var larger = new Dictionary<ulong, long[]>();
        foreach ((ulong row, long[] cells) in _rows)
            AddRow(larger, row >> 1, cells);
        _rows = larger;
        _lastRow = ulong.MaxValue;
    }

    private void GrowColumns()
    {
        int factor = Columns.Grow();
        foreach (long[] cells in _rows.Values)
            BinnedSeries.Join(cells, factor);
    }

    private static void AddRow(Dictionary<ulong, long[]> rows, ulong row, long[] cells)
    {
        if (!rows.TryGetValue(row, out long[]? sum))
        {
            rows.Add(row, cells);
            return;
        }

        long[] longer = sum.Length >= cells.Length ? sum : cells;
        long[] shorter = sum.Length >= cells.Length ? cells : sum;
        for (int i = 0; i < shorter.Length; i++)
            longer[i] += shorter[i];
        rows[row] = longer;
    }
}
