namespace TraceAnalyzer.Reporting;

/// <summary>Bytes read of each layer over time; bytes written where nothing is read.</summary>
internal sealed class LayerHeatmapFigure : IFigure
{
    private const double MiB = 1 << 20;

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

        float[][] values = [.. bytes.Select(row =>
        {
            float[] cells = new float[layers.Columns.Count];
            for (int i = 0; i < row.Length; i++)
                cells[i] = (float)(row[i] / MiB);
            return cells;
        })];
        var colors = ColorScale.For(values, reads ? "MiB read" : "MiB written");
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = context.TimeAxis(FigureDrawing.DataWidthWithColors),
            XLabel = "Time since start",
            HasGrid = false,
            Colors = colors,
            Panels =
            [
                new PlotPanel
                {
                    Name = reads ? "Read" : "Write",
                    NameColor = reads ? Palette.Read : Palette.Write,
                    Summary = $"cell 1 layer × {Quantity.Duration(layers.Columns.WidthNs)}",
                    Y = WholeNumbers.Axis(bytes.Length, about: 8),
                    YLabel = "Layer",
                    Height = 210,
                    Layers =
                    [
                        new RasterLayer(
                            values,
                            [new RasterStrip(0, values.Length, -0.5, values.Length - 0.5)],
                            context.Seconds(layers.Columns.OriginNs),
                            context.Seconds(layers.Columns.OriginNs + (layers.Columns.Count * layers.Columns.WidthNs)),
                            colors),
                    ],
                },
            ],
        });
    }
}
