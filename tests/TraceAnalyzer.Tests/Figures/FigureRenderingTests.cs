using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Xml.Linq;
using SkiaSharp;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Drawing;
using TraceAnalyzer.Reporting.Figures.Layers;
using TraceAnalyzer.Reporting.Figures.Trace;
using TraceAnalyzer.Reporting.Sections;
using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Tests.Figures;

public sealed class FigureRenderingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("figures-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(SyntheticReports.Names), MemberType = typeof(SyntheticReports))]
    public void Every_figure_is_written_or_says_why_not(string name)
    {
        // FIGURES_FOLDER keeps the pictures for looking at them.
        string folder = Environment.GetEnvironmentVariable("FIGURES_FOLDER") is { } keep ? Directory.CreateDirectory(Path.Combine(keep, name)).FullName : _folder;
        IReadOnlyList<FigureFile> files = Write(SyntheticReports.All[name](), folder);

        Assert.NotEmpty(files);
        foreach (FigureFile file in files)
        {
            Assert.True(file.FileName == null ^ file.Reason == null, file.ToString());
            if (file.FileName == null)
                continue;
            using var picture = SKBitmap.Decode(Path.Combine(folder, file.FileName));
            Assert.True(HasInk(picture), file.FileName);
            Assert.False(TouchesEdge(picture), $"{file.FileName} is clipped");
        }

        Assert.Equal(files.Where(file => file.FileName != null).Select(file => file.FileName!).Order(StringComparer.Ordinal), Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("kv-offload", FigureFormat.Png)]
    [InlineData("many-gaps", FigureFormat.Svg)]
    public void The_same_report_gives_the_same_bytes(string name, FigureFormat format)
    {
        TraceReport report = SyntheticReports.All[name]();
        var options = new FigureOptions { Format = format };
        string other = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        foreach (FigureFile file in FigureWriter.WriteAll(report, _folder, options, TestContext.Current.CancellationToken))
            Assert.NotNull(file.FileName);
        FigureWriter.WriteAll(report, other, options, TestContext.Current.CancellationToken);

        foreach (string path in Directory.GetFiles(other))
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(_folder, Path.GetFileName(path))));
    }

    [Fact]
    public void A_comma_decimal_culture_changes_nothing()
    {
        TraceReport report = SyntheticReports.ManySizes();
        byte[][] Render() => [.. Drawings(report).Select(FigureEncoder.ToSvg)];
        byte[][] invariant = Render();
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal("1,5", 1.5.ToString(CultureInfo.CurrentCulture));
            Assert.Equal(invariant, Render());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [MemberData(nameof(SyntheticReports.Names), MemberType = typeof(SyntheticReports))]
    public void Svg_is_well_formed_and_has_its_size_and_text(string name)
    {
        foreach (FigureDrawing drawing in Drawings(SyntheticReports.All[name]()))
        {
            var svg = XDocument.Parse(Encoding.UTF8.GetString(FigureEncoder.ToSvg(drawing)));
            // ScottPlot draws a new plot twice if it is let, which makes labels bold.
            IEnumerable<string> labels = svg.Descendants().Where(element => element.Name.LocalName == "text")
                .Select(element => $"{element.Attribute("transform")?.Value} {element.Attribute("x")!.Value} {element.Attribute("y")!.Value} {element.Value}");
            Assert.Equal(labels.Distinct(), labels);
            Assert.EndsWith("pt", svg.Root!.Attribute("width")!.Value, StringComparison.Ordinal);
            Assert.Contains(svg.Descendants(), element => element.Name.LocalName == "text" && element.Attribute("font-family")!.Value == "DejaVu Sans, sans-serif");
        }
    }

    [Fact]
    public void Png_has_the_size_and_resolution_asked_for()
    {
        FigureDrawing drawing = Drawings(SyntheticReports.OneRequest()).First();
        byte[] png = FigureEncoder.ToPng(drawing, 300);

        using var picture = SKBitmap.Decode(png);
        Assert.Equal((1000, (int)MathF.Round(drawing.Height * 300 / 144)), (picture.Width, picture.Height));
        Assert.Equal("pHYs"u8, png.AsSpan(37, 4));
        Assert.Equal(11811u, BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(41)));
        // The checksum of the well-known 300 dpi chunk.
        Assert.Equal(0x78A53F76u, BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(50)));
    }

    [Theory]
    [InlineData(71)]
    [InlineData(1201)]
    public void A_resolution_out_of_range_is_refused(int dpi) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FigureWriter.WriteAll(SyntheticReports.OneRequest(), _folder, new FigureOptions { Dpi = dpi }, TestContext.Current.CancellationToken));

    [Fact]
    public void Cancelling_leaves_no_half_written_file()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => FigureWriter.WriteAll(SyntheticReports.OneRequest(), _folder, new FigureOptions(), cancel.Token));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_io_error() =>
        Assert.Throws<DirectoryNotFoundException>(() => Write(SyntheticReports.OneRequest(), Path.Combine(_folder, "missing")));

    [Fact]
    public void Devices_with_data_have_files_of_their_own()
    {
        IReadOnlyList<FigureFile> files = Write(SyntheticReports.TwoDevices(), _folder);
        Assert.Equal(["253,0", "259,1"], files.Select(file => file.Device).Distinct());
        Assert.Contains(files, file => file.FileName == "bandwidth-253-0.png");
        Assert.Contains(files, file => file.FileName == "bandwidth-259-1.png");
    }

    [Fact]
    public void Every_figure_of_an_empty_report_has_a_reason()
    {
        IReadOnlyList<FigureFile> files = Write(SyntheticReports.All["empty"](), _folder);
        Assert.Equal(TraceSections.Figures.Select(figure => figure.Name), files.Select(file => file.Figure));
        Assert.All(files, file => Assert.Equal("no requests were counted", file.Reason));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Missing_latencies_and_writes_are_named_as_reasons()
    {
        IReadOnlyList<FigureFile> issueOnly = Write(SyntheticReports.IssueOnly(), _folder);
        Assert.Equal("the trace has no completions", Reason(issueOnly, "queue-depth"));
        Assert.Equal(LatencyPercentilesFigure.NoLatency, Reason(issueOnly, "latency-percentiles"));
        Assert.Equal(LatencyPercentilesFigure.NoLatency, Reason(issueOnly, "latency-heatmap"));
        Assert.Equal("no writes were counted", Reason(Write(SyntheticReports.ModelOffload(), _folder), "heatmap-write"));
    }

    [Fact]
    public void A_device_without_the_counted_action_says_what_to_count()
    {
        const string Hint = "no issue events on this device; count queue events with --action queue";
        TraceReport report = SyntheticReports.OneRequest();
        ActionCount[] actions = [new("queue", "Q", 5), new("complete", "C", 5)];
        DeviceReport bio = report.Devices[0] with { Actions = actions, Operations = [], Reuse = null, Space = null, SectorTime = [] };

        IReadOnlyList<FigureFile> files = Write(report with { Devices = [bio] }, _folder);
        Assert.NotNull(files.Single(file => file.Figure == "queue-depth").FileName);
        Assert.All(files.Where(file => file.Figure != "queue-depth"), file => Assert.Equal(Hint, file.Reason));

        files = Write(report with { Devices = [bio with { QueueDepth = null }] }, _folder);
        Assert.All(files, file => Assert.Equal(Hint, file.Reason));

        // Where there are issue events, it is a filter that left nothing.
        DeviceReport filtered = bio with { Actions = [.. actions, new("issue", "D", 5)] };
        Assert.Equal("no reads or writes were counted", Reason(Write(report with { Devices = [filtered] }, _folder), "bandwidth"));
    }

    [Fact]
    public void Two_small_writes_on_a_large_device_are_seen()
    {
        FigureDrawing drawing = Drawing("heatmap-write", SyntheticReports.FewWrites());
        float[][] values = drawing.Panels[0].Layers.OfType<RasterLayer>().Single().Values;
        Assert.Equal(2, values.Sum(row => row.Count(value => value > 0)));

        // Skia writes fills of figures as attributes; only grey, white and the color bar's 12 units wide ones are besides.
        var svg = XDocument.Parse(Encoding.UTF8.GetString(FigureEncoder.ToSvg(drawing)));
        var marks = svg.Descendants().Where(element => element.Name.LocalName == "rect").Select(element => (Width: Size(element, "width"), Height: Size(element, "height"))).Where(size => size.Width < 12).ToList();
        Assert.Equal(2, marks.Count);
        Assert.All(marks, mark => Assert.True(mark.Width > 2.99f && mark.Height > 2.99f, $"{mark}"));

        // A full map has none.
        svg = XDocument.Parse(Encoding.UTF8.GetString(FigureEncoder.ToSvg(Drawing("heatmap-read", SyntheticReports.KvOffload()))));
        Assert.DoesNotContain(svg.Descendants(), element => element.Name.LocalName == "rect" && Size(element, "width") < 12);

        static float Size(XElement element, string name) => float.Parse(element.Attribute(name)?.Value.TrimEnd('%') ?? "100", CultureInfo.InvariantCulture);
    }

    private static FigureDrawing Drawing(string name, TraceReport report) =>
        TraceSections.Figures.Single(figure => figure.Name == name).Draw(new FigureContext(report, report.Devices[0])).Drawing!;

    private static string? Reason(IReadOnlyList<FigureFile> files, string figure) => files.Single(file => file.Figure == figure).Reason;

    private static IReadOnlyList<FigureFile> Write(TraceReport report, string folder) =>
        FigureWriter.WriteAll(report, folder, new FigureOptions(), TestContext.Current.CancellationToken);

    private static IEnumerable<FigureDrawing> Drawings(TraceReport report) =>
        report.Devices.SelectMany(device => TraceSections.Figures.Select(figure => figure.Draw(new FigureContext(report, device)).Drawing)).OfType<FigureDrawing>();

    private static bool HasInk(SKBitmap picture) => picture.Pixels.Any(pixel => pixel != SKColors.White);

    private static bool TouchesEdge(SKBitmap picture)
    {
        for (int x = 0; x < picture.Width; x++)
        {
            if (picture.GetPixel(x, 0) != SKColors.White || picture.GetPixel(x, picture.Height - 1) != SKColors.White)
                return true;
        }

        for (int y = 0; y < picture.Height; y++)
        {
            if (picture.GetPixel(0, y) != SKColors.White || picture.GetPixel(picture.Width - 1, y) != SKColors.White)
                return true;
        }

        return false;
    }
}
