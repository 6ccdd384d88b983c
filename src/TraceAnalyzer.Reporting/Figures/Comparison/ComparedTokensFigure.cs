using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>Bytes, or time, of each token of all runs.</summary>
/// <param name="what"><c>read</c>, <c>write</c> or <c>time</c>.</param>
internal sealed class ComparedTokensFigure(string what)
    : Figure<ComparisonFigureContext>($"compare-tokens-{what}", what switch { "read" => "Bytes read per token", "write" => "Bytes written per token", _ => "Time per token" })
{
    /// <inheritdoc/>
    public override string Describe(ComparisonFigureContext context) => $"{Caption}. " + context.Each(run => Tokens(context, run) is [var first, ..] and [.., var last] and { Length: var count }
        ? $"{Units.Count(count)} tokens, the first {Text(first)}, the last {Text(last)}" : null);

    /// <inheritdoc/>
    public override Table? Data(ComparisonFigureContext context) => context.Numbered(ComparedTokensTable.Tokens.Of(context.Comparison));

    /// <inheritdoc/>
    public override FigureResult Draw(ComparisonFigureContext context)
    {
        FigureRun[] runs = [.. context.Runs.Where(run => Tokens(context, run).Length > 0)];
        if (runs.Length == 0)
            return FigureResult.None("no tokens are known of any run");

        double max = runs.Max(run => Tokens(context, run).Max(ValueOf));
        if (max <= 0)
            return ComparisonFigureContext.Nothing(what);
        (string unit, double size) = what == "time" ? ("s", 1e9) : Units.BinaryUnit(max);
        (PlotPanel[] panels, LegendEntry[] legend) = context.Arrange(
            [.. runs.Select(run => Curve(run, Tokens(context, run), size))],
            crowded => LinearScale.FromZero(max / size, TickText.Number, about: crowded ? 4 : 6),
            (what == "time" ? "Time of a token (s)" : $"{(what == "read" ? "Read" : "Written")} for a token ({unit})", unit),
            PlotPanel.HeightOf(1));
        return FigureResult.Of(new FigureDrawing
        {
            Title = context.Title(what),
            X = WholeNumbers.Axis(runs.Max(run => Tokens(context, run).Length), about: 8),
            XLabel = "Token (0 is the first pass)",
            Legend = legend,
            Panels = panels,
        });
    }

    private RunCurve Curve(FigureRun run, ComparedToken[] tokens, double size)
    {
        double[] values = [.. tokens.Select(token => ValueOf(token) / size)];
        var edges = new BinEdges([.. values.Select((_, i) => i - 0.5)], [.. values.Select((_, i) => i + 0.5)]);
        double sum = tokens.Sum(ValueOf);
        string summary = (what == "time" ? Units.Duration(sum) : Units.Bytes(sum)) + " in total";
        return new RunCurve(run, summary, (y, color, _) => new StepLayer(edges, y.Map(values)) { Color = color, LineWidth = 1.3f }) { IsDashed = false };
    }

    private double ValueOf(ComparedToken token) => what switch
    {
        "read" => token.ReadBytes,
        "write" => token.WriteBytes,
        _ => token.DurationNs,
    };

    private static ComparedToken[] Tokens(ComparisonFigureContext context, FigureRun run) => run.Index < context.Comparison.Tokens.Length ? context.Comparison.Tokens[run.Index] : [];

    private string Text(ComparedToken token) => what == "time" ? Units.Duration(token.DurationNs) : Units.Bytes(ValueOf(token));
}
