using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Which share of the touched sectors was accessed at most so many times (the study's CDF).</summary>
internal sealed class AccessCdfFigure() : Figure<FigureContext>("access-cdf", "CDF of accesses per sector")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Share of the touched sectors that were accessed at most so many times. " + context.Each(FigureContext.Accesses);

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => context.Transfers(SectorAccessTables.Distribution);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        var curves = new List<(string Name, SectorAccessResult Access, Color Color)>();
        foreach ((string name, OperationReport operation, Color color) in context.Transfers())
        {
            if (operation.SectorAccess is { Distribution.Length: > 0 } access)
                curves.Add((name, access, color));
        }

        if (curves.Count == 0)
            return context.NothingCounted("no sectors were read or written");

        AxisScale x = AxisOf([.. curves.Select(curve => curve.Access)]);
        AxisScale y = LinearScale.Shares(20);
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = x,
            XLabel = "Accesses of a sector",
            Legend = [.. curves.Select(curve => new LegendEntry(
                $"{curve.Name} ({Units.Bytes(curve.Access.TouchedSectors * 512.0)} touched)", curve.Color, DashesOf(curve.Name)))],
            Panels =
            [
                new PlotPanel
                {
                    Y = y,
                    YLabel = "Share of touched sectors",
                    Height = 190,
                    Layers = [.. curves.Select(curve => new CurveLayer(ToPlot(Compute(curve.Access), x))
                    {
                        Color = curve.Color,
                        Stairs = true,
                        Dashes = DashesOf(curve.Name),
                    })],
                },
            ],
        });
    }

    /// <summary>For each count that occurs: the share of the touched sectors whose count is not greater.</summary>
    internal static (long Accesses, double Share)[] Compute(SectorAccessResult access)
    {
        double all = access.Distribution.Sum(entry => (double)entry.Sectors);
        double sum = 0;
        return Array.ConvertAll(access.Distribution, entry => (entry.Accesses, (sum += entry.Sectors) / all));
    }

    /// <summary>Dashes besides colors, for gray prints.</summary>
    internal static float[]? DashesOf(string name) => name == "Write" ? [7, 3] : null;

    /// <summary>The axis of the access counts of several curves.</summary>
    internal static AxisScale AxisOf(IReadOnlyList<SectorAccessResult> accesses)
    {
        long max = accesses.Max(access => access.Distribution[^1].Accesses);
        long min = accesses.Min(access => access.Distribution[0].Accesses);
        // A few sectors that are accessed far more often than the rest (a journal) would press the rest against the axis.
        return max > LogScale.WorthIt * accesses.Max(access => Compute(access).First(point => point.Share >= 0.9).Accesses)
            ? LogScale.Around(min, max, TickText.Count, about: 7)
            : WholeCounts(min, max);
    }

    /// <summary>The staircase from below the least count at 0 % to the right end at 100 %.</summary>
    internal static Coordinates[] ToPlot((long Accesses, double Share)[] cdf, AxisScale x) =>
    [
        new Coordinates(x.Min, 0),
        .. cdf.Select(point => new Coordinates(x.Map(point.Accesses), point.Share)),
        new Coordinates(x.Max, 1),
    ];

    // Counts are whole numbers, and so are their ticks.
    private static AxisScale WholeCounts(long min, long max)
    {
        double room = Math.Max(0.5, 0.04 * (max - min));
        AxisScale scale = LinearScale.Between(min - room, max + room, TickText.Count, about: 8);
        return scale with { Ticks = [.. scale.Ticks.Where(tick => tick.Position == Math.Round(tick.Position) && tick.Position >= 0)] };
    }
}
