using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>The time of each of the framework's layers, a token on average: computing, stalled on I/O, neither.</summary>
internal sealed class LayerStallFigure() : Figure<FigureContext>("layer-stalls", "Mean time of each layer per token")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Time of each framework layer in a token: computing, stalled on I/O, idle. " + (context.Report.Run!.LayerTurns is { Length: > 0 } turns && turns.All(turn => turn.StallNs is not null)
        ? $"{Units.Count(turns.Length)} layers; of their time {ShareOf(turns, turn => turn.ComputeNs)} computing, {ShareOf(turns, turn => turn.StallNs)} stalled."
        : $"{char.ToUpperInvariant(Missing(context.Report)[0])}{Missing(context.Report)[1..]}.");

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => LayerTables.Turns.Of(context.Report);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        LayerTurn[] turns = [.. context.Report.Run!.LayerTurns.Where(turn => turn.StallNs is not null && turn.Turns > 0)];
        if (turns.Length == 0)
            return FigureResult.None(Missing(context.Report));
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
                new LegendEntry("I/O in flight, nothing computed", FigureColors.Read) { Symbol = LegendSymbol.Area },
                new LegendEntry("computing", FigureColors.Third) { Symbol = LegendSymbol.Area },
                new LegendEntry("neither", FigureColors.SoftInk) { Symbol = LegendSymbol.Area },
            ],
            Panels =
            [
                new PlotPanel
                {
                    Summary = $"mean time of a layer in a token; stalled {Units.Share(stalled)} of it",
                    Y = LinearScale.FromZero(time.Max(), TickText.Number, about: 5),
                    YLabel = "ms",
                    Height = 180,
                    // Each stick covers the lower part of the one before.
                    Layers =
                    [
                        new StickLayer(x, time) { Color = FigureColors.SoftInk },
                        new StickLayer(x, withCompute) { Color = FigureColors.Third },
                        new StickLayer(x, stall) { Color = FigureColors.Read },
                    ],
                },
            ],
        });
    }

    /// <summary>Why no layer's time can be split.</summary>
    internal static string Missing(TraceReport report) => report.Run switch
    {
        { LayerTurns.Length: > 0, CallSource: { } calls } => $"the calls in {calls} read their own data, so that computing and waiting cannot be told apart",
        { LayerTurns.Length: > 0 } => "the trace has no completions, so that when requests were in flight is unknown",
        { Files: { } files } when files.FirstOrDefault(file => file.Kind == "layers") is { } layers => $"{layers.Name} has no call that computes a layer of a known number",
        _ => "when each layer was computed is not recorded",
    };

    private static string ShareOf(LayerTurn[] turns, Func<LayerTurn, long?> part) =>
        Units.Share(turns.Sum(turn => (double)part(turn)!.Value) / Math.Max(1, turns.Sum(turn => (double)turn.TimeNs)));
}
