using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>Bytes a second over time: reads above, writes below, each on its own scale, so that rare writes beside many reads are seen.</summary>
internal sealed class BandwidthFigure : IFigure
{
    /// <inheritdoc/>
    public string Name => "bandwidth";

    /// <inheritdoc/>
    public FigureResult Draw(FigureContext context) => ThroughputPanels.Draw(context, Series);

    private static ThroughputSeries Series(OperationReport operation, double widthSeconds)
    {
        double[] bytesPerSecond = Array.ConvertAll(operation.Throughput.Bytes, bytes => bytes / widthSeconds);
        double max = bytesPerSecond.DefaultIfEmpty().Max();
        double usual = ThroughputPanels.Usual(bytesPerSecond);
        (string unit, double size) = Quantity.BinaryUnit(max > usual * LogScale.WorthIt ? usual : max);
        OverviewResult overview = operation.Overview;
        string mean = overview.MeanBytesPerSecond is { } rate ? $"mean {Quantity.Rate(rate)}, " : "";
        return new ThroughputSeries(
            Array.ConvertAll(bytesPerSecond, value => value / size),
            Quantity.Number,
            unit + "/s",
            $"{mean}peak {Quantity.Rate(overview.PeakBytesPerSecond)}, {Quantity.Bytes(overview.Bytes)} in all");
    }
}
