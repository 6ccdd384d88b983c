using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Mean accesses of a sector in cells of space and time, at the resolution that paper shows.</summary>
/// <param name="Layout">The rows.</param>
/// <param name="Columns">The columns, merged from the report's.</param>
/// <param name="Values">For each row and column: accessed sectors divided by the sectors of the row.</param>
internal sealed record SectorTimeGrid(SpaceLayout Layout, TimeBinning Columns, float[][] Values)
{
    // A cell should be 0.3 points or more: what a printer still shows.
    private const int MaxColumns = 480;
    private const int MaxRows = 256;

    /// <summary>Merges the report's cells for paper that shows the whole of <paramref name="axis"/>. Rows that are cut short or missing are empty there.</summary>
    public static SectorTimeGrid Of(SpaceAxis space, SectorTimeResult sectorTime, TimeBinning axis)
    {
        var layout = SpaceLayout.Of(space, MaxRows);
        // A whole number of columns in each: a fraction would show as stripes.
        int factor = TimeColumns.FactorOf(sectorTime.Columns, axis, MaxColumns);
        TimeBinning columns = TimeColumns.Merge(sectorTime.Columns, factor);
        var values = new float[layout.RowStartSectors.Length][];
        for (int row = 0; row < values.Length; row++)
            values[row] = new float[columns.Count];

        int rows = Math.Min(sectorTime.Rows.Length, space.RowStartSectors.Length);
        for (int source = 0; source < rows; source++)
        {
            int row = layout.RowOfSource(source);
            float[] target = values[row];
            float perSector = (float)(1 / layout.CoveredSectors(row));
            long[] cells = sectorTime.Rows[source];
            int count = Math.Min(cells.Length, sectorTime.Columns.Count);
            for (int column = 0; column < count; column++)
                target[column / factor] += cells[column] * perSector;
        }

        return new SectorTimeGrid(layout, columns, values);
    }
}
