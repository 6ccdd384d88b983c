using System.Globalization;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfRun;

namespace TraceAnalyzer.Reporting.Figures.Run;

/// <summary>Utilization of the GPU over time, with the phases of the framework's log as bands: what a run without a trace has to show.</summary>
internal sealed class GpuTimelineFigure() : Figure<TraceReport>("gpu-timeline", "GPU utilization over time")
{
    // The mean over so many columns is a line, single samples a pale area behind it.
    private const int MeanColumns = 120;

    /// <inheritdoc/>
    public override string Describe(TraceReport report) => "GPU utilization over time, with a band for each phase of the framework's log.";

    /// <inheritdoc/>
    public override Table? Data(TraceReport report) => GpuTables.Samples.Of(report);

    /// <inheritdoc/>
    public override FigureResult Draw(TraceReport report)
    {
        RunReport run = report.Run!;
        if (run.Gpu is not { SampleNs.Length: > 1 } gpu)
            return FigureResult.None("the folder holds no GPU log");
        double Seconds(long ns) => (ns - gpu.SampleNs[0]) / 1e9;
        double end = Seconds(gpu.SampleNs[^1]);
        if (end <= 0)
            return FigureResult.None("the GPU log has no length");
        LoggedPhase[] phases = run.Logged?.Phases ?? [];
        var bands = new BandLayer([.. phases.Select(phase => (Seconds(phase.StartNs), Seconds(phase.EndNs)))]);
        GpuCurve[] curves = [.. GpuCurve.Of(gpu).Where(curve => curve.SampleNs.Length > 1)];
        bool isLong = curves.Any(curve => curve.SampleNs.Length > 4 * MeanColumns);
        string what = phases.Length == 0 ? "" : $"; bands: {string.Join(", ", phases.Select(phase => phase.Kind.Name()).Distinct())}";
        return FigureResult.Of(new FigureDrawing
        {
            Title = FigureTitle.Printable(run.Folder) + " · no trace",
            X = TimeScale.Create(0, end, FigureDrawing.DataWidth) with { Min = -0.01 * end, Max = 1.01 * end },
            XLabel = "Time since the first sample" + what,
            Legend = isLong
                ? [new LegendEntry(string.Create(CultureInfo.InvariantCulture, $"mean over {end / MeanColumns:0.0} s"), FigureColors.Third), new LegendEntry("samples", FigureColors.Pale(FigureColors.Third), Symbol: LegendSymbol.Area)]
                : [],
            Panels = [.. curves.Select(curve => Panel(curve, bands, isLong, gpu.SampleNs[0], end, curves.Length == 1 ? 170 : 90))],
        });
    }

    private static PlotPanel Panel(GpuCurve gpu, BandLayer bands, bool isLong, long zeroNs, double end, float height)
    {
        double Seconds(long ns) => (ns - zeroNs) / 1e9;
        int[] samples = [.. Enumerable.Range(0, gpu.SampleNs.Length - 1).Where(i => gpu.SampleNs[i + 1] > gpu.SampleNs[i])];
        var edges = new BinEdges([.. samples.Select(i => Seconds(gpu.SampleNs[i]))], [.. samples.Select(i => Seconds(gpu.SampleNs[i + 1]))]);
        var layers = new List<Layer>
        {
            bands,
            new StepLayer(edges, [.. samples.Select(i => gpu.SamplePercent[i])]) { Color = isLong ? FigureColors.Pale(FigureColors.Third) : FigureColors.Third, Fill = FigureColors.Pale(FigureColors.Third) },
        };
        if (isLong)
            layers.Add(Means(gpu, zeroNs, end));
        return new PlotPanel
        {
            Name = gpu.Name,
            NameColor = FigureColors.Third,
            Summary = string.Create(CultureInfo.InvariantCulture, $"mean {gpu.MeanPercent:F2} %, by time {gpu.TimeWeightedMeanPercent:F2} %"),
            Y = LinearScale.FromZero(100, TickText.Number, about: height > 100 ? 5 : 3),
            YLabel = "Busy %",
            Height = height,
            Layers = [.. layers],
        };
    }

    private static StepLayer Means(GpuCurve gpu, long zeroNs, double end)
    {
        double width = end / MeanColumns;
        double[] sums = new double[MeanColumns];
        double[] weights = new double[MeanColumns];
        for (int i = 0; i + 1 < gpu.SampleNs.Length; i++)
        {
            double from = (gpu.SampleNs[i] - zeroNs) / 1e9;
            double to = (gpu.SampleNs[i + 1] - zeroNs) / 1e9;
            for (int column = (int)(from / width); column < MeanColumns && column * width < to; column++)
            {
                double part = Math.Min(to, (column + 1) * width) - Math.Max(from, column * width);
                sums[column] += part * gpu.SamplePercent[i];
                weights[column] += part;
            }
        }

        double[] starts = [.. Enumerable.Range(0, MeanColumns).Select(column => column * width)];
        return new StepLayer(
            new BinEdges(starts, [.. starts.Select(start => start + width)]),
            [.. sums.Select((sum, column) => weights[column] > 0 ? sum / weights[column] : 0)])
        { Color = FigureColors.Third };
    }
}
