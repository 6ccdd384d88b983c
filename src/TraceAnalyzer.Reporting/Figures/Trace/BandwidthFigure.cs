using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Bytes per second over time: reads above, writes below, each on its own scale, so that rare writes beside many reads are seen.</summary>
internal sealed class BandwidthFigure() : Figure<FigureContext>("bandwidth", "Bandwidth over time")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Bytes per second over time. " + context.Each(operation =>
        $"{(operation.Overview.MeanBytesPerSecond is { } mean ? $"mean {Units.Rate(mean)}, " : "")}peak {Units.Rate(operation.Overview.PeakBytesPerSecond)}, {Units.Bytes(operation.Overview.Bytes)} in total");

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context) => ThroughputPanels.Draw(context, Series);

    private static ThroughputSeries Series(OperationReport operation, double widthSeconds)
    {
        double[] bytesPerSecond = Array.ConvertAll(operation.Throughput.Bytes, bytes => bytes / widthSeconds);
        double max = bytesPerSecond.DefaultIfEmpty().Max();
        double usual = ThroughputPanels.Usual(bytesPerSecond);
        (string unit, double size) = Units.BinaryUnit(max > usual * LogScale.WorthIt ? usual : max);
        OverviewResult overview = operation.Overview;
        string mean = overview.MeanBytesPerSecond is { } rate ? $"mean {Units.Rate(rate)}, " : "";
        return new ThroughputSeries(
            Array.ConvertAll(bytesPerSecond, value => value / size),
            TickText.Number,
            unit + "/s",
            $"{mean}peak {Units.Rate(overview.PeakBytesPerSecond)}, {Units.Bytes(overview.Bytes)} in total");
    }
}
