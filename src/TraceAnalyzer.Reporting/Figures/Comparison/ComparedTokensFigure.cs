using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>Bytes, or time, of each token of all runs.</summary>
/// <param name="operation">Bytes of reads or of writes; null for the time.</param>
internal sealed class ComparedTokensFigure(OperationClass? operation)
    : Figure<ComparisonFigureContext>($"compare-tokens-{operation?.Name() ?? "time"}", operation is { } moved ? $"Bytes {moved.Participle()} per token" : "Time per token")
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
            return ComparisonFigureContext.Nothing(operation?.Plural() ?? "times");
        (string unit, double size) = operation is null ? ("s", 1e9) : Units.BinaryUnit(max);
        (PlotPanel[] panels, LegendEntry[] legend) = context.Arrange(
            [.. runs.Select(run => Curve(run, Tokens(context, run), size))],
            crowded => LinearScale.FromZero(max / size, TickText.Number, about: crowded ? 4 : 6),
            (operation is null ? "Time of a token (s)" : $"{(operation == OperationClass.Read ? "Read" : "Written")} for a token ({unit})", unit),
            PlotPanel.HeightOf(1));
        return FigureResult.Of(new FigureDrawing
        {
            Title = context.Title(operation?.Subject() ?? "Time"),
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
        string summary = (operation is null ? Units.Duration(sum) : Units.Bytes(sum)) + " in total";
        return new RunCurve(run, summary, (y, color, _) => new StepLayer(edges, y.Map(values)) { Color = color, LineWidth = 1.3f }) { IsDashed = false };
    }

    private double ValueOf(ComparedToken token) => operation switch
    {
        OperationClass.Read => token.ReadBytes,
        OperationClass.Write => token.WriteBytes,
        _ => token.DurationNs,
    };

    private static ComparedToken[] Tokens(ComparisonFigureContext context, FigureRun run) => run.Index < context.Comparison.Tokens.Length ? context.Comparison.Tokens[run.Index] : [];

    private string Text(ComparedToken token) => operation is null ? Units.Duration(token.DurationNs) : Units.Bytes(ValueOf(token));
}
