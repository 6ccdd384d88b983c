using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TraceAnalyzer.Comparison;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Comparison;
using TraceAnalyzer.Reporting.Sections;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Figures;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Tests.Runs;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tests.Html;

/// <summary>compare.html: what it says, and how it behaves in a real browser.</summary>
[Trait("Kind", "capture")]
[Trait("Kind", "browser")]
public sealed class ComparisonPageTests(Chromium browser) : IClassFixture<Chromium>, IDisposable
{
    private const int MaxLength = 10_000_000;

    private static readonly Lazy<TraceReport[]> s_runs = new(() =>
        [RunAnalysis.Of(RunCaptures.Repository("flexgen/kv-offload-omp1")), RunAnalysis.Of(RunCaptures.Repository("flexgen/model-offload-b1-omp1"))]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_has_findings_numbers_and_settings_with_the_differing_ones_marked()
    {
        string page = File.ReadAllText(ComparisonPages.Write(_folder.Path, s_runs.Value));

        HtmlReportTests.AssertSound(page);
        Assert.InRange(page.Length, 1, MaxLength);
        ComparisonReport comparison = ReportComparison.Compare(s_runs.Value, new ComparisonOptions());
        Assert.All(comparison.Findings, finding => Assert.Contains($"<bdi>{finding.Sentence}</bdi>", page.Replace("&#39;", "'", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&lt;", "<", StringComparison.Ordinal), StringComparison.Ordinal));
        MetricValue bytes = comparison.Metrics.Single(metric => metric is { Class: MetricClass.Read, Name: "bytes" }).Runs[1];
        Assert.Contains($"""<td data-exact="{bytes.Value:0}">73.3 GiB</td>""", page, StringComparison.Ordinal);
        Assert.Contains($"""<td data-exact="{bytes.Difference:0}">+11.3 GiB</td>""", page, StringComparison.Ordinal);
        Assert.Contains(">1.18x</td>", page, StringComparison.Ordinal);
        Assert.Matches("""<tr class="marked"><th scope="row"><bdi>batch</bdi></th>\n<td><bdi>differs</bdi></td>\n<td><bdi>16</bdi></td>\n<td><bdi>1</bdi></td>""", page);
        Assert.Matches("""<tr class="plain"><th scope="row"><bdi>prompt tokens</bdi></th>\n<td><bdi>same</bdi></td>""", page);
    }

    [Fact]
    public void Every_figure_has_words_and_data()
    {
        var context = new ComparisonFigureContext(ReportComparison.Compare(s_runs.Value, new ComparisonOptions()));

        Assert.All(ComparisonSections.Figures.Where(figure => figure.Draw(context).Drawing is not null), figure =>
        {
            Assert.NotEmpty(figure.Describe(context));
            // Bandwidth by time and by share is what the chart draws from.
            bool isDrawn = figure.Name is "compare-bandwidth-read" or "compare-bandwidth-write" or "compare-bandwidth-share-read" or "compare-bandwidth-share-write";
            Assert.True(isDrawn ? figure.Data(context) is null : figure.Data(context)!.Rows.Count > 0, figure.Name);
        });
    }

    [Fact]
    public async Task It_opens_without_complaints_and_saves_pictures_data_and_tables()
    {
        using var saved = new TemporaryFolder();
        string path = ComparisonPages.Write(_folder.Path, s_runs.Value);
        await using ChromiumPage page = await browser.OpenAsync(path);
        await page.AllowDownloadsAsync(saved.Path);

        Assert.All(page.Requests, address => Assert.True(
            address == new Uri(path).AbsoluteUri || address.StartsWith("data:image/", StringComparison.Ordinal), address));
        Assert.True((await page.EvaluateAsync("document.images.length > 15 && [...document.images].every(image => image.naturalWidth > 0)")).GetBoolean());
        Assert.StartsWith("run,token,step,duration_ns,read_bytes,write_bytes,io_busy_ns\n1,0,prefill,", await page.SaveAsync("[data-figure=compare-tokens-read-0]", saved, "compare-tokens-read.csv"), StringComparison.Ordinal);
        Assert.Contains(",read,131072,", await page.SaveAsync("[data-figure=compare-sizes-read-0]", saved, "compare-sizes-read.csv"), StringComparison.Ordinal);
        Assert.Contains("\nGini of accesses,", await page.SaveAsync(".scroll:has(table[data-file=compare-read]) + .actions button", saved, "compare-read.csv"), StringComparison.Ordinal);
        await page.SaveAsync("#figure-compare-heatmap-read-0 [data-save=figure]", saved, "compare-heatmap-read.png");
        Assert.Equal(File.ReadAllBytes(_folder["compare-heatmap-read.png"]), File.ReadAllBytes(saved["compare-heatmap-read.png"]));
        Assert.Empty(page.Complaints);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Every_figure_saves_its_picture_and_its_data(int runs)
    {
        using var saved = new TemporaryFolder();
        await using ChromiumPage page = await browser.OpenAsync(ComparisonPages.Write(_folder.Path, Repeated(runs)));
        await page.AllowDownloadsAsync(saved.Path);

        SavedFigure[] figures = await page.SaveEveryFigureAsync(saved);
        Assert.InRange(figures.Length, 20, 40);
        Assert.All(figures, figure =>
        {
            Assert.Equal(File.ReadAllBytes(_folder[figure.Picture]), File.ReadAllBytes(saved[figure.Picture]));
            string[] lines = File.ReadAllLines(saved[figure.Data + ".csv"]);
            Assert.Equal(Enumerable.Range(1, runs).Select(run => run.ToString(CultureInfo.InvariantCulture)), lines.Skip(1).Select(line => line.Split(',')[0]).Distinct());
        });

        // Made by the script of what the chart draws.
        AlignedBandwidth share = Aligned(ReportComparison.Compare(Repeated(runs), new ComparisonOptions()), OperationClass.Write, RunAlignment.Share);
        string[] rows = File.ReadAllLines(saved["compare-bandwidth-share-write.csv"]);
        Assert.Equal("run,start_seconds,bytes_per_second", rows[0]);
        Assert.Equal(share.BytesPerSecond.SelectMany(rates => rates), rows.Skip(1).Select(row => double.Parse(row.Split(',')[2], CultureInfo.InvariantCulture)));
        Assert.Equal(share.BinWidthNs[0] * 3 / 1e9, double.Parse(rows[4].Split(',')[1], CultureInfo.InvariantCulture), 1e-12);
        Assert.Empty(page.Complaints);
    }

    [Theory]
    [InlineData(2, RunAlignment.Time)]
    [InlineData(2, RunAlignment.Share)]
    [InlineData(6, RunAlignment.Time)]
    public async Task The_chart_reads_out_every_run_at_known_points_and_zooms(int runs, RunAlignment alignment)
    {
        string path = ComparisonPages.Write(_folder.Path, Repeated(runs));
        ComparisonReport comparison = ReportComparison.Compare(Repeated(runs), new ComparisonOptions());
        AlignedBandwidth read = Aligned(comparison, OperationClass.Read, alignment), write = Aligned(comparison, OperationClass.Write, alignment);
        await using ChromiumPage page = await browser.OpenAsync(path);
        await page.EvaluateAsync($"(() => {{ const by = document.querySelector('#by'); by.value = '{EnumNames.Camel(alignment)}'; by.dispatchEvent(new Event('change')); document.querySelector('input[value=both]').click(); }})()");
        await page.NextFrameAsync();
        int bins = read.BytesPerSecond.Concat(write.BytesPerSecond).Max(rates => rates.Length);
        double width = alignment == RunAlignment.Time ? read.BinWidthNs[0] : 1.0 / bins;
        ChartPlace place = await ChartPlace.OfAsync(page, "timeline");
        Assert.Equal([0, bins * width], place.View[..2]);

        foreach (int bin in (int[])[2, bins / 3, bins / 2])
        {
            await page.MoveAsync(place.X((bin + 0.5) * width), place.Top + 10);
            Assert.EndsWith(": " + Reading(bin), await page.TextAsync("#timeline-reading"), StringComparison.Ordinal);
        }

        // By keys alone: into the middle and out again.
        await page.EvaluateAsync("document.querySelector('#timeline').focus()");
        await page.KeyAsync("+", "+");
        await page.KeyAsync("+", "+");
        double[] zoomed = await ChartPlace.ViewAsync(page, "timeline");
        Assert.Equal(bins * width / 4, zoomed[1] - zoomed[0], bins * width * 1e-9);
        await page.KeyAsync("ArrowRight");
        Assert.EndsWith(": " + Reading((bins / 2) + 1), await page.TextAsync("#timeline-reading"), StringComparison.Ordinal);
        Assert.Equal("polite", (await page.EvaluateAsync("document.querySelector('#timeline-reading').ariaLive")).GetString());
        await page.KeyAsync("0", "0");
        place = await ChartPlace.OfAsync(page, "timeline");
        await page.DragAsync((place.X(bins * width / 4), place.Top + 20), (place.X(bins * width / 2), place.Top + 25));
        zoomed = await ChartPlace.ViewAsync(page, "timeline");
        Assert.Equal([0.25, 0.5], zoomed[..2].Select(at => at / (bins * width)), (one, other) => Math.Abs(one - other) < 0.01);

        // What is shown adds up: the bins whose edges are nearest.
        int first = (int)Math.Round(zoomed[0] / width), end = (int)Math.Round(zoomed[1] / width);
        double bytes = read.BytesPerSecond[1][first..Math.Min(end, read.BytesPerSecond[1].Length)].Sum() * read.BinWidthNs[1] / 1e9;
        Assert.Contains($"run 2 read {Units.Bytes(bytes)}, written ", await page.TextAsync("#shown"), StringComparison.Ordinal);
        Assert.Empty(page.Complaints);

        string Reading(int bin) => string.Join("; ", Enumerable.Range(0, runs).Select(run =>
        {
            string[] rates = [.. Rate("read", read), .. Rate("wrote", write)];
            double ns = read.BinWidthNs[run];
            string when = alignment == RunAlignment.Share ? $" ({Units.Duration(bin * ns)} to {Units.Duration((bin + 1) * ns)})" : "";
            return $"run {run + 1}{when} {(rates.Length == 0 ? "has nothing here" : string.Join(", ", rates))}";

            IEnumerable<string> Rate(string verb, AlignedBandwidth of) =>
                bin < of.BytesPerSecond[run].Length ? [$"{verb} {Units.Rate(of.BytesPerSecond[run][bin])}"] : [];
        })) + ".";
    }

    [Fact]
    public void A_dozen_runs_stay_below_the_limit_and_lose_first_what_is_least_missed()
    {
        string page = File.ReadAllText(ComparisonPages.Write(_folder.Path, Repeated(12), new FigureOptions()));

        HtmlReportTests.AssertSound(page);
        Assert.InRange(page.Length, 1, MaxLength);
        string[] linked = [.. Regex.Matches(page, "left out to keep this page small; it is <a href=\"([^\"]+)\"").Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(linked);
        Assert.All(linked, name => Assert.Matches("^compare-(bandwidth|arrivals|latency)-", name));
        Assert.All(linked, name => Assert.True(File.Exists(_folder[name])));
    }

    [Fact]
    public async Task Hostile_names_stay_text()
    {
        TraceReport[] reports = [ReportPages.Hostile(), .. ReportPages.HostileNames.Take(5).Select(name => SyntheticReports.OneWrite() with { Source = new ReportSource(name, name, [name], 1) })];
        string path = ComparisonPages.Write(_folder.Path, reports);
        HtmlReportTests.AssertSound(File.ReadAllText(path));
        await using ChromiumPage page = await browser.OpenAsync(path);

        Assert.Empty(page.Complaints);
        Assert.NotEqual("owned", (await page.EvaluateAsync("document.title")).GetString());
        Assert.Equal(0, (await page.EvaluateAsync("document.querySelectorAll('svg, img[src=x], [onerror], [onload], [onmouseover]').length")).GetInt32());
        Assert.Contains(PrintableText.Of(ReportPages.HostileNames[0]), await page.TextAsync("h1"), StringComparison.Ordinal);
        Assert.Equal(reports.Length, (await page.EvaluateAsync("document.querySelectorAll('header dl > div').length")).GetInt32());
    }

    [Theory]
    [InlineData(390, false, 2)]
    [InlineData(390, true, 6)]
    [InlineData(1200, false, 6)]
    [InlineData(1200, true, 2)]
    public async Task It_fits_the_screen_in_both_themes(int width, bool isDark, int runs)
    {
        await using ChromiumPage page = await browser.OpenAsync(ComparisonPages.Write(_folder.Path, Repeated(runs)), width, 844, isDark);

        Assert.Equal(width, (await page.EvaluateAsync("document.documentElement.scrollWidth")).GetInt32());
        string background = (await page.EvaluateAsync("getComputedStyle(document.body).backgroundColor")).GetString()!;
        Assert.Equal(isDark ? "rgb(20, 24, 28)" : "rgb(255, 255, 255)", background);
        Assert.Equal(runs - 1, (await page.EvaluateAsync("document.querySelectorAll('#findings ul').length")).GetInt32());
        // However long a setting's name, both runs' are seen at once.
        if (runs == 2)
            Assert.True((await page.EvaluateAsync("(scroll => scroll.scrollWidth <= scroll.clientWidth)(document.querySelector('.scroll:has([data-file=compare-settings])'))")).GetBoolean());
        Assert.Empty(page.Complaints);

        // PAGES_FOLDER keeps pictures for looking at them.
        if (Environment.GetEnvironmentVariable("PAGES_FOLDER") is { } keep)
            await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(keep).FullName, $"compare-{width}-{(isDark ? "dark" : "light")}.png"), await page.ScreenshotAsync(), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(12)]
    public async Task On_paper_no_table_is_cut_and_none_loses_a_number(int runs)
    {
        // What a table says: its name, row, run and column of each cell.
        const string Cells = """
            (tables => tables.flatMap(table => {
              let run = '';
              const columns = [...table.rows[0].cells].map(cell => { run = /^Run \d+$/.test(cell.textContent) ? cell.textContent : run; return `${run}: ${cell.textContent}`; });
              const name = table.caption.textContent.replace(/, part \d+ of \d+$/, '');
              return [...table.rows].slice(1).flatMap(row => [...row.cells].slice(1).map((cell, i) => [name, row.cells[0].textContent, columns[i + 1], cell.textContent].join(' | ')));
            }))
            """;
        await using ChromiumPage page = await browser.OpenAsync(ComparisonPages.Write(_folder.Path, Repeated(runs)));
        string[] expected = await CellsAsync("table[data-file]");

        await page.PrintAsync(isDark: false);

        Assert.Equal(expected.Distinct().Order(), (await CellsAsync("table")).Distinct().Order());
        string[] cut = (await page.EvaluateAsync("[...document.querySelectorAll('td, th, img, caption')].filter(cell => cell.offsetParent && (cell.getBoundingClientRect().right > innerWidth || cell.scrollWidth > cell.clientWidth + 1)).map(cell => cell.textContent)"))
            .Deserialize<string[]>()!;
        Assert.Empty(cut);

        async Task<string[]> CellsAsync(string selector) =>
            (await page.EvaluateAsync($"{Cells}([...document.querySelectorAll('{selector}')].filter(table => table.offsetParent))")).Deserialize<string[]>()!;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Figures_are_dimmed_beside_a_dark_page_but_not_on_paper(bool isDark)
    {
        const string Filters = "[...new Set([...document.querySelectorAll('figure img')].map(image => getComputedStyle(image).filter))].join()";
        await using ChromiumPage page = await browser.OpenAsync(ComparisonPages.Write(_folder.Path, Repeated(2)), isDark: isDark);

        Assert.Equal(isDark ? "brightness(0.8)" : "none", (await page.EvaluateAsync(Filters)).GetString());
        await page.PrintAsync(isDark);
        Assert.Equal("none", (await page.EvaluateAsync(Filters)).GetString());
    }

    private static TraceReport[] Repeated(int runs) => [.. Enumerable.Range(0, runs).Select(run => s_runs.Value[run % 2])];

    private static AlignedBandwidth Aligned(ComparisonReport comparison, OperationClass @class, RunAlignment alignment) =>
        comparison.Bandwidth.Single(aligned => aligned.Class == @class && aligned.Alignment == alignment);
}
