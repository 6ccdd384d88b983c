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

/// <summary>Percentiles of the latencies with the tail drawn out: issue to completion, queue to issue, queue to completion.</summary>
internal sealed class LatencyPercentilesFigure() : Figure<FigureContext>("latency-percentiles", "Percentiles")
{
    /// <summary>Why figures of latencies are missing.</summary>
    internal const string NoLatency = "the trace has no latencies of reads or writes (it needs issues or queueings with their completions)";

    private static readonly (LatencyKind Kind, string Meaning, Color Color, float[]? Dashes)[] Kinds =
    [
        (LatencyKind.D2C, "D2C (issue to completion)", FigureColors.Read, null),
        (LatencyKind.Q2D, "Q2D (queue to issue)", FigureColors.Write, [7, 3]),
        (LatencyKind.Q2C, "Q2C (queue to completion)", FigureColors.Third, [2, 2]),
    ];

    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Percentiles of the latencies. " + context.Each(operation => string.Join("; ", LatencyKinds.Of(operation.Latency).Select(latency =>
        $"{latency.Kind} median {Units.Duration(latency.Statistics.P50Ns)}, 99 % within {Units.Duration(latency.Statistics.P99Ns)}, max {Units.Duration(latency.Statistics.MaxNs)}")));

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => context.Transfers(LatencyTables.Histogram);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        var transfers = context.Transfers().Where(transfer => transfer.Operation.Latency != null && Statistics(transfer.Operation.Latency).Any()).ToList();
        if (transfers.Count == 0)
            return context.NothingCounted(NoLatency);

        var all = transfers.SelectMany(transfer => Statistics(transfer.Operation.Latency!)).ToList();
        AxisScale x = LogScale.Around(
            Math.Max(1, all.Min(statistics => statistics.MinNs)), Math.Max(1, all.Max(statistics => statistics.MaxNs)), Units.Duration, about: 7);
        var present = Kinds.Where(kind => transfers.Exists(transfer => HasData(LatencyKinds.OfKind(transfer.Operation.Latency, kind.Kind)))).ToList();
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = x,
            XLabel = "Latency",
            Legend = [.. present.Select(kind => new LegendEntry(present.Count > 1 ? kind.Kind.ToString() : kind.Meaning, kind.Color, kind.Dashes))],
            Panels = [.. transfers.Select(transfer => Panel(transfer.Name, transfer.Operation.Latency!, transfer.Color, x, transfers.Count == 1 ? 180 : 108))],
        });
    }

    /// <summary>At each latency the share of requests that are not slower, from (minimum, 0) to (maximum, 1).</summary>
    internal static (double LatencyNs, double Share)[] Compute(LatencyStatistics statistics)
    {
        var points = new List<(double, double)> { (statistics.MinNs, 0) };
        double all = statistics.Buckets.Sum(bucket => (double)bucket.Count);
        double sum = 0;
        foreach (LatencyBucket bucket in statistics.Buckets)
        {
            sum += bucket.Count;
            // The last bucket ends above the greatest latency, which is known exactly.
            points.Add((Math.Clamp(bucket.UpToNs, statistics.MinNs, statistics.MaxNs), sum / all));
        }

        return [.. points];
    }

    private static bool HasData(LatencyStatistics? statistics) => statistics is { Count: > 0, Buckets.Length: > 0 };

    private static IEnumerable<LatencyStatistics> Statistics(LatencyResult latency) => Kinds.Select(kind => LatencyKinds.OfKind(latency, kind.Kind)).Where(HasData)!;

    private static PlotPanel Panel(string name, LatencyResult latency, Color color, AxisScale x, float height)
    {
        AxisScale y = PercentileScale.For(Statistics(latency).Max(statistics => statistics.Count), height);
        var layers = new List<Layer>();
        foreach (var kind in Kinds)
        {
            if (LatencyKinds.OfKind(latency, kind.Kind) is not { Count: > 0, Buckets.Length: > 0 } statistics)
                continue;
            Coordinates[] points = [.. Compute(statistics).Select(point => new Coordinates(x.Map(point.LatencyNs), PercentileScale.Map(point.Share, y.Max)))];
            layers.Add(new CurveLayer(points) { Color = kind.Color, Dashes = kind.Dashes });
        }

        (LatencyKind main, LatencyStatistics shown) = HasData(latency.D2C) ? (LatencyKind.D2C, latency.D2C!) : HasData(latency.Q2C) ? (LatencyKind.Q2C, latency.Q2C!) : (LatencyKind.Q2D, latency.Q2D!);
        return new PlotPanel
        {
            Name = name,
            NameColor = color,
            Summary = $"{main} p50 {Units.Duration(shown.P50Ns)}, p99 {Units.Duration(shown.P99Ns)}, max {Units.Duration(shown.MaxNs)}",
            Y = y,
            YLabel = "Percentile",
            Height = height,
            Layers = [.. layers],
        };
    }
}
