using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>Distinct pages accessed in windows of time, and those of them that are new.</summary>
internal sealed class WorkingSetFigure() : Figure<FigureContext>("working-set", "Working set over time")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Bytes of distinct pages of 4 KiB read or written in each window of time: " + (context.Device.Reuse?.WorkingSet is { UniqueBytes.Length: > 0 } set
        ? $"at most {Units.Bytes(set.UniqueBytes.Max())} in {Units.Duration(set.Windows.WidthNs)}; {Units.Bytes(context.Device.Reuse.FootprintBytes)} over all."
        : "unknown.");

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => context.OfDevice(ReuseTables.WorkingSet);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        if (context.Device.Reuse?.WorkingSet is not { UniqueBytes.Length: > 0 } set)
            return context.NothingCounted("nothing was read or written");
        (string unit, double bytes) = Units.BinaryUnit(set.UniqueBytes.Max());
        var edges = BinEdges.Of(set.Windows, context);
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = context.TimeAxis(FigureDrawing.DataWidth),
            XLabel = $"Time since start (windows of {Units.Duration(set.Windows.WidthNs)})",
            Legend = [new LegendEntry("distinct pages accessed", FigureColors.Read), new LegendEntry("never accessed before", FigureColors.Pale(FigureColors.Write), Symbol: LegendSymbol.Area)],
            Panels =
            [
                new PlotPanel
                {
                    Y = LinearScale.FromZero(set.UniqueBytes.Max() / bytes, TickText.Count, about: 6),
                    YLabel = $"Working set ({unit})",
                    Height = 170,
                    Layers =
                    [
                        new StepLayer(edges, [.. set.NewBytes.Select(value => value / bytes)]) { Color = FigureColors.Pale(FigureColors.Write), Fill = FigureColors.Pale(FigureColors.Write) },
                        new StepLayer(edges, [.. set.UniqueBytes.Select(value => value / bytes)]) { Color = FigureColors.Read },
                    ],
                },
            ],
        });
    }
}
