using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Bytes per second over time of the devices that served the I/O, one upon the other, and below how evenly they shared them.</summary>
internal sealed class DeviceBandwidthFigure() : Figure<TraceReport>("bandwidth-by-device", "Bandwidth by device")
{
    // Beyond, there is no color that all tell apart: the rest is one layer.
    private static readonly ScottPlot.Color[] s_colors = [FigureColors.Read, FigureColors.Write, FigureColors.Third, FigureColors.Fourth];

    // Bins that are narrower are not seen.
    private const int MostBins = 185;

    /// <inheritdoc/>
    public override string Describe(TraceReport report) => report.Aggregate is not { } aggregate ? "" : $"Bytes per second over time, one device upon the other; {BalanceTable.Sentence(aggregate)}. "
        + string.Join(" ", Layers(report, aggregate).Select(layer => $"{layer.Name}: {Units.Bytes(layer.Bytes.Sum())}."));

    /// <inheritdoc/>
    public override Table? Data(TraceReport report) => report.Aggregate is not { } aggregate ? null : new("bandwidth_by_device", Caption,
        [Column.Text("device", "Device"), Column.Seconds("bin_start_seconds", "From"), Column.Rate("bytes_per_second", "Bandwidth")],
        [.. Layers(report, aggregate).SelectMany(layer => layer.Bytes.Select((bytes, bin) => (Value[])[layer.Name, bin * report.Time.WidthNs / 1e9, bytes / (report.Time.WidthNs / 1e9)]))]);

    /// <inheritdoc/>
    public override FigureResult Draw(TraceReport report)
    {
        if (report.Aggregate is not { Whole.Transfers: not null } aggregate || report.Time.Count == 0)
            return FigureResult.None("no several devices served reads or writes");
        var context = new FigureContext(report, aggregate.Whole);
        (string Name, ScottPlot.Color Color, long[] Bytes)[] layers = Layers(report, aggregate);
        int factor = ((report.Time.Count - 1) / MostBins) + 1;
        double widthSeconds = factor * report.Time.WidthNs / 1e9;
        int count = ((report.Time.Count - 1) / factor) + 1;
        double[][] upTo = Stacked(layers, factor, count, widthSeconds);
        (string unit, double size) = Units.BinaryUnit(upTo[^1].Max());
        AxisScale y = LinearScale.FromZero(upTo[^1].Max() / size, TickText.Number, about: 5);
        var edges = new BinEdges([.. Enumerable.Range(0, count).Select(i => i * widthSeconds)], [.. Enumerable.Range(0, count).Select(i => (i + 1) * widthSeconds)]);
        double[] balance = [.. Enumerable.Range(0, count).Select(i => MaxOverMean(aggregate, report, i * factor, Math.Min(report.Time.Count, (i + 1) * factor)))];
        AxisScale y2 = LinearScale.FromZero(aggregate.Devices.Length, TickText.Number, about: 4);
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = context.TimeAxis(FigureDrawing.DataWidth),
            XLabel = $"Time since start (bins of {Units.Duration(widthSeconds * 1e9)})",
            Legend = [.. layers.Select(layer => new LegendEntry(layer.Name, layer.Color, Symbol: LegendSymbol.Area))],
            Panels =
            [
                new PlotPanel
                {
                    Name = "Read and written",
                    Summary = $"{Units.Bytes(aggregate.Whole.TransferredBytes)} in total",
                    Y = y,
                    YLabel = unit + "/s",
                    Height = PlotPanel.HeightOf(1),

                    // The sum of all is drawn first, and what lies below upon it.
                    Layers = [.. layers.Select((layer, i) => new StepLayer(edges, y.Map([.. upTo[i].Select(rate => rate / size)])) { Color = layer.Color, Fill = layer.Color, LineWidth = 0.5f }).Reverse()],
                },
                new PlotPanel
                {
                    Name = "Most over mean",
                    Summary = aggregate.Balance.MaxOverMean is { } ratio ? $"{Units.Count(ratio)} over all" : "",
                    Y = y2,
                    YLabel = "Ratio",
                    Height = 60,
                    Layers = [new StepLayer(edges, y2.Map([.. balance.Select(value => value > 0 ? value : double.NaN)])) { Color = FigureColors.SoftInk }],
                },
            ],
        });
    }

    private static double MaxOverMean(AggregateReport aggregate, TraceReport report, int from, int to)
    {
        double[] sums = [.. Devices(report, aggregate).Select(device => (device.Transfers?.Throughput.Bytes ?? []).Skip(from).Take(to - from).Sum(bytes => (double)bytes))];
        return sums.Sum() > 0 ? sums.Max() * sums.Length / sums.Sum() : 0;
    }

    private static double[][] Stacked((string Name, ScottPlot.Color Color, long[] Bytes)[] layers, int factor, int count, double widthSeconds)
    {
        double[][] upTo = new double[layers.Length][];
        for (int layer = 0; layer < layers.Length; layer++)
        {
            upTo[layer] = layer == 0 ? new double[count] : [.. upTo[layer - 1]];
            for (int bin = 0; bin < layers[layer].Bytes.Length; bin++)
                upTo[layer][bin / factor] += layers[layer].Bytes[bin] / widthSeconds;
        }

        return upTo;
    }

    private static IEnumerable<DeviceReport> Devices(TraceReport report, AggregateReport aggregate) => report.Devices.Where(device => aggregate.Devices.Contains(device.Device));

    // Those that moved most by themselves, in the order of the devices, then the others.
    private static (string Name, ScottPlot.Color Color, long[] Bytes)[] Layers(TraceReport report, AggregateReport aggregate)
    {
        DeviceReport[] devices = [.. Devices(report, aggregate)];
        string[] own = [.. devices.OrderByDescending(device => device.TransferredBytes).Take(s_colors.Length).Select(device => device.Device)];
        var layers = devices.Where(device => own.Contains(device.Device)).Select((device, i) => (FigureTitle.Printable(device.Label()), s_colors[i], BytesOf(report, [device]))).ToList();
        if (devices.Length > own.Length)
            layers.Add(($"{Units.Count(devices.Length - own.Length)} others", FigureColors.GapEdge, BytesOf(report, [.. devices.Where(device => !own.Contains(device.Device))])));
        return [.. layers];
    }

    private static long[] BytesOf(TraceReport report, DeviceReport[] devices)
    {
        long[] sums = new long[report.Time.Count];
        foreach (long[] bytes in devices.Select(device => device.Transfers?.Throughput.Bytes).OfType<long[]>())
        {
            for (int bin = 0; bin < sums.Length; bin++)
                sums[bin] += bytes[bin];
        }

        return sums;
    }
}
