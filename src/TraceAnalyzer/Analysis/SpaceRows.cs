using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Analysis;

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
    /// The axis of a touched space: as fine as <see cref="MaxRows"/> allows, but rows have at least <paramref name="minRowShift"/>
    /// as the logarithm of their sectors. Null if nothing was touched.
    /// </summary>
    public static SpaceAxis? AxisOf(IReadOnlyList<SectorRun> runs, int minRowShift)
    {
        if (runs.Count == 0)
            return null;
        int shift = minRowShift;
        while (CountRows(runs, shift) > MaxRows)
            shift++;

        var starts = new List<long>();
        ulong next = 0;
        foreach (SectorRun run in runs)
        {
            for (ulong row = Math.Max(next, run.Start >> shift); row <= (run.End - 1) >> shift; row++)
            {
                starts.Add((long)(row << shift));
                next = row + 1;
            }
        }

        return new SpaceAxis(1L << shift, [.. starts]);
    }

    private static long CountRows(IReadOnlyList<SectorRun> runs, int shift)
    {
        long count = 0;
        ulong next = 0;
        foreach (SectorRun run in runs)
        {
            ulong first = Math.Max(next, run.Start >> shift);
            ulong last = (run.End - 1) >> shift;
            if (last >= first)
            {
                count += (long)(last - first) + 1;
                next = last + 1;
            }
        }

        return count;
    }
}
