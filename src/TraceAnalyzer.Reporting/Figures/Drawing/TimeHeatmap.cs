using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Reporting.Figures.Drawing;

/// <summary>What heatmaps over time have in common.</summary>
internal static class TimeHeatmap
{
    private const float MiB = 1 << 20;

    /// <summary>Bytes as MiB, every row as long as there are columns.</summary>
    public static float[][] Mebibytes(long[][] bytes, int columns) => Array.ConvertAll(bytes, row =>
    {
        float[] cells = new float[columns];
        for (int i = 0; i < row.Length; i++)
            cells[i] = row[i] / MiB;
        return cells;
    });

    /// <summary>Cells by row and column.</summary>
    public static RasterLayer Cells(FigureContext context, float[][] values, RasterStrip[] strips, TimeBinning columns, ColorScale colors) =>
        new(values, strips, context.Seconds(columns.OriginNs), context.Seconds(columns.OriginNs + (columns.Count * columns.WidthNs)), colors);

    /// <summary>The figure around its panels.</summary>
    public static FigureResult Of(FigureContext context, ColorScale colors, PlotPanel[] panels, LegendEntry[]? legend = null) =>
        FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = context.TimeAxis(FigureDrawing.DataWidthWithColors),
            XLabel = "Time since start",
            HasGrid = false,
            Colors = colors,
            Legend = legend ?? [],
            Panels = panels,
        });
}
