using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>How many requests have which size: reads above, writes below, every size at its exact place.</summary>
internal sealed class RequestSizesFigure : IFigure
{
    /// <inheritdoc/>
    public string Name => "request-sizes";

    /// <inheritdoc/>
    public FigureResult Draw(FigureContext context)
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
            ? LogScale.Between(Math.Log10(min) - 0.35, Math.Log10(max) + 0.25, Quantity.Count, about: 5)
            : LinearScale.CountsFromZero(max, about: 4);
        string ofRequests = Quantity.Percent(sizes.DominatingShareOfRequests);
        string ofBytes = Quantity.Percent(sizes.DominatingShareOfBytes);
        string shares = ofRequests == ofBytes ? $"{ofRequests} of requests and bytes" : $"{ofRequests} of requests, {ofBytes} of bytes";
        return new PlotPanel
        {
            Name = name,
            NameColor = color,
            Summary = $"mostly {Quantity.Bytes(sizes.DominatingSizeBytes)}: {shares}",
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
