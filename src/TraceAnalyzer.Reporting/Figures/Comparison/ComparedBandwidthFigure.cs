using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reporting.Figures.Trace;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>Bandwidth of all runs over one axis: time since each run's first transfer, or share of the run.</summary>
/// <param name="operation">Read or write.</param>
/// <param name="alignment">By time or by share.</param>
internal sealed class ComparedBandwidthFigure(OperationClass operation, RunAlignment alignment)
    : Figure<ComparisonFigureContext>(alignment == RunAlignment.Time ? $"compare-bandwidth-{operation.Name()}" : $"compare-bandwidth-share-{operation.Name()}", $"{operation.Subject()} by {(alignment == RunAlignment.Time ? "time since the first transfer" : "share of the run")}")
{
    /// <inheritdoc/>
    public override string Describe(ComparisonFigureContext context) => $"Bandwidth of {operation.Plural()} by {(alignment == RunAlignment.Time ? "time since the first transfer" : "share of the run")}. " + context.Each(run => run.Operation(operation)?.Overview is { } overview
        ? $"{(overview.MeanBytesPerSecond is { } mean ? $"mean {Units.Rate(mean)}, " : "")}{Units.Bytes(overview.Bytes)} in total" : null);

    /// <inheritdoc/>
    public override FigureResult Draw(ComparisonFigureContext context)
    {
        AlignedBandwidth? bandwidth = context.Comparison.Bandwidth.FirstOrDefault(aligned => aligned.Class == operation && aligned.Alignment == alignment);
        if (bandwidth is null || bandwidth.BytesPerSecond.All(rates => rates.Length == 0))
            return ComparisonFigureContext.Nothing(operation);

        double[] all = [.. bandwidth.BytesPerSecond.SelectMany(rates => rates)];
        double max = all.Max();
        (string unit, double unitBytes) = Units.BinaryUnit(max);
        bool isLog = max > LogScale.WorthIt * ThroughputPanels.Usual(all);
        double least = all.Where(rate => rate > 0).Min();
        double lastSecond = context.Runs.Max(run => bandwidth.BytesPerSecond[run.Index].Length * bandwidth.BinWidthNs[run.Index]) / 1e9;
        (PlotPanel[] panels, LegendEntry[] legend) = context.Arrange(
            [.. context.Runs.Where(run => bandwidth.BytesPerSecond[run.Index].Length > 0).Select(run => Curve(run, bandwidth, unitBytes))],
            crowded => isLog
                ? LogScale.Around(least / unitBytes, max / unitBytes, TickText.Number, about: crowded ? 3 : 6)
                : LinearScale.FromZero(max / unitBytes, TickText.Number, about: crowded ? 4 : 6),
            ($"Bandwidth ({unit}/s)", $"{unit}/s"),
            PlotPanel.HeightOf(1));
        return FigureResult.Of(new FigureDrawing
        {
            Title = context.Title(operation),
            X = alignment == RunAlignment.Time ? TimeScale.Create(0, lastSecond, FigureDrawing.DataWidth) with { Min = -0.01 * lastSecond, Max = 1.01 * lastSecond } : LinearScale.Shares(25),
            XLabel = alignment == RunAlignment.Time ? $"Time since first transfer (bins of {Units.Duration(bandwidth.BinWidthNs[0])})" : "Share of the run",
            Legend = legend,
            Panels = panels,
        });
    }

    private RunCurve Curve(FigureRun run, AlignedBandwidth bandwidth, double unitBytes)
    {
        double[] rates = bandwidth.BytesPerSecond[run.Index];
        double width = alignment == RunAlignment.Time ? bandwidth.BinWidthNs[run.Index] / 1e9 : 1.0 / rates.Length;
        var edges = new BinEdges([.. rates.Select((_, i) => i * width)], [.. rates.Select((_, i) => (i + 1) * width)]);
        string mean = run.Operation(operation)?.Overview.MeanBytesPerSecond is { } rate ? $"mean {Units.Rate(rate)}" : "";
        return new RunCurve(run, mean, (y, color, _) => new StepLayer(edges, y.Map(Array.ConvertAll(rates, value => value / unitBytes))) { Color = color, LineWidth = 1.3f }) { IsDashed = false };
    }
}
