using System.Globalization;
using ScottPlot;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>Bandwidth of all runs phase by phase, or token by token: each as wide as the next however long it takes.</summary>
/// <param name="operation">Read or write.</param>
/// <param name="alignment">By phase or by token.</param>
internal sealed class ComparedSpanBandwidthFigure(OperationClass operation, RunAlignment alignment)
    : Figure<ComparisonFigureContext>($"compare-bandwidth-{EnumNames.Camel(alignment)}-{operation.Name()}", $"{operation.Subject()} {EnumNames.Camel(alignment)} by {EnumNames.Camel(alignment)}")
{
    // More numbers than this do not fit below an axis.
    private const int MostTicks = 9;

    /// <inheritdoc/>
    public override string Describe(ComparisonFigureContext context) => $"Bandwidth of {operation.Plural()} by {Axis}. " + context.Each(run => run.Operation(operation)?.Overview is { } overview
        ? $"{(overview.MeanBytesPerSecond is { } mean ? $"mean {Units.Rate(mean)}, " : "")}{Units.Bytes(overview.Bytes)} in total" : null);

    /// <inheritdoc/>
    public override Table? Data(ComparisonFigureContext context) => context.Numbered(BandwidthTable.Bandwidth.Of(context.Comparison).Where("class", operation.Name()).Where("alignment", Axis).Select("run", "span", "span_share", "bytes_per_second"));

    /// <inheritdoc/>
    public override FigureResult Draw(ComparisonFigureContext context)
    {
        AlignedBandwidth? bandwidth = context.Comparison.Bandwidth.FirstOrDefault(aligned => aligned.Class == operation && aligned.Alignment == alignment);
        if (bandwidth?.Spans is not { } spans)
            return FigureResult.None($"fewer than two runs have {Axis}s");
        if (bandwidth.BytesPerSecond.All(rates => rates.All(rate => rate == 0)))
            return ComparisonFigureContext.Nothing(operation);

        double max = bandwidth.BytesPerSecond.Max(rates => rates.DefaultIfEmpty().Max());
        (string unit, double unitBytes) = Units.BinaryUnit(max);
        (PlotPanel[] panels, LegendEntry[] legend) = context.Arrange(
            [.. context.Runs.Where(run => bandwidth.BytesPerSecond[run.Index].Length > 0).Select(run => Curve(run, bandwidth, spans, unitBytes))],
            crowded => LinearScale.FromZero(max / unitBytes, TickText.Number, about: crowded ? 4 : 6),
            ($"Bandwidth ({unit}/s)", $"{unit}/s"),
            PlotPanel.HeightOf(1));
        var bands = new BandLayer([.. spans.Select((_, i) => ((double)i, i + 1.0))]);
        return FigureResult.Of(new FigureDrawing
        {
            Title = context.Title(operation),
            X = new AxisScale(-0.01 * spans.Length, 1.01 * spans.Length, Ticks(spans)),
            XLabel = alignment == RunAlignment.Phase ? "Phase, each as wide as the next" : "Token, each as wide as the next (0 is the first pass)",
            HasGrid = alignment == RunAlignment.Token,
            Legend = legend,
            Panels = [.. panels.Select(panel => panel with { Layers = [bands, .. panel.Layers] })],
        });
    }

    private string Axis => EnumNames.Camel(alignment);

    private static Tick[] Ticks(AlignedSpan[] spans)
    {
        int step = (int)LinearScale.NiceStep(Math.Max(1, spans.Length / (double)MostTicks));
        return [.. Enumerable.Range(0, spans.Length).Where(i => i % step == 0).Select(i => Tick.Major(i + 0.5, spans[i].Name))];
    }

    private RunCurve Curve(FigureRun run, AlignedBandwidth bandwidth, AlignedSpan[] spans, double unitBytes)
    {
        double[] rates = [.. bandwidth.BytesPerSecond[run.Index]];
        var left = new double[rates.Length];
        var right = new double[rates.Length];
        int bin = 0;
        for (int span = 0; span < spans.Length; span++)
        {
            for (int i = 0; i < spans[span].Bins && bin < rates.Length; i++, bin++)
            {
                left[bin] = span + ((double)i / spans[span].Bins);
                right[bin] = span + ((i + 1.0) / spans[span].Bins);
                if (spans[span].DurationNs[run.Index] is null)
                    rates[bin] = double.NaN;
            }
        }

        return new RunCurve(
            run, Summary(run, spans),
            (y, color, _) => new StepLayer(new BinEdges(left, right), y.Map(Array.ConvertAll(rates, value => value / unitBytes))) { Color = color, LineWidth = 1.3f })
        { IsDashed = false };
    }

    private string Summary(FigureRun run, AlignedSpan[] spans)
    {
        AlignedSpan[] known = [.. spans.Where(span => span.DurationNs[run.Index] is not null)];
        return alignment == RunAlignment.Token
            ? string.Create(CultureInfo.InvariantCulture, $"{known.Length} tokens")
            : string.Join(", ", known.Take(2).Select(span => $"{FigureTitle.Printable(span.Name)} {Units.Duration(span.DurationNs[run.Index]!.Value)}"));
    }
}
