using System.Text;
using System.Xml.Linq;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Sections;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Runs;

namespace TraceAnalyzer.Tests.Figures;

/// <summary>The figures of a run plot what the report says.</summary>
[Trait("Kind", "capture")]
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
    public void Rows_over_time_show_the_MiB_read_of_each()
    {
        PlotPanel panel = Draw("kv-rows-heatmap").Panels[0];
        RasterLayer raster = panel.Layers.OfType<RasterLayer>().Single();

        Assert.Equal(287, raster.Values.Length);
        Assert.Equal(s_kv.Value.Run!.Tensors.Sum(tensor => tensor.ReadBytes) / (double)(1 << 20), raster.Values.Sum(row => row.Sum(value => (double)value)), 1);
        // The prompt's positions are read to the end, those of the last tokens never.
        Assert.True(raster.Values[0][^2] > 0);
        Assert.All(raster.Values[270], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Tensors_show_how_often_each_was_read_by_layer()
    {
        FigureDrawing drawing = Draw("tensors");
        TensorUse[] tensors = [.. s_kv.Value.Run!.Tensors.OrderBy(tensor => tensor.Layer)];

        Assert.Equal(["Reads", "Read", "Write"], drawing.Panels.Select(panel => panel.Name));
        Assert.Equal(tensors.Select(tensor => tensor.Reads!.Value), drawing.Panels[0].Layers.OfType<StickLayer>().Single().Values);
        Assert.Equal(64, tensors.Length);
    }

    [Fact]
    public void Stalls_of_layers_are_stacked_to_their_time()
    {
        StickLayer[] sticks = [.. Draw("layer-stalls").Panels[0].Layers.OfType<StickLayer>()];

        Assert.Equal(3, sticks.Length);
        Assert.Equal(66, sticks[0].Values.Length);
        Assert.All(sticks[0].Values.Zip(sticks[1].Values, sticks[2].Values), bar => Assert.True(bar.First >= bar.Second && bar.Second >= bar.Third && bar.Third >= 0));
        Assert.Equal(s_kv.Value.Run!.LayerTurns.Select(turn => turn.TimeNs / 1e6 / turn.Turns), sticks[0].Values);
    }

    [Fact]
    public void The_timeline_has_GPU_reads_writes_and_a_band_a_token()
    {
        FigureDrawing drawing = Draw("run-timeline");

        Assert.Equal(["GPU", "Read", "Write"], drawing.Panels.Select(panel => panel.Name));
        Assert.All(drawing.Panels, panel => Assert.Equal(32, panel.Layers.OfType<BandLayer>().Single().Spans.Length));
    }

    [Fact]
    public void Bands_of_tokens_are_drawn_all_or_none()
    {
        // Every second span is a band. Two pixels wide they can be told apart, one pixel wide they would be a grey mist.
        string color = FigureColors.Grid.MixedWith(ScottPlot.Colors.White, 0.5).ToHex();
        int width = (int)FigureDrawing.DataWidth;

        Assert.Equal(3 * (width / 4), Bands(width / 4 * 2));
        Assert.Equal(0, Bands(width));
        Assert.Equal(3, Bands(2));

        int Bands(int tokens) => XDocument.Parse(Encoding.UTF8.GetString(FigureEncoder.ToSvg(Draw("run-timeline", WithTokens(tokens))))).Descendants()
            .Count(element => element.Name.LocalName == "rect" && string.Equals(element.Attribute("fill")?.Value, color, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Phases_before_the_tokens_are_bands_too()
    {
        TraceReport report = WithTokens(4);
        SpanUseReport token = report.Run!.Tokens[0];
        SpanUseReport before = token with { Name = "write-out", Index = null, StartNs = token.StartNs - 2_000, EndNs = token.StartNs - 1_000 };
        SpanUseReport during = token with { Name = "prefill", Index = null };
        report = report with { Run = report.Run with { Phases = [before, during] } };

        FigureDrawing drawing = Draw("run-timeline", report);
        Assert.All(drawing.Panels, panel => Assert.Equal(5, panel.Layers.OfType<BandLayer>().Single().Spans.Length));
        Assert.EndsWith("; bands: 1 phase, 4 tokens)", drawing.XLabel, StringComparison.Ordinal);
        Assert.EndsWith("; bands: 2 phases)", Draw("run-timeline", report with { Run = report.Run with { Tokens = [] } }).XLabel, StringComparison.Ordinal);
    }

    [Fact]
    public void Roles_and_experts_show_what_was_read_of_each()
    {
        TraceReport report = RunAnalysis.Of(RunCaptures.Repository("llamacpp/moe-mmap"));
        ModelUse model = report.Run!.ModelUse!;
        PlotPanel[] roles = Draw("roles", report).Panels;
        RasterLayer experts = Draw("experts", report).Panels[0].Layers.OfType<RasterLayer>().Single();

        Assert.Equal(model.Roles.Sum(role => role.ReadBytes) / (double)(1 << 30), roles[0].Layers.OfType<StickLayer>().Single().Values.Sum(), 1e-9);
        Assert.Equal((12, 8), (experts.Values.Length, experts.Values[0].Length));
        Assert.All(model.Experts!.Experts, expert => Assert.Equal(expert.TokenReadBytes!.Value / (double)(1 << 20), experts.Values[expert.Layer][expert.Expert], 1e-3));
    }

    [Fact]
    public void Figures_of_a_run_are_written_for_a_run_only()
    {
        string folder = RunCaptures.NewFolder();
        TraceReport report = s_kv.Value;

        IReadOnlyList<FigureFile> alone = FigureWriter.WriteAll(report with { Run = null }, folder, new FigureOptions(), TestContext.Current.CancellationToken);
        IReadOnlyList<FigureFile> run = FigureWriter.WriteAll(report, folder, new FigureOptions(), TestContext.Current.CancellationToken);

        Assert.DoesNotContain(alone, figure => figure.Figure == "tokens");
        Assert.Equal(["run-timeline", "tokens", "layer-stalls", "layer-heatmap", "tensors", "kv-rows", "kv-rows-heatmap"], run.Skip(alone.Count).Where(figure => figure.FileName is not null).Select(figure => figure.Figure));
    }

    private static long BytesRead() => s_kv.Value.Run!.Layers!.ReadBytes.Sum(row => row.Sum());

    // Tokens of equal length from the beginning of the trace to its end, and no phases.
    private static TraceReport WithTokens(int count)
    {
        TraceReport report = s_kv.Value;
        double ns = (double)report.Time.Count * report.Time.WidthNs / Math.Max(1, count);
        SpanUseReport token = report.Run!.Tokens[0];
        SpanUseReport[] tokens =
        [
            .. Enumerable.Range(0, count).Select(i => token with { Index = i, StartNs = report.Time.OriginNs + (long)(i * ns), EndNs = report.Time.OriginNs + (long)((i + 1) * ns) }),
        ];
        return report with { Run = report.Run with { Tokens = tokens, Phases = [] } };
    }

    private static FigureDrawing Draw(string name) => Draw(name, s_kv.Value);

    private static FigureDrawing Draw(string name, TraceReport report) =>
        RunSections.Figures.Single(figure => figure.Name == name).Draw(new FigureContext(report, report.Devices[0])).Drawing!;
}
