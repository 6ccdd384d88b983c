namespace TraceAnalyzer.Reporting;

/// <summary>Which share of each run's touched sectors was accessed at most so many times.</summary>
/// <param name="operation"><c>read</c> or <c>write</c>.</param>
internal sealed class ComparedAccessCdfFigure(string operation) : IComparisonFigure
{
    /// <inheritdoc/>
    public string Name => $"compare-access-cdf-{operation}";

    /// <inheritdoc/>
    public FigureResult Draw(ComparisonFigureContext context)
    {
        var runs = context.Runs.Select(run => (Run: run, Access: run.Operation(operation)?.SectorAccess)).Where(run => run.Access is { Distribution.Length: > 0 }).ToList();
        if (runs.Count == 0)
            return ComparisonFigureContext.Nothing(operation);

        AxisScale x = AccessCdfFigure.AxisOf([.. runs.Select(run => run.Access!)]);
        (PlotPanel[] panels, LegendEntry[] legend) = context.Arrange(
            [.. runs.Select(run => new RunCurve(
                run.Run,
                $"{Quantity.Bytes(run.Access!.TouchedSectors * 512.0)} touched",
                (_, color, dashes) => new CurveLayer(AccessCdfFigure.ToPlot(AccessCdfFigure.Compute(run.Access), x)) { Color = color, Dashes = dashes, Stairs = true }))],
            crowded => LinearScale.Shares(crowded ? 50 : 20),
            ("Share of touched sectors", "Sectors"),
            190);
        return FigureResult.Of(new FigureDrawing { Title = context.Title(operation), X = x, XLabel = "Accesses of a sector", Legend = legend, Panels = panels });
    }
}
