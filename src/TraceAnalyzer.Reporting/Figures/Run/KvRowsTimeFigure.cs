using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>Bytes read of each token position of the KV cache over time.</summary>
internal sealed class KvRowsTimeFigure() : Figure<FigureContext>("kv-rows-heatmap", "Reads of token positions over time")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Bytes read of each token position of the KV cache over time. " + KvRowsFigure.Words(context.Report.Run!.KvRows);

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => KvRowTables.OverTime.Of(context.Report);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        if (context.Report.Run?.KvRows is not { } rows)
            return FigureResult.None("which sectors hold which token position is not recorded");
        if (!rows.ReadBytes.Any(row => row.Length > 0))
            return FigureResult.None("no token position was read");

        float[][] values = TimeHeatmap.Mebibytes(rows.ReadBytes, rows.Columns.Count);
        var colors = ColorScale.For(values, "MiB read");
        string cell = rows.PositionsPerRow == 1 ? "1 position" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{rows.PositionsPerRow} positions");
        double positions = (double)values.Length * rows.PositionsPerRow;
        var panel = new PlotPanel
        {
            Name = "Read",
            NameColor = FigureColors.Read,
            Summary = $"cell {cell} × {Units.Duration(rows.Columns.WidthNs)}",
            Y = WholeNumbers.Axis(rows.Reads.Length, about: 8),
            YLabel = "Token position",
            Height = 210,
            Layers =
            [
                TimeHeatmap.Cells(context, values, [new RasterStrip(0, values.Length, -0.5, positions - 0.5)], rows.Columns, colors),
            ],
        };
        return TimeHeatmap.Of(context, colors, [panel]);
    }
}
