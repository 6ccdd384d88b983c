using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Latency of small and of large requests: median, p90, p99 and maximum for each range of sizes.</summary>
internal sealed class LatencyBySizeFigure() : Figure<FigureContext>("latency-by-size", "Latency by request size")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Latency by request size. " + context.Each(operation => string.Join("; ", (operation.Latency?.BySize ?? []).Select(size =>
        $"up to {Units.Bytes(size.UpToBytes)}: median {Units.Duration(size.Statistics.P50Ns)}")));

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => context.Transfers(LatencyTables.BySize);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        var transfers = context.Transfers().Where(transfer => transfer.Operation.Latency is { BySize.Length: > 0 }).ToList();
        if (transfers.Count == 0)
            return context.NothingCounted(LatencyPercentilesFigure.NoLatency);

        List<SizeLatency> all = [.. transfers.SelectMany(transfer => transfer.Operation.Latency!.BySize).Where(size => size.Statistics.Count > 0)];
        if (all.Count == 0)
            return context.NothingCounted(LatencyPercentilesFigure.NoLatency);

        List<long> sizes = [.. all.Select(size => size.UpToBytes).Distinct().Order()];
        AxisScale y = LogScale.Around(
            Math.Max(1, all.Min(size => size.Statistics.P50Ns)), Math.Max(1, all.Max(size => size.Statistics.MaxNs)), Units.Duration, about: 8);
        int stride = (int)Math.Ceiling(sizes.Count * (FigureFont.Measure("128 KiB", FigureDrawing.TextSize) + 8) / FigureDrawing.DataWidth);
        var x = new AxisScale(-0.6, sizes.Count - 0.4, [.. sizes.Select((size, i) => (sizes.Count - 1 - i) % stride == 0 ? Tick.Major(i, Units.Bytes(size)) : Tick.Minor(i))]);
        LatencyKind kind = transfers[0].Operation.Latency!.DetailKind;
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = x,
            XLabel = "Request size, up to",
            Legend =
            [
                .. transfers.Select(transfer => new LegendEntry(transfer.Name, transfer.Color, Symbol: LegendSymbol.Area)),
                new LegendEntry("● p50, bar to p99, tick p90, × max", FigureColors.Ink, Symbol: LegendSymbol.None),
            ],
            Panels =
            [
                new PlotPanel
                {
                    Y = y,
                    YLabel = $"{kind} latency",
                    Height = 190,
                    Layers = [.. transfers.Select((transfer, i) => new RangeLayer(
                        [.. transfer.Operation.Latency!.BySize.Where(size => size.Statistics.Count > 0).Select(size => Mark(
                            size.Statistics, sizes.IndexOf(size.UpToBytes) + (0.24 * (i - ((transfers.Count - 1) / 2.0))), y))])
                    {
                        Color = transfer.Color,
                    })],
                },
            ],
        });
    }

    private static RangeMark Mark(LatencyStatistics statistics, double x, AxisScale y) =>
        new(x, y.Map(statistics.P50Ns), y.Map(statistics.P90Ns), y.Map(statistics.P99Ns), y.Map(statistics.MaxNs));
}
