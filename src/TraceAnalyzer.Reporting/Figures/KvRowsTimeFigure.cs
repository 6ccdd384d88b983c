namespace TraceAnalyzer.Reporting;

/// <summary>Bytes read of each token position of the KV cache over time.</summary>
internal sealed class KvRowsTimeFigure : IFigure
{
    private const double MiB = 1 << 20;

    /// <inheritdoc/>
    public string Name => "kv-rows-heatmap";

    /// <inheritdoc/>
    public FigureResult Draw(FigureContext context)
    {
        if (context.Report.Run?.KvRows is not { } rows)
            return FigureResult.None("nothing says which sectors hold which token position");
        if (!rows.ReadBytes.Any(row => row.Length > 0))
            return FigureResult.None("no token position was read");

        float[][] values = [.. rows.ReadBytes.Select(row =>
        {
            float[] cells = new float[rows.Columns.Count];
            for (int i = 0; i < row.Length; i++)
                cells[i] = (float)(row[i] / MiB);
            return cells;
        })];
        var colors = ColorScale.For(values, "MiB read");
        string cell = rows.PositionsPerRow == 1 ? "1 position" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{rows.PositionsPerRow} positions");
        double positions = (double)values.Length * rows.PositionsPerRow;
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
                    Name = "Read",
                    NameColor = Palette.Read,
                    Summary = $"cell {cell} × {Quantity.Duration(rows.Columns.WidthNs)}",
                    Y = WholeNumbers.Axis(rows.Reads.Length, about: 8),
                    YLabel = "Token position",
                    Height = 210,
                    Layers =
                    [
                        new RasterLayer(
                            values,
                            [new RasterStrip(0, values.Length, -0.5, positions - 0.5)],
                            context.Seconds(rows.Columns.OriginNs),
                            context.Seconds(rows.Columns.OriginNs + (rows.Columns.Count * rows.Columns.WidthNs)),
                            colors),
                    ],
                },
            ],
        });
    }
}
