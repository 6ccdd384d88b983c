using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>Requests a second over time: reads above, writes below, each on its own scale.</summary>
internal sealed class IopsFigure : IFigure
{
    /// <inheritdoc/>
    public string Name => "iops";

    /// <inheritdoc/>
    public FigureResult Draw(FigureContext context) => ThroughputPanels.Draw(context, Series);

    private static ThroughputSeries Series(OperationReport operation, double widthSeconds)
    {
        OverviewResult overview = operation.Overview;
        string mean = overview.MeanIops is { } rate ? $"mean {Quantity.Count(rate)}, " : "";
        return new ThroughputSeries(
            Array.ConvertAll(operation.Throughput.Requests, requests => requests / widthSeconds),
            Quantity.Count,
            "IOPS",
            $"{mean}peak {Quantity.Count(overview.PeakIops)} IOPS, {Quantity.Count(overview.Requests)} requests in all");
    }
}
