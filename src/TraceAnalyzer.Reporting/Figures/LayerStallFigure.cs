using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>The time of each of the framework's layers, a token on average: computing, stalled on I/O, neither.</summary>
internal sealed class LayerStallFigure : IFigure
{
    /// <inheritdoc/>
    public string Name => "layer-stalls";

    /// <inheritdoc/>
    public FigureResult Draw(FigureContext context)
    {
        LayerTurn[] turns = [.. context.Report.Run!.LayerTurns.Where(turn => turn.StallNs is not null && turn.Turns > 0)];
        if (turns.Length == 0)
            return FigureResult.None("nothing tells when each layer was computed, or the trace has no completions");
        double[] stall = [.. turns.Select(turn => turn.StallNs!.Value / 1e6 / turn.Turns)];
        double[] withCompute = [.. turns.Select((turn, i) => stall[i] + (turn.ComputeNs!.Value / 1e6 / turn.Turns))];
        double[] time = [.. turns.Select(turn => turn.TimeNs / 1e6 / turn.Turns)];
        double[] x = [.. turns.Select(turn => (double)turn.Number)];
        double stalled = turns.Sum(turn => (double)turn.StallNs!.Value) / turns.Sum(turn => (double)turn.TimeNs);
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = WholeNumbers.Axis(turns.Max(turn => turn.Number) + 1, about: 8),
            XLabel = "Layer, as the framework numbers them",
            Legend =
            [
                new LegendEntry("I/O in flight, nothing computed", Palette.Read) { Symbol = LegendSymbol.Area },
                new LegendEntry("computing", Palette.Third) { Symbol = LegendSymbol.Area },
                new LegendEntry("neither", Palette.SoftInk) { Symbol = LegendSymbol.Area },
            ],
            Panels =
            [
                new PlotPanel
                {
                    Summary = $"mean time of a layer in a token; stalled {Quantity.Percent(stalled)} of it",
                    Y = LinearScale.FromZero(time.Max(), Quantity.Number, about: 5),
                    YLabel = "ms",
                    Height = 180,
                    // Each stick covers the lower part of the one before.
                    Layers =
                    [
                        new StickLayer(x, time) { Color = Palette.SoftInk },
                        new StickLayer(x, withCompute) { Color = Palette.Third },
                        new StickLayer(x, stall) { Color = Palette.Read },
                    ],
                },
            ],
        });
    }
}
