using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Miss-ratio curves: what of the reads would be left with more memory, by what it keeps.</summary>
internal sealed class MemoryCurveFigure() : Figure<FigureContext>("memory-curve", "Reads left with more memory (miss-ratio curves)")
{
    private const float Width = 420;

    /// <inheritdoc/>
    public override string Describe(FigureContext context)
    {
        if (context.Device.Reuse is not { Memory.Length: > 0 } reuse)
            return "Reads left with more memory: unknown.";
        MemoryPoint half = reuse.Memory.MinBy(point => Math.Abs(point.AddedBytes - (reuse.FootprintBytes / 2)));
        return $"Reads left with more memory. With {Units.Bytes(half.AddedBytes)}, about half of the footprint, LRU leaves {Left(half.LruSavedBytes)} of the bytes read, pinning {Left(half.PinnedSavedBytes)}, the optimum {Left(half.OptimalSavedBytes)}; with all of it {Left(reuse.Memory[^1].LruSavedBytes)} are left, the first reads.";

        string Left(long savedBytes) => Units.Share(1 - reuse.ShareOfReads(savedBytes));
    }

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => context.OfDevice(ReuseTables.Memory);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        if (context.Device.Reuse is not { Memory.Length: > 0 } reuse)
            return context.NothingCounted("nothing was read");
        (string unit, double bytes) = Units.BinaryUnit(reuse.FootprintBytes);
        CurveLayer Curve(Func<MemoryPoint, long> saved, Color color, float[]? dashes)
        {
            Coordinates[] points = [new Coordinates(0, 1), .. reuse.Memory.Select(point => new Coordinates(point.AddedBytes / bytes, 1 - reuse.ShareOfReads(saved(point))))];
            return new CurveLayer(points) { Color = color, Dashes = dashes };
        }

        (string Name, Func<MemoryPoint, long> Saved, Color Color, float[]? Dashes)[] curves =
        [
            ("LRU, as a page cache", point => point.LruSavedBytes, FigureColors.Read, null),
            ("best fixed set (pinning)", point => point.PinnedSavedBytes, FigureColors.Third, [7, 3]),
            ("optimum (Belady)", point => point.OptimalSavedBytes, FigureColors.Write, [2, 2]),
        ];
        return FigureResult.Of(new FigureDrawing
        {
            Width = Width,
            Title = FigureTitle.Of(context, Width),
            X = LinearScale.FromZero(reuse.FootprintBytes / bytes, TickText.Count, about: 6),
            XLabel = $"Memory added to what there was ({unit})",
            Legend = [.. curves.Select(curve => new LegendEntry(curve.Name, curve.Color, curve.Dashes))],
            Panels =
            [
                new PlotPanel
                {
                    Y = LinearScale.Shares(25),
                    YLabel = "Share of bytes read that is left",
                    Height = 220,
                    Summary = reuse.SampledShare < 1 ? $"estimated from {Units.Share(reuse.SampledShare)} of the pages, standard error {Units.Share(reuse.SamplingError)}" : "",
                    Layers = [.. curves.Select(curve => Curve(curve.Saved, curve.Color, curve.Dashes))],
                },
            ],
        });
    }
}
