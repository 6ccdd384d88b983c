using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>How often each token position of the KV cache is read, and how often the closed form says it is.</summary>
internal sealed class KvRowsFigure() : Figure<FigureContext>("kv-rows", "Reads of each token position")
{
    private static readonly float[] s_dashes = [5, 3];

    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "How often each token position of the KV cache is read, beside the prediction. " + Words(context.Report.Run!.KvRows);

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => KvRowTables.Rows.Of(context.Report);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        if (context.Report.Run?.KvRows is not { Reads.Length: > 0 } rows)
            return FigureResult.None("which sectors hold which token position is not recorded");
        var legend = new List<LegendEntry> { new("in the trace", FigureColors.Read) };
        var layers = new List<Layer>();
        if (rows.PredictedReads is { } predicted)
        {
            layers.Add(new CurveLayer([.. predicted.Select((reads, row) => new Coordinates(row, reads))]) { Color = FigureColors.SoftInk, Dashes = s_dashes, LineWidth = 1.4f });
            legend.Add(new LegendEntry("predicted", FigureColors.SoftInk, s_dashes));
        }

        layers.Add(new CurveLayer([.. rows.Reads.Select((reads, row) => new Coordinates(row, reads))]) { Color = FigureColors.Read });
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
                    Summary = rows.RankCorrelation is { } correlation ? $"rank correlation {Units.Coefficient(correlation)}, {Units.Bytes(rows.PositionBytes)} a position" : "",
                    Y = LinearScale.FromZero(most, TickText.Count, about: 6),
                    YLabel = "Reads",
                    Height = 180,
                    Layers = [.. layers],
                },
            ],
        });
    }

    /// <summary>The positions in words.</summary>
    public static string Words(KvRowUse? rows) => rows is not { Reads.Length: > 0 }
        ? "No file records which sectors hold which token position."
        : $"{Units.Count(rows.Reads.Length)} positions, read between {Units.Count(rows.Reads.Min())} and {Units.Count(rows.Reads.Max())} times"
            + (rows.RankCorrelation is { } correlation ? $"; rank correlation of position and reads {Units.Coefficient(correlation)}." : ".");
}
