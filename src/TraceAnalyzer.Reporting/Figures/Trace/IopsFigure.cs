using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Requests per second over time: reads above, writes below, each on its own scale.</summary>
internal sealed class IopsFigure() : Figure<FigureContext>("iops", "Requests per second over time")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Requests per second over time. " + context.Each(operation =>
        $"{(operation.Overview.MeanIops is { } mean ? $"mean {Units.Count(mean)}, " : "")}peak {Units.Count(operation.Overview.PeakIops)}, {Units.Count(operation.Overview.Requests)} requests in total");

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context) => ThroughputPanels.Draw(context, Series);

    private static ThroughputSeries Series(OperationReport operation, double widthSeconds)
    {
        OverviewResult overview = operation.Overview;
        string mean = overview.MeanIops is { } rate ? $"mean {Units.Count(rate)}, " : "";
        return new ThroughputSeries(
            Array.ConvertAll(operation.Throughput.Requests, requests => requests / widthSeconds),
            TickText.Count,
            "IOPS",
            $"{mean}peak {Units.Count(overview.PeakIops)} IOPS, {Units.Count(overview.Requests)} requests in total");
    }
}
