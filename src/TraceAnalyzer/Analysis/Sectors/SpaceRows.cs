using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis.Sectors;

/// <summary>Finds the rows of a <see cref="SpaceAxis"/>.</summary>
internal sealed class SpaceRows
{
    /// <summary>Most rows of a space axis: about what a figure has pixels for.</summary>
    public const int MaxRows = 1024;

    private readonly ulong _rowSectors;
    private readonly Dictionary<ulong, int> _rowByStart = [];

    // Most sectors asked for lie in the row of the one before. No row starts at the largest number.
    private ulong _lastStart = ulong.MaxValue;
    private int _lastRow;

    public SpaceRows(SpaceAxis axis)
    {
        _rowSectors = (ulong)axis.RowSectors;
        for (int i = 0; i < axis.RowStartSectors.Length; i++)
            _rowByStart.Add((ulong)axis.RowStartSectors[i], i);
    }

    /// <summary>Number of rows.</summary>
    public int Count => _rowByStart.Count;

    /// <summary>The row that a sector lies in, and the first sector behind that row.</summary>
    public (int Row, ulong End) RowAt(ulong sector)
    {
        ulong start = sector & ~(_rowSectors - 1);
        if (start != _lastStart)
        {
            _lastRow = _rowByStart[start];
            _lastStart = start;
        }

        return (_lastRow, start + _rowSectors);
    }

    /// <summary>
    /// The axis of a touched space: as fine as <paramref name="maxRows"/> allows, but rows have at least <paramref name="minRowShift"/>
    /// as the logarithm of their sectors. Null if nothing was touched.
    /// </summary>
    public static SpaceAxis? AxisOf(IEnumerable<SectorRun> ascendingRuns, int minRowShift, int maxRows = MaxRows)
    {
        int shift = minRowShift;
        var rows = new List<ulong>();
        foreach (SectorRun run in ascendingRuns)
        {
            // Rows get larger as soon as there are too many, which comes to the same as knowing all runs before.
            while (!TryAddRows(rows, run, shift, maxRows))
            {
                shift++;
                int count = 0;
                for (int i = 0; i < rows.Count; i++)
                {
                    ulong row = rows[i] >> 1;
                    if (count == 0 || rows[count - 1] != row)
                        rows[count++] = row;
                }

                rows.RemoveRange(count, rows.Count - count);
            }
        }

        return rows.Count == 0 ? null : new SpaceAxis(1L << shift, [.. rows.Select(row => (long)(row << shift))]);
    }

    private static bool TryAddRows(List<ulong> rows, in SectorRun run, int shift, int maxRows)
    {
        ulong first = run.Start >> shift;
        ulong last = (run.End - 1) >> shift;
        if (rows.Count > 0 && first <= rows[^1])
            first = rows[^1] + 1;
        if (last < first)
            return true;
        if (last - first >= (ulong)(maxRows - rows.Count))
            return false;
        for (ulong row = first; row <= last; row++)
            rows.Add(row);
        return true;
    }
}
