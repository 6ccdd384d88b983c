using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reporting.Figures.Trace;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>Draws which share of something is not longer than so long, with the tail drawn out.</summary>
internal static class ComparedPercentiles
{
    /// <summary>One curve a run.</summary>
    /// <param name="context">The comparison.</param>
    /// <param name="title">The line above the figure.</param>
    /// <param name="label">Label of the axis of times.</param>
    /// <param name="runs">The runs that have such times, one at least.</param>
    public static FigureResult Draw(ComparisonFigureContext context, string title, string label, IReadOnlyList<(FigureRun Run, LatencyStatistics Times)> runs)
    {
        AxisScale x = LogScale.Around(
            Math.Max(1, runs.Min(run => run.Times.MinNs)), Math.Max(1, runs.Max(run => run.Times.MaxNs)), Units.Duration, about: 7);
        long count = runs.Max(run => run.Times.Count);
        (PlotPanel[] panels, LegendEntry[] legend) = context.Arrange(
            [.. runs.Select(run => new RunCurve(
                run.Run,
                $"p50 {Units.Duration(run.Times.P50Ns)}, p99 {Units.Duration(run.Times.P99Ns)}",
                (y, color, dashes) => new CurveLayer(Points(run.Times, x, y)) { Color = color, Dashes = dashes }))],
            crowded => PercentileScale.For(count, crowded ? 64 : 180),
            ("Percentile", "Percentile"),
            180);
        return FigureResult.Of(new FigureDrawing { Title = title, X = x, XLabel = label, Legend = legend, Panels = panels });
    }

    private static Coordinates[] Points(LatencyStatistics times, AxisScale x, AxisScale y) =>
        [.. LatencyPercentilesFigure.Compute(times).Select(point => new Coordinates(x.Map(point.LatencyNs), PercentileScale.Map(point.Share, y.Max)))];

    /// <summary>Percentiles in words.</summary>
    public static string Words(LatencyStatistics times) => $"median {Units.Duration(times.P50Ns)}, 99 % within {Units.Duration(times.P99Ns)}, max {Units.Duration(times.MaxNs)}";
}
