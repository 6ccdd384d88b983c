using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>Bytes read of each layer over time; bytes written where nothing is read.</summary>
internal sealed class LayerHeatmapFigure() : Figure<FigureContext>("layer-heatmap", "Bytes of each layer over time")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Bytes of each layer over time. " + (context.Report.Run!.Layers?.ReadBytes.Select(row => row.Sum()).ToArray() switch
    {
        null => "No file records which sectors hold which layer.",
        [] => "No layers.",
        var read => $"{Units.Count(read.Length)} layers, of each between {Units.Bytes(read.Min())} and {Units.Bytes(read.Max())} read.",
    });

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => LayerTables.OverTime.Of(context.Report);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        if (context.Report.Run?.Layers is not { } layers)
            return FigureResult.None("which sectors hold which layer is not recorded");
        bool reads = layers.ReadBytes.Any(row => row.Length > 0);
        long[][] bytes = reads ? layers.ReadBytes : layers.WriteBytes;
        if (!bytes.Any(row => row.Length > 0))
            return FigureResult.None("no layer was read or written");

        float[][] values = TimeHeatmap.Mebibytes(bytes, layers.Columns.Count);
        var colors = ColorScale.For(values, reads ? "MiB read" : "MiB written");
        var panel = new PlotPanel
        {
            Name = reads ? "Read" : "Write",
            NameColor = reads ? FigureColors.Read : FigureColors.Write,
            Summary = $"cell 1 layer × {Units.Duration(layers.Columns.WidthNs)}; white: nothing {(reads ? "read" : "written")}",
            Y = WholeNumbers.AxisToLast(bytes.Length, about: 8),
            YLabel = "Layer",
            Height = 210,
            Layers =
            [
                TimeHeatmap.Cells(context, values, [new RasterStrip(0, values.Length, -0.5, values.Length - 0.5)], layers.Columns, colors),
            ],
        };
        return TimeHeatmap.Of(context, colors, [panel]);
    }
}
