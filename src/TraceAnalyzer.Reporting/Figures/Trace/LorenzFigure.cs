using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>How unequally the accesses are spread over the touched sectors: the Lorenz curve and its Gini coefficient.</summary>
internal sealed class LorenzFigure() : Figure<FigureContext>("lorenz", "Access skew (Lorenz curve)")
{
    private const float Width = 340;

    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "How evenly accesses are spread over the touched sectors. " + context.Each(operation =>
        operation.SectorAccess is { } access ? $"Gini coefficient {Units.Coefficient(access.Gini)} (0 is even)" : "no sectors");

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => context.Transfers(SectorAccessTables.Lorenz);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        var layers = new List<Layer>
        {
            new CurveLayer([new Coordinates(0, 0), new Coordinates(1, 1)]) { Color = FigureColors.GapEdge, LineWidth = 1.2f, Dashes = [4, 3] },
        };
        var legend = new List<LegendEntry>();
        foreach ((string name, OperationReport operation, Color color) in context.Transfers())
        {
            if (operation.SectorAccess is not { Lorenz.Length: > 0 } access)
                continue;
            float[]? dashes = AccessCdfFigure.DashesOf(name);
            layers.Add(new CurveLayer(Array.ConvertAll(access.Lorenz, point => new Coordinates(point.SectorShare, point.AccessShare))) { Color = color, Dashes = dashes });
            legend.Add(new LegendEntry($"{name}, Gini {Units.Coefficient(access.Gini)}", color, dashes));
        }

        if (legend.Count == 0)
            return context.NothingCounted("no sectors were read or written");

        legend.Add(new LegendEntry("all sectors alike", FigureColors.GapEdge, [4, 3]));
        return FigureResult.Of(new FigureDrawing
        {
            Width = Width,
            Title = FigureTitle.Of(context, Width),
            X = LinearScale.Shares(25),
            XLabel = "Share of touched sectors, coldest first",
            Legend = [.. legend],
            Panels = [new PlotPanel { Y = LinearScale.Shares(25), YLabel = "Share of accesses", Height = 250, Layers = [.. layers] }],
        });
    }
}
