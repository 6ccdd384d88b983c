using ScottPlot;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Scales;
using TraceAnalyzer.Reporting.Figures.Trace;
using TraceAnalyzer.Reporting.Sections;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tests.Figures;

/// <summary>What the figures plot, before it is drawn.</summary>
public sealed class FigureDataTests
{
    [Fact]
    public void Request_sizes_stand_at_their_exact_place_with_their_count()
    {
        TraceReport report = SyntheticReports.KvOffload();
        SizeCount[] sizes = report.Devices[0].Operations[0].Sizes.Sizes;
        PlotPanel panel = Draw("request-sizes", report).Panels[0];
        StickLayer sticks = Assert.IsType<StickLayer>(Assert.Single(panel.Layers));

        Assert.True(panel.Y.IsLog);
        Assert.Equal(sizes.Select(size => Math.Log2(size.SizeBytes)), sticks.Positions);
        Assert.Equal(sizes.Select(size => Math.Log10(size.Requests)), sticks.Values);
        Assert.StartsWith("dominant 128 KiB: 95.", panel.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Bandwidth_keeps_bytes_and_peaks_when_bins_are_merged()
    {
        TraceReport report = SyntheticReports.ModelOffload();
        OperationReport read = report.Devices[0].Operations[0];
        PlotPanel panel = Assert.Single(Draw("bandwidth", report).Panels);
        var (peak, mean) = ((StepLayer)panel.Layers[0], (StepLayer)panel.Layers[1]);
        const double GiB = 1 << 30;

        Assert.Equal("GiB/s", panel.YLabel);
        Assert.InRange(mean.Values.Length, 100, 250);
        Assert.Equal(read.Overview.PeakBytesPerSecond / GiB, peak.Values.Max(), 1e-9);
        double bytes = mean.Values.Select((value, i) => value * (mean.Edges.Right[i] - mean.Edges.Left[i])).SkipLast(1).Sum() * GiB;
        Assert.InRange(bytes / read.Overview.Bytes, 0.99, 1);
        Assert.All(peak.Values.Zip(mean.Values), pair => Assert.True(pair.First >= pair.Second - 1e-9));
    }

    [Fact]
    public void Jumps_rise_from_nothing_to_all_and_step_where_requests_follow()
    {
        SequenceResult sequence = SyntheticReports.KvOffload().Devices[0].Read!.Sequence!;
        (double Place, double Share)[] cdf = JumpsFigure.Compute(sequence);
        int middle = Array.FindIndex(cdf, point => point.Place == 0);

        Assert.Equal((0, 1), (cdf[0].Share, cdf[^1].Share));
        Assert.Equal(cdf.OrderBy(point => point.Place), cdf);
        Assert.Equal(cdf.OrderBy(point => point.Share), cdf);
        Assert.Equal((double)sequence.Following / (sequence.Requests - 1), cdf[middle].Share - cdf[middle - 1].Share, 1e-9);
        Assert.Equal((double)sequence.Jumps!.Backward / (sequence.Requests - 1), cdf[middle - 1].Share, 1e-9);
    }

    [Fact]
    public void Tails_are_the_windows_percentiles_on_a_logarithmic_axis()
    {
        TraceReport report = SyntheticReports.KvOffload();
        TailResult tail = report.Devices[0].Tails[0];
        PlotPanel panel = Draw("tails", report).Panels[0];

        Assert.Equal(tail.Windows.Select(window => Math.Log10(window.P99Ns)), Assert.IsType<StepLayer>(panel.Layers[2]).Values);
        Assert.Equal(tail.Windows.Select(window => Math.Log10(window.P50Ns)), Assert.IsType<StepLayer>(panel.Layers[3]).Values);
        Assert.Equal(tail.Stretches.Where(stretch => stretch.PValue <= TailStretch.Level).SelectMany(_ => (int[])[0, 1]).Count(), Assert.IsType<BandLayer>(panel.Layers[0]).Spans.Length);
    }

    [Fact]
    public void Reads_and_writes_have_scales_of_their_own_and_a_burst_gets_a_logarithm()
    {
        FigureDrawing drawing = Draw("bandwidth", SyntheticReports.KvOffload());
        Assert.Equal(["Read", "Write"], drawing.Panels.Select(panel => panel.Name));
        Assert.Equal(["GiB/s", "MiB/s"], drawing.Panels.Select(panel => panel.YLabel));
        Assert.Equal([false, true], drawing.Panels.Select(panel => panel.Y.IsLog));
    }

    [Fact]
    public void Heatmap_cells_add_up_to_the_sectors_read_and_gaps_are_marked()
    {
        TraceReport report = SyntheticReports.KvOffload();
        DeviceReport device = report.Devices[0];
        var grid = SectorTimeGrid.Of(device.Space!, device.SectorTime[0], report.Time);

        double sectors = grid.Values.Select((row, i) => row.Sum(value => (double)value) * grid.Layout.CoveredSectors(i)).Sum();
        Assert.Equal(1, sectors / device.Operations[0].SectorAccess!.AccessedSectors, 1e-5);
        Assert.Equal(2, grid.Layout.Gaps.Length);
        FigureDrawing drawing = Draw("heatmap-read", report);
        Assert.Equal("Offset (2 gaps cut out)", drawing.Panels[0].YLabel);
        Assert.Equal(["1024 GiB", "1100.3 GiB", "2500 GiB"], drawing.Panels[0].Y.Ticks.Select(tick => tick.Label).Where(label => label[0] != '+'));
        Assert.IsType<GapLayer>(drawing.Panels[0].Layers[0]);
        Assert.IsType<RasterLayer>(drawing.Panels[0].Layers[1]);
    }

    [Fact]
    public void Heatmap_rows_that_are_missing_or_cut_short_are_blank()
    {
        var space = new SpaceAxis(8, [0, 8, 16]);
        var grid = SectorTimeGrid.Of(space, new SectorTimeResult(OperationClass.Read, new TimeBinning(0, 10, 4), [[8, 0, 4], []]), new TimeBinning(0, 10, 4));
        Assert.Equal([1f, 0f, 0.5f, 0f], grid.Values[0]);
        Assert.Equal([0f, 0f, 0f, 0f], grid.Values[1]);
        Assert.Equal([0f, 0f, 0f, 0f], grid.Values[2]);
    }

    [Fact]
    public void Space_keeps_small_gaps_cuts_large_ones_and_merges_rows()
    {
        long[] starts = [0, 8, 24, 8_000_000, 8_000_008];
        var layout = SpaceLayout.Of(new SpaceAxis(8, starts), 100);
        Assert.Equal([0, 8, 16, 24, 8_000_000, 8_000_008], layout.RowStartSectors);
        Assert.Equal([(0, 4), (4, 2)], layout.Segments);
        Assert.Equal([0, 1, 3, 4, 5], Enumerable.Range(0, 5).Select(layout.RowOfSource));
        Assert.Equal((0.0, 1.0), (layout.Low[0], layout.High[^1]));
        Assert.Equal((layout.High[3], layout.Low[4]), layout.Gaps[0]);
        Assert.True(layout.Gaps[0].High > layout.Gaps[0].Low);

        var merged = SpaceLayout.Of(new SpaceAxis(8, starts), 3);
        Assert.Equal(16, merged.RowSectors);
        Assert.Equal([0, 16, 8_000_000], merged.RowStartSectors);
        Assert.Equal([16.0, 8.0, 16.0], Enumerable.Range(0, 3).Select(merged.CoveredSectors));
    }

    [Fact]
    public void A_segment_too_small_to_be_seen_is_stretched()
    {
        long[] starts = [.. Enumerable.Range(0, 200).Select(row => row * 8L), 1_000_000, .. Enumerable.Range(0, 50).Select(row => 2_000_000 + (row * 8L))];
        var layout = SpaceLayout.Of(new SpaceAxis(8, starts), 256);
        Assert.Equal(3, layout.Segments.Length);
        Assert.Equal(0.0143, layout.High[200] - layout.Low[200], 1e-9); // 1.5 points of a heatmap
        Assert.Equal(layout.High[0] - layout.Low[0], layout.High[250] - layout.Low[250], 1e-9);
        Assert.Equal((0.0, 1.0), (layout.Low[0], layout.High[^1]));

        // 300 of them cannot all have that much; none goes beyond the axis or disappears.
        var many = SpaceLayout.Of(SyntheticReports.ManyGaps().Devices[0].Space!, 1000);
        Assert.All(many.Low.Zip(many.High), row => Assert.True(row.First < row.Second));
        Assert.Equal(many.Low.Order(), many.Low);
        Assert.Equal(1.0, many.High[^1]);
    }

    [Theory]
    [InlineData("2304 MiB|2320 MiB|2336 MiB", 2304, 2320, 2336)]
    [InlineData("34 MiB|2080 MiB|3840 MiB", 34, 2080, 3840)]
    [InlineData("24 MiB|1024 MiB", 24, 1024)]
    [InlineData("1 GiB|2 GiB|16.5 GiB", 1024, 2048, 16_896)]
    public void Offsets_are_round_in_their_unit(string labels, params int[] startsMiB)
    {
        long[] starts = [.. startsMiB.SelectMany(start => new[] { 0, 1, 2, 3 }.Select(row => (start + row) * 2048L))];
        Tick[] ticks = SpaceLayout.Of(new SpaceAxis(2048, starts), 256).Ticks(210, _ => FigureDrawing.TextSize);
        Assert.Equal(labels, string.Join('|', ticks.Select(tick => tick.Label).Where(label => label[0] != '+')));
    }

    [Fact]
    public void A_device_that_fell_silent_early_has_no_cells_below_what_paper_shows()
    {
        // 16 of 90 seconds in 320 columns: drawn on a sixth of the axis.
        var axis = new TimeBinning(0, 100_000_000, 900);
        var columns = new TimeBinning(0, 50_000_000, 320);
        long[] row = [.. Enumerable.Repeat(8L, 320)];
        var grid = SectorTimeGrid.Of(new SpaceAxis(8, [0]), new SectorTimeResult(OperationClass.Read, columns, [row]), axis);
        Assert.Equal(80, grid.Columns.Count);
        Assert.Equal(320, grid.Values[0].Sum());
        Assert.Equal(320, SectorTimeGrid.Of(new SpaceAxis(8, [0]), new SectorTimeResult(OperationClass.Read, columns, [row]), columns).Columns.Count);
    }

    [Fact]
    public void Percentile_lines_of_merged_columns_come_from_their_histograms()
    {
        var columns = new TimeBinning(0, 10, 200);
        long[]?[] counts = [.. Enumerable.Range(0, 200).Select(column => column < 100 ? null : column % 2 == 0 ? new long[] { 99, 0 } : new long[] { 0, 1 })];
        var latency = new LatencyOverTime(columns, [1_000, 8_000], 500, counts, new double[200], new double[200], new long[200], 0.01);
        var lines = LatencyLines.Of(latency, columns);

        Assert.Equal(100, lines.Columns.Count);
        Assert.All(lines.P50Ns[..50], value => Assert.True(double.IsNaN(value)));
        Assert.All(lines.P50Ns[50..], value => Assert.Equal(500 * Math.Pow(2, 50 / 99.0), value, 1e-6));
        Assert.All(lines.P99Ns[50..], value => Assert.Equal(1_000, value, 1e-6));

        var few = LatencyLines.Of(latency with { Columns = columns with { Count = 2 }, P50Ns = [0, 7], P99Ns = [0, 9] }, columns with { Count = 2 });
        Assert.Equal([double.NaN, 7], few.P50Ns);
        Assert.Equal([double.NaN, 9], few.P99Ns);
    }

    [Fact]
    public void A_colour_bar_has_ticks_to_read_even_a_lone_value_by()
    {
        float[][] lone = [[0, 0.0012f]];
        Assert.Equal(["0.0005", "0.001", "0.002"], Labels(ColorScale.For(lone, "")));
        float[][] wide = [[1f, 0.00001f]];
        Assert.Equal(["0.0001", "0.001", "0.01", "0.1", "1"], Labels(ColorScale.For(wide, "")));

        static IEnumerable<string> Labels(ColorScale colors) => colors.Axis.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label);
    }

    [Fact]
    public void Access_map_has_mean_and_greatest_count_and_nothing_where_nothing_was_touched()
    {
        SectorAccessResult access = SyntheticReports.OneRequest().Devices[0].Operations[0].SectorAccess! with
        {
            RowAccessedSectors = [30, 10, 0],
            RowTouchedSectors = [10, 10], // cut short
            RowMaxAccesses = [7, 1, 0],
        };
        (double[] mean, double[] max) = AccessMapFigure.Compute(access, SpaceLayout.Of(new SpaceAxis(16, [0, 16, 32]), 10));
        Assert.Equal([3.0, 1.0, double.NaN], mean);
        Assert.Equal([7.0, 1.0, double.NaN], max);
    }

    [Fact]
    public void Access_cdf_is_the_cumulated_share_of_sectors()
    {
        SectorAccessResult access = SyntheticReports.OneRequest().Devices[0].Operations[0].SectorAccess! with { Distribution = [new(1, 5), new(3, 10), new(9, 5)] };
        Assert.Equal([(1, 0.25), (3, 0.75), (9, 1.0)], AccessCdfFigure.Compute(access));
        Assert.Equal("0", Draw("access-cdf", SyntheticReports.KvOffload()).X.Ticks[0].Label);
    }

    [Fact]
    public void Lorenz_curve_is_the_reports_and_its_legend_has_the_gini_coefficient()
    {
        TraceReport report = SyntheticReports.KvOffload();
        SectorAccessResult access = report.Devices[0].Operations[0].SectorAccess!;
        FigureDrawing drawing = Draw("lorenz", report);
        CurveLayer[] curves = [.. drawing.Panels[0].Layers.Cast<CurveLayer>()];
        Assert.Equal(access.Lorenz.Select(point => (point.SectorShare, point.AccessShare)), curves[1].Points.Select(point => (point.X, point.Y)));
        Assert.Equal("Read, Gini 0.222", drawing.Legend[0].Text);
    }

    [Fact]
    public void Latency_curve_goes_from_minimum_to_maximum()
    {
        LatencyStatistics statistics = SyntheticReports.OneRequest().Devices[0].Operations[0].Latency!.D2C! with
        {
            MinNs = 90,
            MaxNs = 500,
            Buckets = [new(100, 90), new(200, 9), new(512, 1)],
        };
        Assert.Equal([(90, 0), (100, 0.9), (200, 0.99), (500, 1.0)], LatencyPercentilesFigure.Compute(statistics));
    }

    [Fact]
    public void Percentiles_stand_a_decade_of_slower_requests_apart()
    {
        Assert.Equal(1, PercentileScale.Map(0.9, 5), 1e-9);
        Assert.Equal(3, PercentileScale.Map(0.999, 5), 1e-9);
        Assert.Equal(5, PercentileScale.Map(1, 5));
        Assert.Equal(["90 %", "99 %", "99.9 %", "50 %"], PercentileScale.For(5_000, 180).Ticks.Select(tick => tick.Label));
    }

    [Fact]
    public void Latency_cells_add_up_to_the_requests()
    {
        TraceReport report = SyntheticReports.KvOffload();
        foreach (OperationReport operation in report.Devices[0].Operations)
        {
            LatencyGrid grid = LatencyGrid.Of(operation.Latency!.OverTime, report.Time)!;
            Assert.Equal(1, grid.Values.Sum(row => row.Sum(value => (double)value)) / operation.Overview.Requests, 1e-4);
            Assert.InRange(grid.HighLog10, Math.Log10(operation.Latency.D2C!.MaxNs), Math.Log10(operation.Latency.D2C.MaxNs) + 0.03);
        }
    }

    [Fact]
    public void Queue_depth_shows_the_greatest_depth_and_the_mean()
    {
        TraceReport report = SyntheticReports.KvOffload();
        QueueDepthResult depth = report.Devices[0].QueueDepth!;
        PlotPanel panel = Draw("queue-depth", report).Panels[0];
        Assert.Equal(depth.MaxDepth, ((StepLayer)panel.Layers[0]).Values.Max());
        Assert.InRange(((StepLayer)panel.Layers[1]).Values.Average(), depth.MeanDepth * 0.97, depth.MeanDepth * 1.03);
    }

    [Theory]
    [InlineData(0, 25.5, 370, "0 s|5 s|10 s|15 s|20 s|25 s")]
    [InlineData(0, 1485, 370, "0 min|5 min|10 min|15 min|20 min")]
    [InlineData(0, 14_400, 370, "0 h|1 h|2 h|3 h|4 h")]
    [InlineData(0, 0.5, 285, "0 ms|200 ms|400 ms")]
    [InlineData(0, 3e-9, 370, "0 ns|1 ns|2 ns|3 ns")]
    public void Times_have_one_unit_an_axis(double from, double to, float length, string labels) =>
        Assert.Equal(labels, string.Join('|', TimeScale.Create(from, to, length).Ticks.Select(tick => tick.Label)));

    [Theory]
    [InlineData(70e3, 95e3, "60 µs|80 µs|100 µs|120 µs")]
    [InlineData(110e3, 300e3, "100 µs|200 µs|300 µs")]
    [InlineData(20e3, 3e6, "100 µs|1 ms")]
    public void Logarithmic_axes_have_labels_whatever_their_range(double min, double max, string labels) =>
        Assert.Equal(labels, string.Join('|', LogScale.Around(min, max, Units.Duration, about: 5).Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label)));

