using System.Globalization;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Figures.Comparison;

/// <summary>GPU utilization of all runs since each run's first transfer.</summary>
internal sealed class ComparedGpuFigure()
    : Figure<ComparisonFigureContext>("compare-gpu", "GPU utilization over time")
{
    /// <inheritdoc/>
    public override string Describe(ComparisonFigureContext context) => "GPU utilization over time. " + context.Each(run => run.Report.Run?.Gpu?.TraceMeanPercent is { } mean ? $"mean {Units.Of(mean, Unit.Percent)} over the time of its trace" : null);

    /// <inheritdoc/>
    public override Table? Data(ComparisonFigureContext context) => new("compare_gpu", Caption, [Column.Id("run", "Run"), Column.Seconds("from_seconds", "From"), Column.Seconds("to_seconds", "To"), new("gpu_percent", "GPU", Unit.Percent)],
    [
        .. from run in context.Runs
           let steps = GpuSteps.Of(run)
           from i in Enumerable.Range(0, steps.Percent.Length)
           select (Value[])[run.Index + 1, steps.FromSeconds[i], steps.ToSeconds[i], steps.Percent[i]],
    ]);

    /// <inheritdoc/>
    public override FigureResult Draw(ComparisonFigureContext context)
    {
        (FigureRun Run, GpuSteps Steps)[] runs = [.. context.Runs.Select(run => (run, GpuSteps.Of(run))).Where(run => run.Item2.Percent.Length > 0)];
        if (runs.Length == 0)
            return FigureResult.None("no run has a GPU log on the trace's clock");

        double last = Math.Max(1e-6, runs.Max(run => run.Steps.ToSeconds[^1]));
        (PlotPanel[] panels, LegendEntry[] legend) = context.Arrange(
            [.. runs.Select(run => new RunCurve(
                run.Run,
                string.Create(CultureInfo.InvariantCulture, $"mean {run.Run.Report.Run!.Gpu!.TraceMeanPercent:0.0} %"),
                (y, color, _) => new StepLayer(new BinEdges(run.Steps.FromSeconds, run.Steps.ToSeconds), y.Map(run.Steps.Percent)) { Color = color, LineWidth = 1.3f }) { IsDashed = false })],
            crowded => LinearScale.FromZero(100, TickText.Number, about: crowded ? 2 : 5),
            ("GPU utilization (%)", "Busy %"),
            PlotPanel.HeightOf(1));
        return FigureResult.Of(new FigureDrawing
        {
            Title = context.Title("GPU"),
            X = TimeScale.Create(0, last, FigureDrawing.DataWidth) with { Min = -0.01 * last, Max = 1.01 * last },
            XLabel = "Time since first transfer",
            Legend = legend,
            Panels = panels,
        });
    }
}

/// <summary>GPU utilization of a run as steps; what lies outside its transfers is left out.</summary>
/// <param name="FromSeconds">Start of each, since the run's first transfer.</param>
/// <param name="ToSeconds">End of each.</param>
/// <param name="Percent">Utilization.</param>
internal sealed record GpuSteps(double[] FromSeconds, double[] ToSeconds, double[] Percent)
{
    /// <summary>A sample stands until the next one; without steps if the log is not on the trace's clock.</summary>
    public static GpuSteps Of(FigureRun run)
    {
        if (run.Report.Run?.Gpu is not { UtcOffsetMinutes: not null } gpu || run.Device is null)
            return new GpuSteps([], [], []);
        double end = run.Compared.DurationNs / 1e9;
        int[] shown = [.. Enumerable.Range(0, Math.Max(0, gpu.SampleNs.Length - 1)).Where(i => run.Seconds(gpu.SampleNs[i + 1]) > 0 && run.Seconds(gpu.SampleNs[i]) < end && gpu.SampleNs[i + 1] > gpu.SampleNs[i])];
        return new GpuSteps(
            [.. shown.Select(i => Math.Max(0, run.Seconds(gpu.SampleNs[i])))],
            [.. shown.Select(i => Math.Min(end, run.Seconds(gpu.SampleNs[i + 1])))],
            [.. shown.Select(i => gpu.SamplePercent[i])]);
    }
}
