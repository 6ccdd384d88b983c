using System.Globalization;
using System.Text.Json;
using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Figures;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Tests.Runs;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tests.Html;

/// <summary>The page in a real browser, as a reader uses it.</summary>
[Trait("Kind", "capture")]
[Trait("Kind", "browser")]
public sealed class ReportPageTests(Chromium browser) : IClassFixture<Chromium>, IDisposable
{
    private static readonly Lazy<TraceReport> s_run = new(() => RunAnalysis.Of(RunCaptures.Repository("flexgen/kv-offload-omp1")));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("kv-offload")]
    [InlineData("issue-only")]
    [InlineData("empty")]
    [InlineData("one-write")]
    [InlineData("nanoseconds")]
    [InlineData("two-devices")]
    public async Task It_opens_without_complaints_and_without_the_network(string name)
    {
        string path = ReportPages.Write(SyntheticReports.All[name](), _folder.Path);
        await using ChromiumPage page = await browser.OpenAsync(path);

        Assert.Empty(page.Complaints);
        Assert.All(page.Requests, address => Assert.True(
            address == new Uri(path).AbsoluteUri || address.StartsWith("data:image/", StringComparison.Ordinal), address));
        Assert.True((await page.EvaluateAsync("[...document.images].every(image => image.naturalWidth > 0)")).GetBoolean());
        if (name != "empty")
            Assert.StartsWith("Shown: ", await page.TextAsync("#shown"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_names_stay_text()
    {
        await using ChromiumPage page = await browser.OpenAsync(ReportPages.Write(ReportPages.Hostile(), _folder.Path));

        Assert.Empty(page.Complaints);
        Assert.NotEqual("owned", (await page.EvaluateAsync("document.title")).GetString());
        Assert.Equal(0, (await page.EvaluateAsync("document.querySelectorAll('svg:not(.glance svg), img[src=x], [onerror], [onload], [onmouseover]').length")).GetInt32());
        string[] rows = (await page.EvaluateAsync("[...document.querySelectorAll('table[data-file^=processes] tbody th')].map(cell => cell.textContent)")).Deserialize<string[]>()!;
        Assert.Equal(ReportPages.HostileNames.Select(PrintableText.Of), rows);
        // The device's name went through the script.
        Assert.Equal(string.Concat(ReportPages.HostileNames.Select(PrintableText.Of)), (await page.EvaluateAsync("document.querySelector('#device').options[0].label")).GetString());
    }

    [Fact]
    public async Task Pointing_reads_the_values_of_known_bins_and_cells()
    {
        await using ChromiumPage page = await browser.OpenAsync(ReportPages.Write(SampleReport.Full(), _folder.Path));

        // Bins of 0.5 s: 384 KiB in three requests, nothing, 128 KiB in one.
        await ChartPlace.PointAsync(page, "timeline", 1 / 6.0, 0.5);
        Assert.Equal("0.00 s to 0.50 s (prefill and decode 1): read 384 KiB (768 KiB/s) in 3 requests (6/s); GPU 0 20 %; GPU 1 40 %.", await page.TextAsync("#timeline-reading"));
        await ChartPlace.PointAsync(page, "timeline", 5 / 6.0, 0.5);
        Assert.Equal("1.00 s to 1.50 s: read 128 KiB (256 KiB/s) in 1 request (2/s).", await page.TextAsync("#timeline-reading"));

        // Rows of 256 sectors from below; the third follows a gap.
        await ChartPlace.PointAsync(page, "heatmap", 5 / 6.0, 5 / 6.0);
        Assert.Equal("Sectors 0 to 255 (128 KiB from 0 B on), 1.00 s to 1.50 s: 512 sectors read (256 KiB), each 2 times on average. They hold layers.0.k_cache (t_0).", await page.TextAsync("#heatmap-reading"));
        await ChartPlace.PointAsync(page, "heatmap", 3 / 6.0, 1 / 6.0);
        Assert.Equal(
            "Sectors 8,589,934,592 to 8,589,934,847 (128 KiB from 4 TiB on), 0.50 s to 1.00 s (prefill and decode 1): 7 sectors read (3.5 KiB), each 0.027 times on average. No known file maps to these sectors.",
            await page.TextAsync("#heatmap-reading"));

        await ChartPlace.PointAsync(page, "heatmap", 1 / 6.0, 5 / 6.0);
        const string InFirstCell = "Sectors 0 to 255 (128 KiB from 0 B on), 0.00 s to 0.50 s (prefill and decode 1): ";
        Assert.StartsWith(
            InFirstCell + "256 sectors read (128 KiB), each once on average; 8 sectors written (4 KiB), each 0.031 times on average.",
            await page.TextAsync("#heatmap-reading"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Layers_read_out_their_bytes_and_every_chart_follows_the_filter()
    {
        await using ChromiumPage page = await browser.OpenAsync(ReportPages.Write(SampleReport.Full(), _folder.Path));

        await ChartPlace.PointAsync(page, "layers", 1 / 6.0, 0.5);
        Assert.Equal(
            "Layer 0, 0.00 s to 0.50 s (prefill and decode 1): 128 KiB read (131,072 bytes); 4 KiB written (4,096 bytes).", await page.TextAsync("#layers-reading"));
        await ChartPlace.PointAsync(page, "layers", 3 / 6.0, 0.5);
        Assert.Equal("Layer 0, 0.50 s to 1.00 s (prefill and decode 1): nothing.", await page.TextAsync("#layers-reading"));

        await page.EvaluateAsync("document.querySelector('input[value=write]').click()");
        await page.NextFrameAsync();
        await ChartPlace.PointAsync(page, "layers", 1 / 6.0, 0.5);
        Assert.EndsWith(": 4 KiB written (4,096 bytes).", await page.TextAsync("#layers-reading"), StringComparison.Ordinal);
        await ChartPlace.PointAsync(page, "heatmap", 1 / 6.0, 5 / 6.0);
        Assert.Contains(": 8 sectors written (4 KiB), each", await page.TextAsync("#heatmap-reading"), StringComparison.Ordinal);
        await ChartPlace.PointAsync(page, "timeline", 1 / 6.0, 0.5);
        Assert.Equal("0.00 s to 0.50 s (prefill and decode 1): GPU 0 20 %; GPU 1 40 %.", await page.TextAsync("#timeline-reading"));
        await page.EvaluateAsync("document.querySelector('input[value=read]').click()");
        await page.NextFrameAsync();
        await ChartPlace.PointAsync(page, "heatmap", 1 / 6.0, 5 / 6.0);
        Assert.Contains(": 256 sectors read (128 KiB), each once on average.", await page.TextAsync("#heatmap-reading"), StringComparison.Ordinal);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Another_device_has_its_own_numbers()
    {
        TraceReport report = SyntheticReports.TwoDevices();
        await using ChromiumPage page = await browser.OpenAsync(ReportPages.Write(report, _folder.Path));

        foreach (DeviceReport device in report.Devices)
        {
            await page.EvaluateAsync($$"""
                (() => {
                  const choice = document.querySelector('#device');
                  choice.value = [...choice.options].findIndex(option => option.label === '{{device.Device}}');
                  choice.dispatchEvent(new Event('change'));
                })()
                """);
            await page.NextFrameAsync();
            string shown = await page.TextAsync("#shown");
            foreach (OperationReport operation in device.Operations.Where(operation => operation.Scope == OperationScope.Class && operation.Name is "read" or "write"))
                Assert.Contains($"{(operation.Name == "read" ? "read" : "written")} {Units.Bytes(operation.Overview.Bytes)} (", shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_run_reads_out_token_GPU_tensor_and_layer_as_its_report_has_them()
    {
        TraceReport report = s_run.Value;
        RunReport run = report.Run!;
        await using ChromiumPage page = await browser.OpenAsync(ReportPages.Write(report, _folder.Path));

        // The middle of a decoding step, a cell of a layer, and a sector of a layer's keys; none at an edge, see above.
        SpanUseReport token = run.Tokens[10];
        double middleNs = ((token.StartNs + token.EndNs) / 2.0) - report.Time.OriginNs;
        ChartPlace place = await ChartPlace.OfAsync(page, "timeline");
        await page.MoveAsync(place.X(middleNs), place.Top + 30);
        Assert.Contains("(decode 10)", await page.TextAsync("#timeline-reading"), StringComparison.Ordinal);
        Assert.Matches("; GPU [0-9.]+ %\\.$", await page.TextAsync("#timeline-reading"));

        (long Bytes, int Layer, int Column) most = (from layer in Enumerable.Range(8, 16)
                                                    from column in Enumerable.Range(run.Layers!.Columns.Count / 4, run.Layers.Columns.Count / 2)
                                                    select (run.Layers!.ReadBytes[layer][column], layer, column)).Max();
        double cellNs = run.Layers!.Columns.OriginNs - report.Time.OriginNs + ((most.Column + 0.5) * run.Layers.Columns.WidthNs);
        await page.EvaluateAsync("document.querySelector('input[value=read]').click()");
        double columnNs = run.Layers.Columns.WidthNs;
        place = await ChartPlace.OfAsync(page, "layers");
        await page.DragAsync((place.X(cellNs - (4 * columnNs)), place.Y(most.Layer - 2)), (place.X(cellNs + (4 * columnNs)), place.Y(most.Layer + 3)));
        place = await ChartPlace.OfAsync(page, "layers");
        Assert.InRange(place.View[3] - place.View[2], 4, 7);
        await page.MoveAsync(place.X(cellNs), place.Y(most.Layer + 0.5));
        Assert.Matches(string.Create(CultureInfo.InvariantCulture, $"^Layer {most.Layer}, .* read \\({most.Bytes:N0} bytes\\)"), await page.TextAsync("#layers-reading"));

        await page.KeyAsync("0", "0");
        TensorPlace keys = run.Places.Where(at => run.Tensors[at.Tensor].Tensor == "layers.16.k_cache").MaxBy(at => at.Sectors)!;
        long sector = keys.FirstSector + (keys.Sectors / 2);
        SpaceAxis space = report.Devices[0].Space!;
        int row = (await page.EvaluateAsync(string.Create(CultureInfo.InvariantCulture,
            $"JSON.parse(document.querySelector('#data').textContent).devices[0].rowStarts.findLastIndex(start => Number(start) <= {sector})"))).GetInt32();
        place = await ChartPlace.OfAsync(page, "heatmap");
        await page.DragAsync((place.X(middleNs) - 30, place.Y(row + 0.5) + 20), (place.X(middleNs) + 30, place.Y(row + 0.5) - 20));
        place = await ChartPlace.OfAsync(page, "heatmap");
        await page.MoveAsync(place.X(middleNs), place.Y(row + 0.5));
        Assert.Contains($"layers.16.k_cache ({run.Tensors[keys.Tensor].File})", await page.TextAsync("#heatmap-reading"), StringComparison.Ordinal);
        Assert.InRange(sector, space.RowStartSectors[0], space.RowStartSectors[^1] + space.RowSectors);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task The_wheel_zooms_to_single_bins_and_cells_in_both_charts()
    {
        TraceReport report = SyntheticReports.KvOffload();
        await using ChromiumPage page = await browser.OpenAsync(ReportPages.Write(report, _folder.Path));
        OperationReport read = report.Devices[0].Operations.Single(operation => operation.Scope == OperationScope.Class && operation.Name == "read");
        int bin = Array.IndexOf(read.Throughput.Bytes, read.Throughput.Bytes.Max());
        double binNs = (bin + 0.5) * report.Time.WidthNs;

        // An unfocused chart lets the page scroll.
        double[] whole = await ChartPlace.ViewAsync(page, "timeline");
        ChartPlace place = await ChartPlace.OfAsync(page, "timeline");
        await page.WheelAsync(place.X(binNs), place.Top + 5, -100);
        Assert.Equal(whole, await ChartPlace.ViewAsync(page, "timeline"));
        await page.EvaluateAsync("document.querySelector('#timeline').focus({ preventScroll: true })");
        for (int turn = 0; turn < 25; turn++)
            await page.WheelAsync((await ChartPlace.OfAsync(page, "timeline")).X(binNs), place.Top + 5, -200);
        double[] zoomed = await ChartPlace.ViewAsync(page, "timeline");
        Assert.InRange(binNs, zoomed[0], zoomed[1]);
        Assert.InRange(zoomed[1] - zoomed[0], 0, 20.0 * report.Time.WidthNs);
        Assert.Equal(zoomed, await ChartPlace.ViewAsync(page, "heatmap"));

        await page.MoveAsync((await ChartPlace.OfAsync(page, "timeline")).X(binNs), place.Top + 5);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"in {read.Throughput.Requests[bin]:N0} requests"), await page.TextAsync("#timeline-reading"), StringComparison.Ordinal);

        // Now a cell: the one with most accesses, but none at the edge, which a pixel beside the mark would put out of sight.
        await page.KeyAsync("0", "0");
        Assert.Equal(whole, await ChartPlace.ViewAsync(page, "timeline"));
        SectorTimeResult map = report.Devices[0].SectorTime.Single(result => result.Class == OperationClass.Read);
        (int row, int column, long value) = (from r in Enumerable.Range(map.Rows.Length / 4, map.Rows.Length / 2)
                                             from c in Enumerable.Range(0, map.Rows[r].Length)
                                             where c > map.Columns.Count / 4 && c < map.Columns.Count * 3 / 4
                                             select (r, c, map.Rows[r][c])).MaxBy(cell => cell.Item3);
        long start = report.Devices[0].Space!.RowStartSectors[row], sectors = report.Devices[0].Space!.RowSectors;
        int pageRow = (await page.EvaluateAsync($"JSON.parse(document.querySelector('#data').textContent).devices[0].rowStarts.indexOf('{start}')")).GetInt32();
        double cellNs = map.Columns.OriginNs - report.Time.OriginNs + ((column + 0.5) * map.Columns.WidthNs);
        await page.EvaluateAsync("document.querySelector('#heatmap').focus({ preventScroll: true })");
        for (int turn = 0; turn < 25; turn++)
        {
            place = await ChartPlace.OfAsync(page, "heatmap");
            await page.WheelAsync(place.X(cellNs), place.Y(pageRow + 0.5), -200);
        }

        place = await ChartPlace.OfAsync(page, "heatmap");
        Assert.InRange(place.View[3] - place.View[2], 1, 20);
        await page.MoveAsync(place.X(cellNs), place.Y(pageRow + 0.5));
        string reading = await page.TextAsync("#heatmap-reading");
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"Sectors {start:N0} to {start + sectors - 1:N0} "), reading, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $": {value:N0} sectors read"), reading, StringComparison.Ordinal);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Dragging_selects_the_same_time_in_both_charts()
    {
        TraceReport report = SyntheticReports.KvOffload();
        await using ChromiumPage page = await browser.OpenAsync(ReportPages.Write(report, _folder.Path));
        ChartPlace place = await ChartPlace.OfAsync(page, "timeline");
        double total = place.View[1], rows = place.View[3];

        await page.DragAsync((place.X(0.25 * total), place.Top + 20), (place.X(0.5 * total), place.Top + 30));
        double[] view = await ChartPlace.ViewAsync(page, "heatmap");
        Assert.Equal(view, await ChartPlace.ViewAsync(page, "timeline"));
        Assert.Equal(0.25 * total, view[0], 0.005 * total);
        Assert.Equal(0.5 * total, view[1], 0.005 * total);
        Assert.Equal([0, rows], view[2..]);

        // What is shown adds up: the bins whose edges are nearest.
        int first = (int)Math.Round(view[0] / report.Time.WidthNs), end = (int)Math.Round(view[1] / report.Time.WidthNs);
        long bytes = report.Devices[0].Operations.Single(operation => operation.Scope == OperationScope.Class && operation.Name == "read").Throughput.Bytes[first..end].Sum();
        Assert.Contains($"read {Units.Bytes(bytes)} (", await page.TextAsync("#shown"), StringComparison.Ordinal);

        place = await ChartPlace.OfAsync(page, "heatmap");
        await page.DragAsync((place.X(0.3 * total), place.Y(0.25 * rows)), (place.X(0.4 * total), place.Y(0.5 * rows)));
        view = await ChartPlace.ViewAsync(page, "timeline");
        Assert.Equal(0.3 * total, view[0], 0.005 * total);
        Assert.Equal(0.4 * total, view[1], 0.005 * total);
        Assert.Equal(0.25 * rows, view[2], 0.01 * rows);
        Assert.Equal(0.5 * rows, view[3], 0.01 * rows);

        place = await ChartPlace.OfAsync(page, "heatmap");
        await page.ClickAsync(place.Left + 10, place.Top + 10);
        await page.ClickAsync(place.Left + 10, place.Top + 10, clicks: 2);
        Assert.Equal([0, total, 0, rows], await ChartPlace.ViewAsync(page, "timeline"));
    }

    [Fact]
    public async Task Keys_read_bin_after_bin()
    {
        await using ChromiumPage page = await browser.OpenAsync(ReportPages.Write(SampleReport.Full(), _folder.Path));
        await page.EvaluateAsync("document.querySelector('#timeline').focus()");

        await page.KeyAsync("ArrowLeft");
        Assert.StartsWith("0.00 s to 0.50 s (prefill and decode 1): read 384 KiB", await page.TextAsync("#timeline-reading"), StringComparison.Ordinal);
        await page.KeyAsync("ArrowRight");
        await page.KeyAsync("ArrowRight");
        Assert.StartsWith("1.00 s to 1.50 s: read 128 KiB", await page.TextAsync("#timeline-reading"), StringComparison.Ordinal);
        await page.KeyAsync("ArrowRight");
        Assert.StartsWith("1.00 s to 1.50 s: read 128 KiB", await page.TextAsync("#timeline-reading"), StringComparison.Ordinal);

        await page.EvaluateAsync("document.querySelector('#heatmap').focus()");
        await page.KeyAsync("ArrowDown");
        await page.KeyAsync("ArrowDown");
        Assert.StartsWith("Sectors 0 to 255 ", await page.TextAsync("#heatmap-reading"), StringComparison.Ordinal);
        Assert.Equal("polite", (await page.EvaluateAsync("document.querySelector('#heatmap-reading').ariaLive")).GetString());
    }

    [Fact]
    public async Task Pictures_and_data_can_be_saved()
    {
        using var saved = new TemporaryFolder();
        TraceReport report = SampleReport.Full();
        await using ChromiumPage page = await browser.OpenAsync(ReportPages.Write(report, _folder.Path));
        await page.AllowDownloadsAsync(saved.Path);

        Assert.Equal(
            "bin_start_seconds,bin_seconds,read_requests,read_bytes,gpu_percent_GPU_0,gpu_percent_GPU_1\n0,0.5,3,393216,20,40\n0.5,0.5,0,0,,\n1,0.5,1,131072,,\n",
            await page.SaveAsync("[data-save=timeline]", saved, "timeline-259-0.csv"));
        Assert.Equal(
            "operation,row_start_sector,row_sectors,column_start_seconds,column_seconds,accessed_sectors\n"
            + "read,0,256,0,0.5,256\nread,0,256,1,0.5,512\nread,8589934592,256,0.5,0.5,7\nwrite,0,256,0,0.5,8\n",
            await page.SaveAsync("[data-save=heatmap]", saved, "heatmap-259-0.csv"));
        Assert.Equal(
            "operation,layer,column_start_seconds,column_seconds,bytes\nread,0,0,0.5,131072\nread,0,1,0.5,131072\nwrite,0,0,0.5,4096\n",
            await page.SaveAsync("[data-save=layers]", saved, "layers-259-0.csv"));
        Assert.StartsWith("token,step,start_ns,end_ns,read_requests,read_bytes,write_requests,write_bytes,", await page.SaveAsync("[data-figure=tokens-0]", saved, "tokens-259-0.csv"), StringComparison.Ordinal);
        Assert.Equal("device,scope,operation,size_bytes,requests,share_of_requests,share_of_bytes\n\"259,0\",class,read,4096,1,0.25,0.0078125\n\"259,0\",class,read,131072,3,0.75,0.75\n", await page.SaveAsync("[data-figure=request-sizes-0]", saved, "request-sizes-259-0.csv"));

        // Exact values, and no formulas for spreadsheets.
        string processes = await page.SaveAsync(".scroll:has(table[data-file^=processes]) + .actions button", saved, "processes-259-0.csv");
        Assert.Contains("'=1+1\uFFFD,4712,1,131072,1,4096,0\n", processes, StringComparison.Ordinal);

        await page.SaveAsync("figure:has(img[data-file='bandwidth.png']) [data-save=figure]", saved, "bandwidth.png");
        Assert.Equal(File.ReadAllBytes(_folder["bandwidth.png"]), File.ReadAllBytes(saved["bandwidth.png"]));
        await page.SaveAsync("[data-save=heatmap-picture]", saved, "heatmap-259-0.png");
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(saved["heatmap-259-0.png"])[..4]);
        Assert.Empty(page.Complaints);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run-big")]
    [InlineData("two-devices")]
    [InlineData("logs")]
    public async Task Every_figure_saves_its_picture_and_its_data(string name)
    {
        using var saved = new TemporaryFolder();
        TraceReport report = name switch
        {
            "run" => SampleReport.Full(),
            "run-big" => s_run.Value,
            "two-devices" => SyntheticReports.TwoDevices(),
            _ => RunAnalysis.Of(LoggedRunTests.WithLogs([(5, 0), (2, 50), (1, 20), (1, 40), (4, 0)], "deepspeed\ntoken_latency=[2.0, 1.0, 1.0]\n")),
        };
        await using ChromiumPage page = await browser.OpenAsync(ReportPages.Write(report, _folder.Path));
        await page.AllowDownloadsAsync(saved.Path);

        SavedFigure[] figures = await page.SaveEveryFigureAsync(saved);
        Assert.NotEmpty(figures);
        Assert.All(figures, figure =>
        {
            Assert.Equal(File.ReadAllBytes(_folder[figure.Picture]), File.ReadAllBytes(saved[figure.Picture]));
            Assert.InRange(File.ReadAllLines(saved[figure.Data + ".csv"]).Length, 2, int.MaxValue);
        });
        if (name == "logs")
            Assert.StartsWith("token,seconds,gpu_percent\n0,2,50\n1,1,20\n2,1,40\n", File.ReadAllText(saved["token-times.csv"]), StringComparison.Ordinal);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task A_page_of_a_big_report_is_small_and_draws_all_its_charts()
    {
        // As many cells as a report can have, and a token more often than the study's runs.
        TraceReport report = SampleReport.Big(1_000_000);
        RunReport run = report.Run!;
        report = report with { Run = run with { Tokens = [.. Enumerable.Range(0, 1000).Select(i => run.Tokens[0] with { Index = i, StartNs = report.Time.OriginNs + (i * 1_500_000L), EndNs = report.Time.OriginNs + ((i + 1) * 1_500_000L) })] } };
        string path = ReportPages.Write(report, _folder.Path);
        Assert.InRange(new FileInfo(path).Length, 1, 10_000_000);
        await using ChromiumPage page = await browser.OpenAsync(path);

        // How soon is for the benchmark to say (its race "page"): here other tests run beside it.
        await page.WaitAsync("performance.getEntriesByName('charts').length > 0");
        Assert.Empty(page.Complaints);
    }

    [Theory]
    [InlineData(390, false)]
    [InlineData(390, true)]
    [InlineData(1200, false)]
    [InlineData(1200, true)]
    public async Task It_fits_the_screen_in_both_themes(int width, bool isDark)
    {
        await using ChromiumPage page = await browser.OpenAsync(ReportPages.Write(s_run.Value, _folder.Path), width, 844, isDark);

        // What is wider than the page scrolls within itself.
        Assert.Equal(width, (await page.EvaluateAsync("document.documentElement.scrollWidth")).GetInt32());
        string background = (await page.EvaluateAsync("getComputedStyle(document.body).backgroundColor")).GetString()!;
        Assert.Equal(isDark ? "rgb(20, 24, 28)" : "rgb(255, 255, 255)", background);

        // Something is drawn on all charts, in the colors of the theme.
        int colors = (await page.EvaluateAsync("""
            Math.min(...['timeline', 'heatmap', 'layers'].map(id => {
              const canvas = document.getElementById(id);
              const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
              return new Set(pixels).size;
            }))
            """)).GetInt32();
        Assert.True(colors > 10, $"only {colors} colours");

        // PAGES_FOLDER keeps pictures for looking at them.
        if (Environment.GetEnvironmentVariable("PAGES_FOLDER") is { } keep)
            await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(keep).FullName, $"kv-{width}-{(isDark ? "dark" : "light")}.png"), await page.ScreenshotAsync(), TestContext.Current.CancellationToken);
    }
}
