using SkiaSharp;
using TraceAnalyzer.Comparison;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Comparison;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Trace;
using TraceAnalyzer.Reporting.Sections;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Figures;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Comparison;

public sealed class ComparisonFigureTests
{
    private static readonly TraceReport s_kv = SyntheticReports.KvOffload();
    private static readonly TraceReport s_model = SyntheticReports.ModelOffload();

    [Fact]
    public void A_long_name_gives_way_to_the_summary_beside_it()
    {
        // Panels and names of all widths: how wide a panel is, only its tick labels tell.
        var random = new Random(1);
        PlotPanel panel = Draw("compare-sizes-read", s_kv, s_model).Panels[0];
        for (int i = 0; i < 1000; i++)
        {
            float width = 300 + (100 * random.NextSingle());
            string given = "1: " + string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => "abcfilmow-1"[random.Next(11)]));
            (string name, string summary) = FigureDrawing.HeaderTexts(panel with { Name = given, Summary = "dominant 128 KiB: 99.5 %" }, width);

            Assert.Equal("dominant 128 KiB: 99.5 %", summary);
            Assert.StartsWith("1: ", name, StringComparison.Ordinal);
            Assert.InRange(FigureFont.Measure(name, FigureDrawing.TextSize) + FigureFont.Measure(summary, FigureDrawing.TitleSize), 0, width);
        }
    }

    [Fact]
    public void Few_runs_share_a_panel_and_many_have_one_each_on_the_same_axes()
    {
        FigureDrawing few = Draw("compare-latency-read", s_kv, s_model);
        Assert.Equal(2, Assert.Single(few.Panels).Layers.Length);
        Assert.Equal(2, few.Legend.Length);

        FigureDrawing many = Draw("compare-latency-read", s_kv, s_model, s_kv, s_model, s_kv);
        Assert.Equal(5, many.Panels.Length);
        Assert.Equal([1, 2, 2, 2, 2], many.Panels.Select(panel => panel.Layers.Length));
        Assert.Single(many.Panels.Select(panel => panel.Y).Distinct());
        // The first run's curve is behind each.
        Assert.Equal(((CurveLayer)many.Panels[0].Layers[0]).Points, ((CurveLayer)many.Panels[3].Layers[0]).Points);
    }

    [Fact]
    public void Request_sizes_are_shares_of_each_runs_requests()
    {
        FigureDrawing drawing = Draw("compare-sizes-read", s_kv, s_model);
        foreach (PlotPanel panel in drawing.Panels)
        {
            double[] shares = ((StickLayer)panel.Layers[0]).Values;
            Assert.Equal(1, shares.Sum(share => panel.Y.IsLog ? Math.Pow(10, share) : share), 9);
        }
    }

    [Fact]
    public void Bandwidth_by_time_and_by_share_starts_at_zero_and_plots_the_comparison()
    {
        FigureDrawing time = Draw("compare-bandwidth-read", s_kv, s_model);
        FigureDrawing share = Draw("compare-bandwidth-share-read", s_kv, s_model);
        var steps = (StepLayer)time.Panels[0].Layers[1];
        Assert.Equal(0, steps.Edges.Left[0]);
        AlignedBandwidth aligned = ReportComparison.Compare([s_kv, s_model], new ComparisonOptions()).Bandwidth[0];
        const double GiB = 1 << 30;
        Assert.Equal(aligned.BytesPerSecond[1].Max() / GiB, steps.Values.Max(), 9);
        Assert.All(share.Panels[0].Layers.Cast<StepLayer>(), layer => Assert.Equal(1, layer.Edges.Right[^1], 9));
    }

    [Fact]
    public void Heatmaps_have_one_colour_scale_and_show_accesses_a_second()
    {
        FigureDrawing drawing = Draw("compare-heatmap-read", s_kv, s_model);
        Assert.Equal(2, drawing.Panels.Length);
        Assert.NotNull(drawing.Colors);
        for (int run = 0; run < 2; run++)
        {
            DeviceReport device = (run == 0 ? s_kv : s_model).Devices[0];
            var grid = SectorTimeGrid.Of(device.Space!, device.SectorTime[0], device.SectorTime[0].Columns);
            float greatest = ((RasterLayer)drawing.Panels[run].Layers[0]).Values.Max(row => row.Max());
            Assert.Equal(grid.Values.Max(row => row.Max()) / (grid.Columns.WidthNs / 1e9), greatest, greatest * 1e-5);
            Assert.InRange(Math.Log10(greatest), drawing.Colors.Axis.Min, drawing.Colors.Axis.Max + 1e-6);
        }
    }

    [Fact]
    public void Every_figure_of_every_mix_is_drawn_without_clipping_or_says_why_not()
    {
        using var folder = new TemporaryFolder();
        TraceReport[] all = [.. SyntheticReports.All.Values.Take(ReportComparison.MaxRuns).Select(make => make())];
        foreach (TraceReport[] reports in (TraceReport[][])[all, [all[0], all[1]], [all[0], SyntheticReports.HostileName(), SyntheticReports.OneWrite()]])
        {
            ComparisonReport comparison = ReportComparison.Compare(reports, new ComparisonOptions());
            IReadOnlyList<FigureFile> files = FigureWriter.WriteAll(comparison, folder.Path, new FigureOptions { Dpi = 100 }, TestContext.Current.CancellationToken);
            Assert.Equal(ComparisonSections.Figures.Select(figure => figure.Name), files.Select(file => file.Figure));
            foreach (FigureFile file in files)
            {
                Assert.True(file.FileName is null ^ file.Reason is null, file.ToString());
                if (file.FileName is null)
                    continue;
                using var picture = SKBitmap.Decode(folder[file.FileName]);
                Assert.Contains(picture.Pixels, pixel => pixel != SKColors.White);
                Assert.All(Enumerable.Range(0, picture.Height), y => Assert.True(picture.GetPixel(0, y) == SKColors.White && picture.GetPixel(picture.Width - 1, y) == SKColors.White, file.FileName));
            }
        }
    }

    private static FigureDrawing Draw(string name, params TraceReport[] reports)
    {
        var context = new ComparisonFigureContext(ReportComparison.Compare(reports, new ComparisonOptions()));
        FigureResult result = ComparisonSections.Figures.Single(figure => figure.Name == name).Draw(context);
        Assert.Null(result.Reason);
        return result.Drawing!;
    }
}
