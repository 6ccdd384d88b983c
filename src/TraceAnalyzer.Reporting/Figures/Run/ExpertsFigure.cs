using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>Bytes read of each expert of each layer: while tokens were made, if they are known.</summary>
internal sealed class ExpertsFigure() : Figure<FigureContext>("experts", "Bytes read of each expert, by layer")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Bytes read of each expert of each layer. " + (context.Report.Run!.ModelUse?.Experts switch
    {
        null => "No experts are known.",
        var experts => $"{Units.Count(experts.Experts.Length)} experts; {Units.Count(experts.HoldHalf)} of them hold half of the bytes read, {Units.Count(experts.NeverRead)} were never read.",
    });

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => ModelUseTables.Experts.Of(context.Report);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        if (context.Report.Run?.ModelUse?.Experts is not { } experts)
            return FigureResult.None("the run's files tell of no experts");
        if (experts.Experts.All(expert => BytesOf(expert, experts.OfTokens) == 0))
            return FigureResult.None("no expert was read");
        int layers = experts.Experts.Max(expert => expert.Layer) + 1;
        int columns = experts.Experts.Max(expert => expert.Expert) + 1;
        float[][] values = [.. Enumerable.Range(0, layers).Select(_ => new float[columns])];
        foreach (ExpertUse expert in experts.Experts)
            values[expert.Layer][expert.Expert] = BytesOf(expert, experts.OfTokens) / (float)(1 << 20);
        var colors = ColorScale.For(values, "MiB read");
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = WholeNumbers.AxisToLast(columns, about: 8),
            XLabel = "Expert (white: nothing read)",
            HasGrid = false,
            Colors = colors,
            Panels =
            [
                new PlotPanel
                {
                    Name = experts.OfTokens ? "Read while tokens were made" : "Read",
                    NameColor = FigureColors.Read,
                    Summary = $"{Units.Count(experts.HoldHalf)} of {Units.Count(experts.Experts.Length)} hold half",
                    Y = WholeNumbers.AxisToLast(layers, about: 8),
                    YLabel = "Layer",
                    Height = 210,
                    Layers = [new RasterLayer(values, [new RasterStrip(0, layers, -0.5, layers - 0.5)], -0.5, columns - 0.5, colors)],
                },
            ],
        });
    }

    private static long BytesOf(ExpertUse expert, bool ofTokens) => ofTokens ? expert.TokenReadBytes ?? 0 : expert.ReadBytes;
}
