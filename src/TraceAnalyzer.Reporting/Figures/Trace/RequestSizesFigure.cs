using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>How many requests have which size: reads above, writes below, every size at its exact place.</summary>
internal sealed class RequestSizesFigure() : Figure<FigureContext>("request-sizes", "Requests by size")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "How many requests have which size. " + context.Each(operation =>
        $"{Units.Bytes(operation.Sizes.DominatingSizeBytes)} is the dominant size with {Units.Share(operation.Sizes.DominatingShareOfRequests)} of the requests; "
        + $"sizes range from {Units.Bytes(operation.Overview.MinSizeBytes)} to {Units.Bytes(operation.Overview.MaxSizeBytes)}");

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => context.Transfers(RequestSizesTable.Sizes);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        var transfers = context.Transfers().Where(transfer => transfer.Operation.Sizes.Sizes.Length > 0).ToList();
        if (transfers.Count == 0)
            return context.NothingCounted("no reads or writes were counted");

        var sizes = transfers.SelectMany(transfer => transfer.Operation.Sizes.Sizes).Select(size => size.SizeBytes).ToList();
        RequestSizeResult busiest = transfers.MaxBy(transfer => transfer.Operation.Overview.Requests).Operation.Sizes;
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = SizeScale.Around(sizes.Min(), sizes.Max(), busiest.DominatingSizeBytes),
            XLabel = "Request size",
            Panels = [.. transfers.Select(transfer => Panel(transfer.Name, transfer.Operation.Sizes, transfer.Color, PlotPanel.HeightOf(transfers.Count)))],
        });
    }

    private static PlotPanel Panel(string name, RequestSizeResult sizes, ScottPlot.Color color, float height)
    {
        long max = sizes.Sizes.Max(size => size.Requests);
        long min = sizes.Sizes.Min(size => size.Requests);
        AxisScale y = max > min * LogScale.WorthIt
            ? LogScale.Between(Math.Log10(min) - 0.35, Math.Log10(max) + 0.25, TickText.Count, about: 5)
            : LinearScale.CountsFromZero(max, about: 4);
        string ofRequests = Units.Share(sizes.DominatingShareOfRequests);
        string ofBytes = Units.Share(sizes.DominatingShareOfBytes);
        string shares = ofRequests == ofBytes ? $"{ofRequests} of requests and bytes" : $"{ofRequests} of requests, {ofBytes} of bytes";
        return new PlotPanel
        {
            Name = name,
            NameColor = color,
            Summary = $"dominant {Units.Bytes(sizes.DominatingSizeBytes)}: {shares}",
            Y = y,
            YLabel = "Requests",
            Height = height,
            Layers =
            [
                new StickLayer(
                    [.. sizes.Sizes.Select(size => SizeScale.Map(size.SizeBytes))],
                    [.. sizes.Sizes.Select(size => y.Map(size.Requests))]) { Color = color },
            ],
        };
    }
}
