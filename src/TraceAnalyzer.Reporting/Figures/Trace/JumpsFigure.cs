using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Which share of the requests jumps at most so far from the end of the one before, back to the left and forward to the right; the step in the middle are those that follow it.</summary>
internal sealed class JumpsFigure() : Figure<FigureContext>("jumps", "CDF of jumps between requests")
{
    // Plot coordinates are powers of two of the distance in sectors, so that all of a distance's octave is right of its least; jumps of a sector are at +1 and -1, none at 0.
    private const int FirstLabeled = 11;

    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Distance from the end of one request to the beginning of the next. " + context.Each(operation => operation.Sequence is { } sequence
        ? $"{Units.Share(sequence.FollowingShare)} follow the one before" + (sequence.Jumps is { } jumps ? $"; of the others the median jump is {Units.Bytes(jumps.DistanceP50Bytes)}" : "")
        : "unknown");

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => context.OfDevice(SequenceTable.Jumps);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        var curves = context.Transfers().Where(transfer => transfer.Operation.Sequence is { Requests: > 1 }).ToList();
        if (curves.Count == 0)
            return context.NothingCounted("the order of the requests is followed where a run's folder is analyzed, or with --btt");

        double farthest = curves.SelectMany(curve => curve.Operation.Sequence!.Jumps?.Buckets ?? []).Select(bucket => Math.Max(Math.Abs(Place(bucket.LeastBytes)), Math.Abs(Place(bucket.GreatestBytes)))).DefaultIfEmpty(1).Max() + 1;
        AxisScale y = LinearScale.Shares(20);
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = new AxisScale(-farthest, farthest, [.. Ticks(farthest)]),
            XLabel = "Jump from the end of the request before: back or forward",
            Legend = [.. curves.Select(curve => new LegendEntry($"{curve.Name} ({Units.Share(curve.Operation.Sequence!.FollowingShare)} without a jump)", curve.Color, AccessCdfFigure.DashesOf(curve.Name)))],
            Panels =
            [
                new PlotPanel
                {
                    Y = y,
                    YLabel = "Share of requests",
                    Height = 190,
                    Layers = [.. curves.Select(curve => new CurveLayer([.. Compute(curve.Operation.Sequence!).Select(point => new Coordinates(Math.Clamp(point.Place, -farthest, farthest), point.Share))])
                    {
                        Color = curve.Color,
                        Stairs = true,
                        Dashes = AccessCdfFigure.DashesOf(curve.Name),
                    })],
                },
            ],
        });
    }

    /// <summary>For each place of the axis, from the left: the share of the requests that jump at most there. The first request, which jumps from nowhere, is left out.</summary>
    internal static (double Place, double Share)[] Compute(SequenceResult sequence)
    {
        JumpBucket[] buckets = sequence.Jumps?.Buckets ?? [];
        double all = sequence.Following + buckets.Sum(bucket => (double)bucket.Count);
        double sum = 0;
        var points = new List<(double, double)> { (double.MinValue, 0) };
        foreach (JumpBucket bucket in buckets.Where(bucket => bucket.GreatestBytes < 0))
            points.Add((Place(bucket.GreatestBytes), (sum += bucket.Count) / all));
        points.Add((0, (sum += sequence.Following) / all));
        foreach (JumpBucket bucket in buckets.Where(bucket => bucket.LeastBytes > 0))
            points.Add((Place(bucket.GreatestBytes), (sum += bucket.Count) / all));
        points.Add((double.MaxValue, 1));
        return [.. points];
    }

    private static double Place(long bytes) => Math.Sign(bytes) * (Math.Log2(Math.Abs((double)bytes) / BlockEvent.SectorBytes) + 1);

    // 1 MiB, 1 GiB and so on, or 16 KiB where nothing is as far.
    private static IEnumerable<Tick> Ticks(double farthest)
    {
        int most = (int)farthest - 1;
        int[] labeled = most >= FirstLabeled ? [.. Enumerable.Range(0, 4).Select(i => FirstLabeled + (10 * i)).Where(octave => octave <= most)] : [5];
        yield return Tick.Major(0, "0");
        for (int octave = 0; octave <= most; octave++)
        {
            string? size = labeled.Contains(octave) ? Units.Bytes((double)BlockEvent.SectorBytes * (1L << octave)) : null;
            yield return size is null ? Tick.Minor(-(octave + 1)) : Tick.Major(-(octave + 1), $"−{size}");
            yield return size is null ? Tick.Minor(octave + 1) : Tick.Major(octave + 1, size);
        }
    }
}
