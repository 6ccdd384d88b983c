using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reporting.Figures.Trace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>Which share of each run's touched sectors was accessed at most so many times.</summary>
/// <param name="operation">Read or write.</param>
internal sealed class ComparedAccessCdfFigure(OperationClass operation)
    : Figure<ComparisonFigureContext>($"compare-access-cdf-{operation.Name()}", $"CDF of {operation.Plural()} per sector")
{
    /// <inheritdoc/>
    public override string Describe(ComparisonFigureContext context) => $"Share of the touched sectors that were {operation.Participle()} at most so many times. " + context.Each(run => run.Operation(operation)?.SectorAccess is { } access
        ? $"mean {Units.Count(access.MeanAccesses)}, max {Units.Count(access.MaxAccesses)} accesses per sector" : null);

    /// <inheritdoc/>
    public override Table? Data(ComparisonFigureContext context) => context.OfRuns(SectorAccessTables.Distribution, operation);

    /// <inheritdoc/>
    public override FigureResult Draw(ComparisonFigureContext context)
    {
        var runs = context.Runs.Select(run => (Run: run, Access: run.Operation(operation)?.SectorAccess)).Where(run => run.Access is { Distribution.Length: > 0 }).ToList();
        if (runs.Count == 0)
            return ComparisonFigureContext.Nothing(operation);

        AxisScale x = AccessCdfFigure.AxisOf([.. runs.Select(run => run.Access!)]);
        (PlotPanel[] panels, LegendEntry[] legend) = context.Arrange(
            [.. runs.Select(run => new RunCurve(
                run.Run,
                $"{Units.Bytes(run.Access!.TouchedSectors * 512.0)} touched",
                (_, color, dashes) => new CurveLayer(AccessCdfFigure.ToPlot(AccessCdfFigure.Compute(run.Access), x)) { Color = color, Dashes = dashes, Stairs = true }))],
            crowded => LinearScale.Shares(crowded ? 50 : 20),
            ("Share of touched sectors", "Sectors"),
            190);
        return FigureResult.Of(new FigureDrawing { Title = context.Title(operation), X = x, XLabel = "Accesses of a sector", Legend = legend, Panels = panels });
    }
}
