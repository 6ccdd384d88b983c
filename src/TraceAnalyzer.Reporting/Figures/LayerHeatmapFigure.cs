namespace TraceAnalyzer.Reporting;

/// <summary>Bytes read of each layer over time; bytes written where nothing is read.</summary>
internal sealed class LayerHeatmapFigure : IFigure
{
    /// <inheritdoc/>
    public string Name => "layer-heatmap";

    /// <inheritdoc/>
    public FigureResult Draw(FigureContext context)
    {
        if (context.Report.Run?.Layers is not { } layers)
            return FigureResult.None("nothing says which sectors hold which layer");
        bool reads = layers.ReadBytes.Any(row => row.Length > 0);
        long[][] bytes = reads ? layers.ReadBytes : layers.WriteBytes;
        if (!bytes.Any(row => row.Length > 0))
            return FigureResult.None("no layer was read or written");

        float[][] values = TimeHeatmap.Mebibytes(bytes, layers.Columns.Count);
        var colors = ColorScale.For(values, reads ? "MiB read" : "MiB written");
        var panel = new PlotPanel
        {
            Name = reads ? "Read" : "Write",
            NameColor = reads ? Palette.Read : Palette.Write,
            Summary = $"cell 1 layer × {Quantity.Duration(layers.Columns.WidthNs)}",
            Y = WholeNumbers.Axis(bytes.Length, about: 8),
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
