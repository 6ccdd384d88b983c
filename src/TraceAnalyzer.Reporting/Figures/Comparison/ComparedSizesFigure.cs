using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>Which share of the requests has which size: one panel per run, on the same axes.</summary>
/// <param name="operation">Read or write.</param>
internal sealed class ComparedSizesFigure(OperationClass operation)
    : Figure<ComparisonFigureContext>($"compare-sizes-{operation.Name()}", $"{operation.Subject()} by size")
{
    /// <inheritdoc/>
    public override string Describe(ComparisonFigureContext context) => $"Which share of the {operation.Plural()} has which size. " + context.Each(run => run.Operation(operation)?.Sizes is { } sizes
        ? $"dominant size {Units.Bytes(sizes.DominatingSizeBytes)}, {Units.Share(sizes.DominatingShareOfRequests)} of the requests" : null);

    /// <inheritdoc/>
    public override Table? Data(ComparisonFigureContext context) => context.OfRuns(RequestSizesTable.Sizes, operation);

    /// <inheritdoc/>
    public override FigureResult Draw(ComparisonFigureContext context)
    {
        var runs = context.Runs.Select(run => (Run: run, run.Operation(operation)?.Sizes)).Where(run => run.Sizes is { Sizes.Length: > 0 }).ToList();
        if (runs.Count == 0)
            return ComparisonFigureContext.Nothing(operation);

        var sizes = runs.SelectMany(run => run.Sizes!.Sizes).Select(size => size.SizeBytes).ToList();
        double[] positions = [.. sizes.Distinct().Order().Select(size => SizeScale.Map(size))];
        double least = runs.Min(run => Shares(run.Sizes!).Min());
        AxisScale y = least < 1 / LogScale.WorthIt
            ? LogScale.Between(Math.Log10(least) - 0.35, 0.25, share => $"{TickText.Number(100 * share)} %", about: 4)
            : LinearScale.Shares(50);
        return FigureResult.Of(new FigureDrawing
        {
            Title = context.Title(operation),
            X = SizeScale.Around(sizes.Min(), sizes.Max(), runs[0].Sizes!.DominatingSizeBytes),
            XLabel = "Request size",
            Panels =
            [
                .. runs.Select(run => (run.Run, Sizes: run.Sizes!, Summary: $"dominant {Units.Bytes(run.Sizes!.DominatingSizeBytes)}: {Units.Share(run.Sizes.DominatingShareOfRequests)}")).Select(run => new PlotPanel
                {
                    Name = run.Run.Heading,
                    NameColor = context.IsCrowded ? FigureColors.Ink : ComparisonFigureContext.StyleOf(run.Run).Color,
                    Summary = run.Summary,
                    Y = y,
                    YLabel = "Requests",
                    Height = context.IsCrowded ? 64 : 92,
                    Layers =
                    [
                        new StickLayer([.. run.Sizes.Sizes.Select(size => SizeScale.Map(size.SizeBytes))], y.Map(Shares(run.Sizes)))
                        {
                            InAllPanels = positions,
                            Color = context.IsCrowded ? FigureColors.Read : ComparisonFigureContext.StyleOf(run.Run).Color,
                        },
                    ],
                }),
            ],
        });
    }

    private static double[] Shares(RequestSizeResult sizes)
    {
        double all = sizes.Sizes.Sum(size => (double)size.Requests);
        return Array.ConvertAll(sizes.Sizes, size => size.Requests / all);
    }
}
