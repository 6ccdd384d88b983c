using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reporting.Figures.Trace;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>
/// Which part of each run's device was accessed when, and how often: one panel per run, on one time axis and one color scale. Columns of the
/// runs differ in width, so colors show accesses per second.
/// </summary>
/// <param name="operation">Read or write.</param>
internal sealed class ComparedHeatmapFigure(OperationClass operation)
    : Figure<ComparisonFigureContext>($"compare-heatmap-{operation.Name()}", $"{operation.Subject()} over space and time")
{
    /// <inheritdoc/>
    public override string Describe(ComparisonFigureContext context) => $"Which part of the device saw {operation.Plural()} when, one panel per run on one color scale. " + context.Each(run => run.Operation(operation) is { } counted
        ? $"{Units.Bytes(counted.Overview.FootprintBytes)} touched" : null);

    /// <inheritdoc/>
    public override Table? Data(ComparisonFigureContext context) => context.OfRuns(SectorAccessTables.OverTime, operation);

    /// <inheritdoc/>
    public override FigureResult Draw(ComparisonFigureContext context)
    {
        var maps = new List<(FigureRun Run, SectorTimeGrid Grid)>();
        foreach (FigureRun run in context.Runs)
        {
            SectorTimeResult? sectorTime = run.Device?.SectorTime.FirstOrDefault(result => result.Class == operation);
            if (sectorTime is { Columns.Count: > 0 } && run.Device?.Space is { RowStartSectors.Length: > 0 } space)
                maps.Add((run, PerSecond(SectorTimeGrid.Of(space, sectorTime, sectorTime.Columns))));
        }

        if (!maps.Exists(map => map.Grid.Values.Any(row => row.Any(value => value > 0))))
            return ComparisonFigureContext.Nothing(operation);

        var colors = ColorScale.For(maps.SelectMany(map => map.Grid.Values), $"{operation.Plural()} per sector and second");
        double lastSecond = Math.Max(1e-9, maps.Max(map => map.Run.Compared.DurationNs) / 1e9);
        float height = context.IsCrowded ? 80 : maps.Count <= 2 ? 190 : 130;
        return FigureResult.Of(new FigureDrawing
        {
            Title = context.Title(operation),
            X = TimeScale.Create(0, lastSecond, FigureDrawing.DataWidthWithColors) with { Min = -0.01 * lastSecond, Max = 1.01 * lastSecond },
            XLabel = "Time since first transfer",
            HasGrid = false,
            Colors = colors,
            Panels = [.. maps.Select(map => Panel(map.Run, map.Grid, colors, height))],
        });
    }

    private static SectorTimeGrid PerSecond(SectorTimeGrid grid)
    {
        float seconds = (float)(grid.Columns.WidthNs / 1e9);
        return grid with { Values = Array.ConvertAll(grid.Values, row => Array.ConvertAll(row, value => value / seconds)) };
    }

    private static PlotPanel Panel(FigureRun run, SectorTimeGrid grid, ColorScale colors, float height)
    {
        SpaceLayout layout = grid.Layout;
        TimeBinning columns = grid.Columns;
        RasterStrip[] strips = [.. layout.Segments.Select(segment => new RasterStrip(
            segment.First, segment.Count, layout.Low[segment.First], layout.High[segment.First + segment.Count - 1]))];
        string summary = $"cell {Units.Bytes(layout.RowSectors * 512.0)} × {Units.Duration(columns.WidthNs)}";
        return new PlotPanel
        {
            Name = run.Heading,
            Summary = summary,
            Y = new AxisScale(0, 1, layout.Ticks(height, _ => FigureDrawing.TextSize)),
            YLabel = height < 150 ? "Offset" : layout.Label,
            Height = height,
            Layers =
            [
                new RasterLayer(
                    grid.Values, strips, run.Seconds(columns.OriginNs), run.Seconds(columns.OriginNs + (columns.Count * columns.WidthNs)), colors),
                new GapLayer(layout.Gaps, isVertical: true),
            ],
        };
    }
}
