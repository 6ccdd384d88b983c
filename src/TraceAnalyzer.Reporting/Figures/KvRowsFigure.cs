using ScottPlot;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>How often each token position of the KV cache is read, and how often the closed form says it is.</summary>
internal sealed class KvRowsFigure : IFigure
{
    private static readonly float[] s_dashes = [5, 3];

    /// <inheritdoc/>
    public string Name => "kv-rows";

    /// <inheritdoc/>
    public FigureResult Draw(FigureContext context)
    {
        if (context.Report.Run?.KvRows is not { Reads.Length: > 0 } rows)
            return FigureResult.None("nothing says which sectors hold which token position");
        var legend = new List<LegendEntry> { new("in the trace", Palette.Read) };
        var layers = new List<Layer>();
        if (rows.PredictedReads is { } predicted)
        {
            layers.Add(new CurveLayer([.. predicted.Select((reads, row) => new Coordinates(row, reads))]) { Color = Palette.SoftInk, Dashes = s_dashes, LineWidth = 1.4f });
            legend.Add(new LegendEntry("by closed form", Palette.SoftInk, s_dashes));
        }

        layers.Add(new CurveLayer([.. rows.Reads.Select((reads, row) => new Coordinates(row, reads))]) { Color = Palette.Read });
        double most = Math.Max(rows.Reads.Max(), rows.PredictedReads?.Max() ?? 0);
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = WholeNumbers.Axis(rows.Reads.Length, about: 7),
            XLabel = "Token position",
            Legend = [.. legend],
            Panels =
            [
                new PlotPanel
                {
                    Summary = rows.RankCorrelation is { } correlation ? $"rank correlation {HumanUnits.Coefficient(correlation)}, {Quantity.Bytes(rows.PositionBytes)} a position" : "",
                    Y = LinearScale.FromZero(most, Quantity.Count, about: 6),
                    YLabel = "Reads",
                    Height = 180,
                    Layers = [.. layers],
                },
            ],
        });
    }
}
