using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>How unequally each run spreads its accesses over its touched sectors: Lorenz curves and Gini coefficients.</summary>
/// <param name="operation">Read or write.</param>
internal sealed class ComparedLorenzFigure(OperationClass operation)
    : Figure<ComparisonFigureContext>($"compare-lorenz-{operation.Name()}", $"Skew of {operation.Plural()} (Lorenz curve)")
{
    /// <inheritdoc/>
    public override string Describe(ComparisonFigureContext context) => $"How evenly {operation.Plural()} are spread over the touched sectors. " + context.Each(run => run.Operation(operation)?.SectorAccess is { } access
        ? $"Gini coefficient {Units.Coefficient(access.Gini)}" : null);

    /// <inheritdoc/>
    public override Table? Data(ComparisonFigureContext context) => context.OfRuns(SectorAccessTables.Lorenz, operation);

    /// <inheritdoc/>
    public override FigureResult Draw(ComparisonFigureContext context)
    {
        var runs = context.Runs.Select(run => (Run: run, Access: run.Operation(operation)?.SectorAccess)).Where(run => run.Access is { Lorenz.Length: > 0 }).ToList();
        if (runs.Count == 0)
            return ComparisonFigureContext.Nothing(operation);

        (PlotPanel[] panels, LegendEntry[] legend) = context.Arrange(
            [.. runs.Select(run => new RunCurve(
                run.Run,
                $"Gini {Units.Coefficient(run.Access!.Gini)}",
                (_, color, dashes) => new CurveLayer(Array.ConvertAll(run.Access.Lorenz, point => new Coordinates(point.SectorShare, point.AccessShare))) { Color = color, Dashes = dashes }))],
            crowded => LinearScale.Shares(crowded ? 50 : 25),
            ("Share of accesses", "Accesses"),
            250);
        var alike = new CurveLayer([new Coordinates(0, 0), new Coordinates(1, 1)]) { Color = FigureColors.GapEdge, LineWidth = 1.2f, Dashes = [4, 3] };
        return FigureResult.Of(new FigureDrawing
        {
            Title = context.Title(operation),
            X = LinearScale.Shares(25),
            XLabel = "Share of touched sectors, coldest first",
            Legend = [.. legend, new LegendEntry("all sectors alike", FigureColors.GapEdge, [4, 3])],
            Panels = [.. panels.Select(panel => panel with { Layers = [alike, .. panel.Layers] })],
        });
    }
}
