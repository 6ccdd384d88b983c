using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>How latencies change over time: requests by latency and time, with the median and the 99th percentile.</summary>
internal sealed class LatencyHeatmapFigure() : Figure<FigureContext>("latency-heatmap", "Latency over time")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Requests by latency and time, with median and 99th percentile. " + context.Each(operation =>
        LatencyKinds.Of(operation.Latency).Where(row => row.Kind == operation.Latency!.DetailKind)
            .Select(row => $"{row.Kind} median {Units.Duration(row.Statistics.P50Ns)}, 99 % within {Units.Duration(row.Statistics.P99Ns)}")
            .FirstOrDefault() ?? "no latencies");

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => context.Transfers(LatencyTables.OverTime);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        var grids = new List<(string Name, LatencyResult Latency, LatencyGrid Grid, ScottPlot.Color Color)>();
        foreach ((string name, OperationReport operation, ScottPlot.Color color) in context.Transfers())
        {
            if (operation.Latency is { } latency && LatencyGrid.Of(latency.OverTime, context.Report.Time) is { } grid)
                grids.Add((name, latency, grid, color));
        }

        if (grids.Count == 0)
            return context.NothingCounted(LatencyPercentilesFigure.NoLatency);

        var colors = ColorScale.For(grids.SelectMany(entry => entry.Grid.Values), "requests per cell", least: 1);
        float height = grids.Count == 1 ? 190 : 96;
        return TimeHeatmap.Of(
            context,
            colors,
            [.. grids.Select(entry => Panel(context, entry.Name, entry.Latency, entry.Grid, entry.Color, colors, height))],
            [new LegendEntry("p99", FigureColors.Write), new LegendEntry("p50", FigureColors.Ink)]);
    }

    private static PlotPanel Panel(
        FigureContext context, string name, LatencyResult latency, LatencyGrid grid, ScottPlot.Color color, ColorScale colors, float height)
    {
        var lines = LatencyLines.Of(latency.OverTime, context.Report.Time);
        AxisScale y = LogScale.Between(grid.LowLog10 - 0.05, grid.HighLog10 + 0.05, Units.Duration, about: (int)(height / 20));
        BinEdges edges = BinEdges.Of(lines.Columns, context);
        TimeBinning columns = grid.Columns;
        return new PlotPanel
        {
            Name = name,
            NameColor = color,
            Summary = $"{latency.DetailKind} in columns of {Units.Duration(columns.WidthNs)}",
            Y = y,
            YLabel = "Latency",
            Height = height,
            Layers =
            [
                TimeHeatmap.Cells(context, grid.Values, [new RasterStrip(0, grid.Values.Length, grid.LowLog10, grid.HighLog10)], columns, colors),
                new StepLayer(edges, y.Map(lines.P50Ns)) { Color = FigureColors.Ink, Cased = true, HasRisers = false },
                new StepLayer(edges, y.Map(lines.P99Ns)) { Color = FigureColors.Write, Cased = true, HasRisers = false },
            ],
        };
    }
}
