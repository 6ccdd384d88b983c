using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>A rate over time.</summary>
/// <param name="Values">The rate in each bin of the report's time axis, in <paramref name="Unit"/>.</param>
/// <param name="TickLabel">How ticks are written.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Summary">The numbers worth reading.</param>
internal sealed record ThroughputSeries(double[] Values, Func<double, string> TickLabel, string Unit, string Summary);

/// <summary>What the figures of bandwidth and IOPS have in common.</summary>
internal static class ThroughputPanels
{
    /// <summary>One panel for reads and one for writes, on one time axis.</summary>
    public static FigureResult Draw(FigureContext context, Func<OperationReport, double, ThroughputSeries> series)
    {
        TimeBinning time = context.Report.Time;
        var transfers = context.Transfers().ToList();
        if (transfers.Count == 0 || time.Count == 0)
            return context.NothingCounted("no reads or writes were counted");

        var panels = new List<PlotPanel>();
        foreach ((string name, OperationReport operation, ScottPlot.Color color) in transfers)
        {
            ThroughputSeries rates = series(operation, time.WidthNs / 1e9);
            double[] values = rates.Values;
            Array.Resize(ref values, time.Count); // A series that ends early is zero from there on.
            AxisScale y = Axis(values, rates.TickLabel);
            panels.Add(new PlotPanel
            {
                Name = name,
                NameColor = color,
                Summary = rates.Summary,
                Y = y,
                YLabel = rates.Unit,
                Height = PlotPanel.HeightOf(transfers.Count),
                Layers = MeanAndPeak.Of(time, time, values, values).Layers(context, y, color),
            });
        }

        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = context.TimeAxis(FigureDrawing.DataWidth),
            XLabel = $"Time since start (bins of {Units.Duration(time.WidthNs)})",
            Legend = MeanAndPeak.Legend(time, FigureColors.SoftInk),
            Panels = [.. panels],
        });
    }

    /// <summary>
    /// The rate that is usual where there is any. Rates are read on a linear axis, unless a burst (writing the prompt's
    /// cache) is so far above this that it would flatten all that follows.
    /// </summary>
    public static double Usual(double[] rates)
    {
        double[] active = [.. rates.Where(rate => rate > 0).Order()];
        return active.Length == 0 ? 0 : active[active.Length / 2];
    }

    private static AxisScale Axis(double[] values, Func<double, string> tickLabel)
    {
        double max = values.Max();
        return max > Usual(values) * LogScale.WorthIt
            ? LogScale.Around(values.Where(value => value > 0).Min(), max, tickLabel, about: 4)
            : LinearScale.FromZero(max, tickLabel, about: 5);
    }
}
