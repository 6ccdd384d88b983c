using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Requests in flight over time: mean and greatest number in each bin.</summary>
internal sealed class QueueDepthFigure() : Figure<FigureContext>("queue-depth", "Queue depth over time")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Requests in flight over time: " + (context.Device.QueueDepth is { } depth ? $"mean {Units.Count(depth.MeanDepth)}, max {Units.Count(depth.MaxDepth)}." : "unknown.");

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => context.OfDevice(QueueDepthTables.OverTime);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        if (context.Device.QueueDepth is not { } depth)
            return FigureResult.None(CountingHint.WhyNoTimes(context.Device));
        int count = Math.Min(depth.Columns.Count, Math.Min(depth.Mean.Length, depth.Max.Length));
        if (count == 0 || depth.MaxDepth == 0)
            return FigureResult.None("no requests were in flight");

        double[] mean = depth.Mean[..count];
        double[] max = Array.ConvertAll(depth.Max[..count], value => (double)value);
        double leastMean = mean.Where(value => value > 0).DefaultIfEmpty(1).Min();
        double usualMean = Math.Max(depth.MeanDepth, 1e-3);
        AxisScale y = depth.MaxDepth > usualMean * LogScale.WorthIt
            ? LogScale.Around(Math.Max(leastMean, depth.MaxDepth * 1e-4), depth.MaxDepth, TickText.Count, about: 7)
            : LinearScale.CountsFromZero(depth.MaxDepth, about: 7);
        MeanAndPeak shown = MeanAndPeak.Of(depth.Columns with { Count = count }, context.Report.Time, mean, max);
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = context.TimeAxis(FigureDrawing.DataWidth),
            XLabel = $"Time since start (bins of {Units.Duration(shown.Columns.WidthNs)})",
            Legend =
            [
                new LegendEntry($"mean ({Units.Count(depth.MeanDepth)} overall)", FigureColors.Read),
                new LegendEntry($"max ({Units.Count(depth.MaxDepth)} overall)", FigureColors.Pale(FigureColors.Read), Symbol: LegendSymbol.Area),
            ],
            Panels =
            [
                new PlotPanel
                {
                    Y = y,
                    YLabel = "Requests in flight",
                    Height = 180,
                    Layers = shown.Layers(context, y, FigureColors.Read),
                },
            ],
        });
    }
}
