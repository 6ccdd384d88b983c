using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Which part of the device was accessed when, and how often: space upwards, time to the right.</summary>
/// <param name="operationClass">Read or write.</param>
internal sealed class HeatmapFigure(OperationClass operationClass)
    : Figure<FigureContext>($"heatmap-{operationClass.Name()}", $"{operationClass.Subject()} over space and time")
{
    private const float PanelHeight = 210;

    /// <inheritdoc/>
    public override string Describe(FigureContext context) => $"Which part of the device was {operationClass.Participle()} when. " + (context.Device.OfClass(operationClass) is { SectorAccess: { } access } operation
        ? $"{Units.Bytes(operation.Overview.FootprintBytes)} were touched, each sector {Units.Count(access.MeanAccesses)} times on average and {Units.Count(access.MaxAccesses)} at most."
        : "");

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        SectorTimeResult? sectorTime = context.Device.SectorTime.FirstOrDefault(result => result.Class == operationClass);
        if (sectorTime == null || sectorTime.Columns.Count == 0 || context.Device.Space is not { RowStartSectors.Length: > 0 } space)
            return context.NoSectors($"no {operationClass.Plural()} were counted");

        var grid = SectorTimeGrid.Of(space, sectorTime, context.Report.Time);
        if (!grid.Values.Any(row => row.Any(value => value > 0)))
            return context.NothingCounted($"no {operationClass.Plural()} were counted");

        SpaceLayout layout = grid.Layout;
        TimeBinning columns = grid.Columns;
        string cell = $"{Units.Bytes(layout.RowSectors * 512.0)} × {Units.Duration(columns.WidthNs)}";
        var colors = ColorScale.For(grid.Values, $"{operationClass.Plural()} per sector");
        RasterStrip[] strips = [.. layout.Segments.Select(segment => new RasterStrip(
            segment.First, segment.Count, layout.Low[segment.First], layout.High[segment.First + segment.Count - 1]))];
        var panel = new PlotPanel
        {
            Name = operationClass == OperationClass.Read ? "Read" : "Write",
            NameColor = operationClass == OperationClass.Read ? FigureColors.Read : FigureColors.Write,
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