    [Theory]
    [InlineData(-0.0, "0")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.0001234, "0.000123")]
    [InlineData(0.00001, "10⁻⁵")]
    [InlineData(0.0000025, "2.5×10⁻⁶")]
    [InlineData(12_345, "12345")]
    public void Numbers_are_written_as_people_do(double value, string text) => Assert.Equal(text, TickText.Number(value));

    [Theory]
    [InlineData(128 << 10, "32 KiB|64 KiB|128 KiB|256 KiB|512 KiB")]
    [InlineData(36 << 10, "9 KiB|18 KiB|36 KiB|72 KiB|144 KiB")]
    [InlineData(512, "128 B|256 B|512 B|1 KiB|2 KiB")]
    public void A_lone_size_has_a_tick_in_the_middle(long bytes, string labels)
    {
        AxisScale scale = SizeScale.Around(bytes, bytes, bytes);
        Assert.Equal(labels, string.Join('|', scale.Ticks.Select(tick => tick.Label)));
        Assert.Equal(SizeScale.Map(bytes), (scale.Min + scale.Max) / 2, 1e-9);
        Assert.Equal(SizeScale.Map(bytes), scale.Ticks[2].Position, 1e-9);
    }

    [Fact]
    public void Equal_shares_are_said_once_so_that_the_line_fits()
    {
        PlotPanel panel = Draw("request-sizes", SyntheticReports.OneRequest()).Panels[0];
        Assert.Equal("dominant 4 KiB: 100 % of requests and bytes", panel.Summary);
    }

    [Fact]
    public void Sizes_label_the_dominating_size()
    {
        AxisScale scale = SizeScale.Around(512, 64 << 20, 128 << 10);
        Assert.Contains(scale.Ticks, tick => tick.Label == "128 KiB" && tick.Position == 17);
        Assert.InRange(scale.Ticks.Count(tick => tick.IsMajor), 4, 7);
    }

    [Fact]
    public void A_long_name_gives_way_and_the_facts_stay()
    {
        TraceReport report = SyntheticReports.HostileName();
        string title = FigureTitle.Of(new FigureContext(report, report.Devices[0]));
        Assert.EndsWith(" · device 259,0 · counted at issue", title, StringComparison.Ordinal);
        Assert.Contains('…', title);
        Assert.True(FigureFont.Measure(title, FigureDrawing.TitleSize) <= FigureDrawing.ColumnWidth);
        Assert.DoesNotContain(title, char.IsControl);
    }

    private static FigureDrawing Draw(string name, TraceReport report)
    {
        FigureResult result = TraceSections.Figures.Single(figure => figure.Name == name).Draw(new FigureContext(report, report.Devices[0]));
        Assert.Null(result.Reason);
        return result.Drawing!;
    }
}
