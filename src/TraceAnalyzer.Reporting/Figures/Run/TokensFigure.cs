using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>Bytes read and written, and time, of each token; of the time the part with requests in flight.</summary>
internal sealed class TokensFigure() : Figure<FigureContext>("tokens", "Bytes and time per token")
{
    /// <inheritdoc/>
    public override string Describe(FigureContext context) => "Bytes read, bytes written and time per token. " + (context.Report.Run!.Tokens switch
    {
        [] => "No tokens are known.",
        [var only] => $"1 token; {Words(only)}.",
        [var first, .., var last] all => $"{Units.Count(all.Length)} {(context.Report.Run.AreOnlyPasses() ? "passes" : "tokens")}; {Words(first)}; {Words(last)}.",
    });

    /// <inheritdoc/>
    public override Table? Data(FigureContext context) => SpanTables.Tokens.Of(context.Report);

    /// <inheritdoc/>
    public override FigureResult Draw(FigureContext context)
    {
        RunReport run = context.Report.Run!;
        if (run.Tokens.Length == 0)
            return FigureResult.None("no tokens are known");
        SpanUseReport[] tokens = run.Tokens;
        double[] seconds = [.. tokens.Select(token => (token.EndNs - token.StartNs) / 1e9)];
        double[] busy = [.. tokens.Select(token => (token.IoBusyNs ?? 0) / 1e9)];
        AxisScale y = LinearScale.FromZero(seconds.Max(), TickText.Number, about: 4);
        PlotPanel[] panels =
        [
            .. Bytes("Read", FigureColors.Read, [.. tokens.Select(token => token.ReadBytes)]),
            .. Bytes("Write", FigureColors.Write, [.. tokens.Select(token => token.WriteBytes)]),
            new PlotPanel
            {
                Name = "Time",
                NameColor = FigureColors.Third,
                Summary = tokens[0].IoBusyNs is null ? "" : "dark: with requests in flight",
                Y = y,
                YLabel = "s",
                Height = 72,
                Layers =
                [
                    Sticks(seconds, FigureColors.Pale(FigureColors.Third)),
                    Sticks(busy, FigureColors.Third),
                ],
            },
        ];
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Of(context),
            X = WholeNumbers.Axis(tokens.Length, about: 8),
            XLabel = $"{(run.AreOnlyPasses() ? "Pass" : "Token")} (from {FigureFont.Shorten(FigureTitle.Printable(run.TokenSource ?? ""), FigureDrawing.TextSize, 170)}; 0 is the first pass)",
            Panels = panels,
        });
    }

    // None where nothing was moved: an empty panel has a scale of bytes that nobody can read.
    private static PlotPanel[] Bytes(string name, ScottPlot.Color color, long[] bytes)
    {
        if (bytes.Max() == 0)
            return [];
        (string unit, double size) = Units.BinaryUnit(bytes.Max());
        double[] values = Array.ConvertAll(bytes, value => value / size);
        return
        [
            new PlotPanel
            {
                Name = name,
                NameColor = color,
                Summary = $"{Units.Bytes(bytes.Sum())} in total",
                Y = LinearScale.FromZero(values.Max(), TickText.Number, about: 3),
                YLabel = unit,
                Height = 72,
                Layers = [Sticks(values, color)],
            },
        ];
    }

    private static StickLayer Sticks(double[] values, ScottPlot.Color color) =>
        new([.. Enumerable.Range(0, values.Length).Select(i => (double)i)], values) { Color = color };

    private static string Words(SpanUseReport token) =>
        $"{token.Name} {token.Index}: {Units.Bytes(token.ReadBytes)} read, {Units.Bytes(token.WriteBytes)} written in {Units.Duration(token.EndNs - token.StartNs)}";
}
