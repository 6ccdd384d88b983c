using TraceAnalyzer.Reporting;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Tests.Runs;

namespace TraceAnalyzer.Tests.Figures;

/// <summary>The figures of a run plot what the report says.</summary>
public sealed class RunFigureTests
{
    private static readonly Lazy<TraceReport> s_kv = new(() => RunAnalysis.Of(RunCaptures.Repository("flexgen/kv-offload-omp1")));

    [Fact]
    public void Tokens_show_bytes_and_time_of_each()
    {
        FigureDrawing drawing = Draw("tokens");
        RunReport run = s_kv.Value.Run!;

        double[] read = drawing.Panels[0].Layers.OfType<StickLayer>().Single().Values;
        Assert.Equal(run.Tokens.Select(token => token.ReadBytes / (double)(1 << 30)), read);
        double[][] times = [.. drawing.Panels[2].Layers.OfType<StickLayer>().Select(layer => layer.Values)];
        Assert.Equal(run.Tokens.Select(token => (token.EndNs - token.StartNs) / 1e9), times[0]);
        Assert.All(times[0].Zip(times[1]), pair => Assert.True(pair.Second <= pair.First));
    }

    [Fact]
    public void Layers_show_the_MiB_read_of_each()
    {
        RasterLayer raster = Draw("layer-heatmap").Panels[0].Layers.OfType<RasterLayer>().Single();

        Assert.Equal(32, raster.Values.Length);
        Assert.Equal(BytesRead() / (double)(1 << 20), raster.Values.Sum(row => row.Sum(value => (double)value)), 1);
    }

    [Fact]
    public void Rows_show_the_trace_over_the_closed_form()
    {
        CurveLayer[] curves = [.. Draw("kv-rows").Panels[0].Layers.OfType<CurveLayer>()];

        Assert.Equal(2, curves.Length);
        Assert.Equal(s_kv.Value.Run!.KvRows!.Reads, curves[1].Points.Select(point => point.Y));
    }

    [Fact]
    public void The_timeline_has_GPU_reads_writes_and_a_band_a_token()
    {
        FigureDrawing drawing = Draw("run-timeline");

        Assert.Equal(["GPU", "Read", "Write"], drawing.Panels.Select(panel => panel.Name));
        Assert.All(drawing.Panels, panel => Assert.Equal(32, panel.Layers.OfType<BandLayer>().Single().Spans.Length));
    }

    [Fact]
    public void Figures_of_a_run_are_written_for_a_run_only()
    {
        string folder = RunCaptures.NewFolder();
        TraceReport report = s_kv.Value;

        IReadOnlyList<FigureFile> alone = FigureWriter.WriteAll(report with { Run = null }, folder, new FigureOptions(), TestContext.Current.CancellationToken);
        IReadOnlyList<FigureFile> run = FigureWriter.WriteAll(report, folder, new FigureOptions(), TestContext.Current.CancellationToken);

        Assert.DoesNotContain(alone, figure => figure.Figure == "tokens");
        Assert.Equal(["run-timeline", "layer-heatmap", "kv-rows", "tokens"], run.Skip(alone.Count).Where(figure => figure.FileName is not null).Select(figure => figure.Figure));
    }

    private static long BytesRead() => s_kv.Value.Run!.Layers!.ReadBytes.Sum(row => row.Sum());

    private static FigureDrawing Draw(string name) =>
        Reporting.Figures.OfRun.Single(figure => figure.Name == name).Draw(new FigureContext(s_kv.Value, s_kv.Value.Devices[0])).Drawing!;
}
