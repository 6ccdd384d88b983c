using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Trace;

/// <summary>How often each part of the device was accessed in all: mean and greatest count of its sectors.</summary>
internal sealed class AccessMapFigure() : Figure<FigureContext>("access-map", "Accesses by place")
{
    private const int MaxRows = 400;

    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "How often each part of the device was accessed in total. " + context.Each(FigureContext.Accesses);

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => context.Transfers(SectorAccessTables.Map);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        if (context.Device.Space is not { RowStartSectors.Length: > 0 } space)
            return context.NoSectors("no reads or writes were counted");

        var layout = SpaceLayout.Of(space, MaxRows);
        var mapped = context.Transfers()
            .Where(transfer => transfer.Operation.SectorAccess is { RowAccessedSectors: not null, RowTouchedSectors: not null, RowMaxAccesses: not null })
            .ToList();
        if (mapped.Count == 0)
            return context.NothingCounted("no sectors were read or written");

        string part = Units.Bytes(layout.RowSectors * 512.0);
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = new AxisScale(0, 1, layout.Ticks(FigureDrawing.DataWidth, label => FigureFont.Measure(label, FigureDrawing.TextSize) + 6)),
            XLabel = layout.Label,
            Legend =
            [
                new LegendEntry($"mean in {part}", FigureColors.SoftInk),
                new LegendEntry($"max in {part}", FigureColors.Pale(FigureColors.SoftInk), Symbol: LegendSymbol.Area),
            ],
            Panels = [.. mapped.Select(transfer => Panel(transfer.Name, transfer.Operation.SectorAccess!, transfer.Color, layout, PlotPanel.HeightOf(mapped.Count)))],
        });
    }

    /// <summary>Mean and greatest access count of the touched sectors of each row; NaN where none was touched.</summary>
    internal static (double[] Mean, double[] Max) Compute(SectorAccessResult access, SpaceLayout layout)
    {
        int rows = layout.RowStartSectors.Length;
        var accessed = new double[rows];
        var touched = new double[rows];
        var max = new double[rows];
        int sources = Math.Min(access.RowAccessedSectors!.Length, Math.Min(access.RowTouchedSectors!.Length, access.RowMaxAccesses!.Length));
        for (int source = 0; source < sources; source++)
        {
            int row = layout.RowOfSource(source);
            accessed[row] += access.RowAccessedSectors[source];
            touched[row] += access.RowTouchedSectors[source];
            max[row] = Math.Max(max[row], access.RowMaxAccesses[source]);
        }

        var mean = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            mean[row] = touched[row] > 0 ? accessed[row] / touched[row] : double.NaN;
            max[row] = touched[row] > 0 ? max[row] : double.NaN;
        }

        return (mean, max);
    }

    private static PlotPanel Panel(string name, SectorAccessResult access, ScottPlot.Color color, SpaceLayout layout, float height)
    {
        (double[] mean, double[] max) = Compute(access, layout);
        double least = mean.Where(value => !double.IsNaN(value)).DefaultIfEmpty(1).Min();
        AxisScale y = access.MaxAccesses > access.MeanAccesses * LogScale.WorthIt
            ? LogScale.Around(least, access.MaxAccesses, TickText.Count, about: 5)
            : LinearScale.CountsFromZero(access.MaxAccesses, about: 5);
        var edges = new BinEdges(layout.Low, layout.High);
        return new PlotPanel
        {
            Name = name,
            NameColor = color,
            Summary = $"{Units.Bytes(access.TouchedSectors * 512.0)} touched, mean {Units.Count(access.MeanAccesses)}, max {Units.Count(access.MaxAccesses)}",
            Y = y,
            YLabel = "Accesses",
            Height = height,
            Layers =
            [
                new GapLayer(layout.Gaps, isVertical: false),
                new StepLayer(edges, y.Map(max)) { Color = FigureColors.Pale(color), Fill = FigureColors.Pale(color) },
                new StepLayer(edges, y.Map(mean)) { Color = color, LineWidth = 1.6f },
            ],
        };
    }
}
