using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>Requests in flight over time: mean and greatest number in each bin.</summary>
internal sealed class QueueDepthFigure : IFigure
{
    /// <inheritdoc/>
    public string Name => "queue-depth";

    /// <inheritdoc/>
    public FigureResult Draw(FigureContext context)
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
            ? LogScale.Around(Math.Max(leastMean, depth.MaxDepth * 1e-4), depth.MaxDepth, Quantity.Count, about: 7)
            : LinearScale.CountsFromZero(depth.MaxDepth, about: 7);
        MeanAndPeak shown = MeanAndPeak.Of(depth.Columns with { Count = count }, context.Report.Time, mean, max);
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = context.TimeAxis(FigureDrawing.DataWidth),
            XLabel = $"Time since start (bins of {Quantity.Duration(shown.Columns.WidthNs)})",
            Legend =
            [
                new LegendEntry($"mean ({Quantity.Number(depth.MeanDepth)} overall)", Palette.Read),
                new LegendEntry($"greatest ({Quantity.Count(depth.MaxDepth)} overall)", Palette.Pale(Palette.Read), Symbol: LegendSymbol.Area),
            ],
            Panels =
            [
                new PlotPanel
                {
                    Y = y,
                    YLabel = "Requests in flight",
                    Height = 180,
                    Layers = shown.Layers(context, y, Palette.Read),
                },
            ],
        });
    }
}
