using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Median, 99th and 99.9th percentile of each window of time; a band marks the stretch that stands out, where that is not chance.</summary>
internal sealed class TailsFigure() : Figure<FigureContext>("tails", "Tails over time")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Median, 99th and 99.9th percentile of latency over time. " + string.Join(" ", context.Device.Tails.Select(tail =>
        $"{(tail.Class == OperationClass.Read ? "Reads" : "Writes")}: p99 of the windows from {Units.Duration(tail.Windows.Min(window => window.P99Ns))} to {Units.Duration(tail.Windows.Max(window => window.P99Ns))}."));

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => context.OfDevice(TailTables.Windows);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        TailResult[] tails = context.Device.Tails;
        if (tails.Length == 0)
            return context.NothingCounted($"no window of time has {TailResult.LeastRequests} reads or writes with a latency");
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = context.TimeAxis(FigureDrawing.DataWidth),
            XLabel = "Time since start",
            Legend =
            [
                new LegendEntry("p99.9", FigureColors.Third), new LegendEntry("p99", FigureColors.Write), new LegendEntry("p50", FigureColors.Ink),
                .. tails.Any(tail => Marked(tail).Any()) ? [new LegendEntry("slow stretch", FigureColors.Grid.MixedWith(Colors.White, 0.5), Symbol: LegendSymbol.Area)] : Array.Empty<LegendEntry>(),
            ],
            Panels = [.. tails.Select(tail => Panel(context, tail, tails.Length == 1 ? 190 : 108))],
        });
    }

    // Of the whole where there are no phases, as the finding judges.
    private static IEnumerable<TailStretch> Marked(TailResult tail) =>
        tail.Stretches.Skip(tail.Stretches.Length > 1 ? 1 : 0).Where(stretch => stretch.PValue <= TailStretch.Level);

    private static PlotPanel Panel(FigureContext context, TailResult tail, float height)
    {
        TailWindow[] windows = tail.Windows;
        AxisScale y = LogScale.Around(Math.Max(1, windows.Min(window => window.P50Ns)), Math.Max(1, windows.Max(window => window.P999Ns ?? window.P99Ns)), Units.Duration, about: (int)(height / 20));
        var edges = new BinEdges(Array.ConvertAll(windows, window => context.Seconds(window.StartNs)), Array.ConvertAll(windows, window => context.Seconds(window.EndNs)));
        return new PlotPanel
        {
            Name = tail.Class == OperationClass.Read ? "Read" : "Write",
            NameColor = tail.Class == OperationClass.Read ? FigureColors.Read : FigureColors.Write,
            Summary = $"{tail.Kind} in windows of at least {Units.Duration(windows.Min(window => window.EndNs - window.StartNs))}",
            Y = y,
            YLabel = "Latency",
            Height = height,
            Layers =
            [
                // Every other span is drawn.
                new BandLayer([.. Marked(tail).SelectMany(stretch => ((double, double)[])[(context.Seconds(stretch.StartNs), context.Seconds(stretch.StartNs)), (context.Seconds(stretch.StartNs), context.Seconds(stretch.EndNs))])]),
                new StepLayer(edges, y.Map(Array.ConvertAll(windows, window => window.P999Ns ?? double.NaN))) { Color = FigureColors.Third, HasRisers = false },
                new StepLayer(edges, y.Map(Array.ConvertAll(windows, window => window.P99Ns))) { Color = FigureColors.Write, HasRisers = false },
                new StepLayer(edges, y.Map(Array.ConvertAll(windows, window => window.P50Ns))) { Color = FigureColors.Ink, HasRisers = false },
            ],
        };
    }
}
