using ScottPlot;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>Which share of the requests is not slower than so long, with the tail drawn out: D2C where a run has it, else Q2C.</summary>
/// <param name="operation"><c>read</c> or <c>write</c>.</param>
internal sealed class ComparedLatencyFigure(string operation) : IComparisonFigure
{
    /// <inheritdoc/>
    public string Name => $"compare-latency-{operation}";

    /// <inheritdoc/>
    public FigureResult Draw(ComparisonFigureContext context)
    {
        // One kind for all: D2C and Q2C are not comparable.
        string kind = context.Runs.Any(run => run.Operation(operation)?.Latency?.D2C is not null) ? "D2C" : "Q2C";
        var runs = context.Runs.Select(run => (Run: run, Latency: kind == "D2C" ? run.Operation(operation)?.Latency?.D2C : run.Operation(operation)?.Latency?.Q2C))
            .Where(run => run.Latency is { Count: > 0, Buckets.Length: > 0 }).ToList();
        if (runs.Count == 0)
            return FigureResult.None($"no run has latencies of {operation}s");

        AxisScale x = LogScale.Around(
            Math.Max(1, runs.Min(run => run.Latency!.MinNs)), Math.Max(1, runs.Max(run => run.Latency!.MaxNs)), Quantity.Duration, about: 7);
        long count = runs.Max(run => run.Latency!.Count);
        (PlotPanel[] panels, LegendEntry[] legend) = context.Arrange(
            [.. runs.Select(run => new RunCurve(
                run.Run,
                $"p50 {Quantity.Duration(run.Latency!.P50Ns)}, p99 {Quantity.Duration(run.Latency.P99Ns)}",
                (y, color, dashes) => new CurveLayer(Points(run.Latency, x, y)) { Color = color, Dashes = dashes }))],
            crowded => PercentileScale.For(count, crowded ? 64 : 180),
            ("Percentile", "Percentile"),
            180);
        return FigureResult.Of(new FigureDrawing { Title = context.Title(operation), X = x, XLabel = $"{kind} latency", Legend = legend, Panels = panels });
    }

    private static Coordinates[] Points(LatencyStatistics latency, AxisScale x, AxisScale y) =>
        [.. LatencyPercentilesFigure.Compute(latency).Select(point => new Coordinates(x.Map(point.LatencyNs), PercentileScale.Map(point.Share, y.Max)))];
}
