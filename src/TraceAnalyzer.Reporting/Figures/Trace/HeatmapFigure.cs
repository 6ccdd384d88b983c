using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Which part of the device was accessed when, and how often: space upwards, time to the right.</summary>
/// <param name="operationClass"><c>read</c> or <c>write</c>.</param>
internal sealed class HeatmapFigure(string operationClass)
    : Figure<FigureContext>($"heatmap-{operationClass}", operationClass == "read" ? "Reads over space and time" : "Writes over space and time")
{
    private const float PanelHeight = 210;

    /// <inheritdoc/>
    public override string Describe(FigureContext context) => $"Which part of the device was {(operationClass == "read" ? "read" : "written")} when. " + (context.Device.OfClass(operationClass) is { SectorAccess: { } access } operation
        ? $"{Units.Bytes(operation.Overview.FootprintBytes)} were touched, each sector {Units.Count(access.MeanAccesses)} times on average and {Units.Count(access.MaxAccesses)} at most."
        : "");

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        SectorTimeResult? sectorTime = context.Device.SectorTime.FirstOrDefault(result => result.Class == operationClass);
        if (sectorTime == null || sectorTime.Columns.Count == 0 || context.Device.Space is not { RowStartSectors.Length: > 0 } space)
            return context.NothingCounted($"no {operationClass}s were counted");

        var grid = SectorTimeGrid.Of(space, sectorTime, context.Report.Time);
        if (!grid.Values.Any(row => row.Any(value => value > 0)))
            return context.NothingCounted($"no {operationClass}s were counted");

        SpaceLayout layout = grid.Layout;
        TimeBinning columns = grid.Columns;
        string cell = $"{Units.Bytes(layout.RowSectors * 512.0)} × {Units.Duration(columns.WidthNs)}";
        var colors = ColorScale.For(grid.Values, $"{operationClass}s per sector");
        RasterStrip[] strips = [.. layout.Segments.Select(segment => new RasterStrip(
            segment.First, segment.Count, layout.Low[segment.First], layout.High[segment.First + segment.Count - 1]))];
        var panel = new PlotPanel
        {
            Name = operationClass == "read" ? "Read" : "Write",
            NameColor = operationClass == "read" ? FigureColors.Read : FigureColors.Write,
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
