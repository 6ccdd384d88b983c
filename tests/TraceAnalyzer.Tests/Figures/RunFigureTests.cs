using System.Text;
using System.Xml.Linq;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reporting.Sections;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Reports;
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

    [Fact]
    public void Roles_show_writes_where_there_are_any()
    {
        TraceReport report = WithRun(run => run with { ModelUse = SampleReport.Full().Run!.ModelUse });
        TraceReport unwritten = WithRun(run => run with { ModelUse = report.Run!.ModelUse! with { Roles = [.. report.Run.ModelUse.Roles.Select(role => role with { WriteBytes = 0 })] } });

        Assert.Equal(["Read", "Times read", "Write"], Draw("roles", report).Panels.Select(panel => panel.Name));
        // 4,096 bytes written, in KiB.
        Assert.Equal([4.0], Draw("roles", report).Panels[2].Layers.OfType<StickLayer>().Single().Values);
        Assert.Equal(["Read", "Times read"], Draw("roles", unwritten).Panels.Select(panel => panel.Name));
        Assert.Contains("within model files only", Result("roles", WithRun(run => run with { ModelUse = null })).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Stalls_that_are_not_drawn_say_why()
    {
        LayerTurn turn = s_kv.Value.Run!.LayerTurns[0] with { ComputeNs = null, OverlapNs = null, StallNs = null, IdleNs = null };
        RunFile[] layers = [new RunFile("layers.csv", "layers")];

        Assert.Equal("the calls in layers.csv read their own data, so that computing and waiting cannot be told apart", Reason(run => run with { LayerTurns = [turn], CallSource = "layers.csv" }));
        Assert.StartsWith("the trace has no completions", Reason(run => run with { LayerTurns = [turn], CallSource = null }), StringComparison.Ordinal);
        Assert.Equal("layers.csv has no call that computes a layer of a known number", Reason(run => run with { LayerTurns = [], CallSource = null, Files = layers }));
        Assert.Equal("when each layer was computed is not recorded", Reason(run => run with { LayerTurns = [], CallSource = null, Files = [] }));

        static string? Reason(Func<RunReport, RunReport> change) => Result("layer-stalls", WithRun(change)).Reason;
    }

    [Fact]
    public void Headers_and_other_files_are_not_tensors()
    {
        TensorUse[] tensors = [.. s_kv.Value.Run!.Tensors.Select(tensor => tensor with { Tensor = "t" })];
        int used = tensors.Count(tensor => tensor.ReadBytes + tensor.WriteBytes > 0);
        FigureDrawing drawing = Draw("tensors", WithRun(run => run with { Tensors = [.. tensors, tensors.First(tensor => tensor.ReadBytes > 0) with { Tensor = null }] }));

        Assert.All(drawing.Panels, panel => Assert.Equal(used, panel.Layers.OfType<StickLayer>().Single().Values.Length));
        Assert.EndsWith("of tensors, other bytes left out", drawing.Panels[^1].Summary, StringComparison.Ordinal);
        Assert.EndsWith("in total", Draw("tensors", WithRun(run => run with { Tensors = tensors })).Panels[^1].Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_that_write_nothing_have_no_panel_of_writes()
    {
        TraceReport report = WithRun(run => run with { Tokens = [.. run.Tokens.Select(token => token with { WriteBytes = 0 })] });

        Assert.Equal(["Read", "Time"], Draw("tokens", report).Panels.Select(panel => panel.Name));
        Assert.Equal(["Read", "Write", "Time"], Draw("tokens").Panels.Select(panel => panel.Name));
    }

    [Fact]
    public void One_phase_alone_is_not_announced_as_a_band()
    {
        SpanUseReport phase = s_kv.Value.Run!.Tokens[0] with { Name = "bench", Index = null };

        Assert.DoesNotContain("bands", Draw("run-timeline", WithRun(run => run with { Tokens = [], Phases = [phase] })).XLabel, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_GPU_log_nothing_is_headed_GPU()
    {
        Section<FigureContext> section = RunSections.All.Single(section => section.Id == "gpu");
        FigureContext without = ContextOf(WithRun(run => run with { Gpu = null }));

        Assert.Equal(("I/O and phases", "Bandwidth over time"), (section.TitleOf(without), section.Figures[0].CaptionOf(without)));
        Assert.StartsWith("The run has no GPU log.", section.MethodOf(without), StringComparison.Ordinal);
        Assert.Null(section.TitleOf(ContextOf(WithRun(run => run with { Gpu = SampleReport.Full().Run!.Gpu }))));
    }

    [Theory]
    [InlineData(1, "0")]
    [InlineData(12, "0 2 4 6 8 11")]
    [InlineData(16, "0 2 4 6 8 10 12 15")]
    [InlineData(32, "0 5 10 15 20 25 31")]
    public void Axes_of_layers_have_a_tick_at_the_last(int count, string ticks) =>
        Assert.Equal(ticks, string.Join(' ', WholeNumbers.AxisToLast(count, about: 8).Ticks.Select(tick => tick.Label)));

    private static FigureContext ContextOf(TraceReport report) => new(report, report.Devices[0]);

    private static FigureResult Result(string name, TraceReport report) => RunSections.Figures.Single(figure => figure.Name == name).Draw(ContextOf(report));

    private static TraceReport WithRun(Func<RunReport, RunReport> change) => s_kv.Value with { Run = change(s_kv.Value.Run!) };

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
