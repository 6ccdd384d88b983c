using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>Which part of the device was accessed when, and how often: space upwards, time to the right.</summary>
/// <param name="name">Name of the figure.</param>
/// <param name="operationClass"><c>read</c> or <c>write</c>.</param>
internal sealed class HeatmapFigure(string name, string operationClass) : IFigure
{
    private const float PanelHeight = 210;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public FigureResult Draw(FigureContext context)
    {
        SectorTimeResult? sectorTime = context.Device.SectorTime.FirstOrDefault(result => result.Class == operationClass);
        if (sectorTime == null || sectorTime.Columns.Count == 0 || context.Device.Space is not { RowStartSectors.Length: > 0 } space)
            return context.NothingCounted($"no {operationClass}s were counted");

        var grid = SectorTimeGrid.Of(space, sectorTime, context.Report.Time);
        if (!grid.Values.Any(row => row.Any(value => value > 0)))
            return context.NothingCounted($"no {operationClass}s were counted");

        SpaceLayout layout = grid.Layout;
        TimeBinning columns = grid.Columns;
        string cell = $"{Quantity.Bytes(layout.RowSectors * 512.0)} × {Quantity.Duration(columns.WidthNs)}";
        var colors = ColorScale.For(grid.Values, $"{operationClass}s per sector");
        RasterStrip[] strips = [.. layout.Segments.Select(segment => new RasterStrip(
            segment.First, segment.Count, layout.Low[segment.First], layout.High[segment.First + segment.Count - 1]))];
        var panel = new PlotPanel
        {
            Name = operationClass == "read" ? "Read" : "Write",
            NameColor = operationClass == "read" ? Palette.Read : Palette.Write,
            Summary = $"cell {cell}",
            Y = new AxisScale(0, 1, layout.Ticks(PanelHeight, _ => FigureDrawing.TextSize)),
            YLabel = layout.Label,
            Height = PanelHeight,
            Layers =
            [
                new GapLayer(layout.Gaps, isVertical: true),
                // Over the gaps: what was touched is never hidden by what was not.
                TimeHeatmap.Cells(context, grid.Values, strips, columns, colors),
            ],
        };
        return TimeHeatmap.Of(context, colors, [panel]);
    }
}
