using System.Text.Json;
using TraceAnalyzer.Comparison;
using TraceAnalyzer.Reporting;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Tests.Figures;
using TraceAnalyzer.Tests.Reports;
using TraceAnalyzer.Tests.Runs;

namespace TraceAnalyzer.Tests.Html;

/// <summary>compare.html: what it says, and how it behaves in a real browser.</summary>
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
        Assert.All(comparison.Findings, finding => Assert.Contains($"<bdi>{finding.Statement}</bdi>", page.Replace("&#39;", "'", StringComparison.Ordinal), StringComparison.Ordinal));
        MetricValue bytes = comparison.Metrics.Single(metric => metric is { Class: "read", Name: "bytes" }).Runs[1];
        Assert.Contains($"""<td data-exact="{bytes.Value:0}">73.3 GiB</td>""", page, StringComparison.Ordinal);
        Assert.Contains($"""<td data-exact="{bytes.Difference:0}">+11.3 GiB</td>""", page, StringComparison.Ordinal);
        Assert.Contains(">x1.182</td>", page, StringComparison.Ordinal);
        Assert.Matches("""<tr class="marked"><th scope="row"><bdi>batch</bdi></th>\n<td><bdi>differs</bdi></td>\n<td><bdi>16</bdi></td>\n<td><bdi>1</bdi></td>""", page);
        Assert.Matches("""<tr class="plain"><th scope="row"><bdi>prompt tokens</bdi></th>\n<td><bdi>same</bdi></td>""", page);
    }

    [Fact]
    public void Every_figure_has_a_section_words_and_data()
    {
        var context = new ComparisonFigureContext(s_runs.Value, ReportComparison.Compare(s_runs.Value, new ComparisonOptions()));

        string[] shown = [.. ComparisonQuestion.All.SelectMany(question => question.Figures).Select(each => each.Figure)];
        Assert.Equal(ComparisonFigures.All.Select(figure => figure.Name).Order(), shown.Order());
        Assert.All(ComparisonFigures.All.Where(figure => figure.Draw(context).Drawing is not null), figure =>
        {
            Assert.NotEqual(figure.Name, ComparisonAlternatives.Of(figure.Name, context));
            Assert.True(FigureTables.HasRows(ComparisonTables.Of(figure.Name, context)!), figure.Name);
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
        Assert.StartsWith("run,token,step,seconds,read_bytes,write_bytes\n1,0,prefill,", await SaveAsync("[data-figure=compare-tokens-read]", "compare-tokens-read.csv"), StringComparison.Ordinal);
        Assert.Contains("\n2,131072,", await SaveAsync("[data-figure=compare-sizes-read]", "compare-sizes-read.csv"), StringComparison.Ordinal);
        Assert.Contains("\nGini of accesses,", await SaveAsync(".scroll:has(table[data-file=compare-read]) + .actions button", "compare-read.csv"), StringComparison.Ordinal);
        await SaveAsync("#figure-compare-heatmap-read-0 [data-save=figure]", "compare-heatmap-read.png");
        Assert.Equal(File.ReadAllBytes(_folder["compare-heatmap-read.png"]), File.ReadAllBytes(saved["compare-heatmap-read.png"]));
        Assert.Empty(page.Complaints);

        async Task<string> SaveAsync(string button, string file)
        {
            await page.EvaluateAsync($"document.querySelector({JsonSerializer.Serialize(button)}).click()");
            for (int wait = 0; !File.Exists(saved[file]) && wait < 300; wait++)
                await Task.Delay(50, TestContext.Current.CancellationToken);
            Assert.True(File.Exists(saved[file]), $"{file} was not saved, but {string.Join(", ", Directory.GetFiles(saved.Path))}");
            return File.ReadAllText(saved[file]);
        }
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
        TraceReport[] reports = [.. Enumerable.Range(0, runs).Select(run => s_runs.Value[run % 2])];
        await using ChromiumPage page = await browser.OpenAsync(ComparisonPages.Write(_folder.Path, reports), width, 844, isDark);

        Assert.Equal(width, (await page.EvaluateAsync("document.documentElement.scrollWidth")).GetInt32());
        string background = (await page.EvaluateAsync("getComputedStyle(document.body).backgroundColor")).GetString()!;
        Assert.Equal(isDark ? "rgb(20, 24, 28)" : "rgb(255, 255, 255)", background);
        Assert.Equal(runs - 1, (await page.EvaluateAsync("document.querySelectorAll('#findings ul').length")).GetInt32());
        Assert.Empty(page.Complaints);

        // PAGES_FOLDER keeps pictures for looking at them.
        if (Environment.GetEnvironmentVariable("PAGES_FOLDER") is { } keep)
            await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(keep).FullName, $"compare-{width}-{(isDark ? "dark" : "light")}.png"), await page.ScreenshotAsync(), TestContext.Current.CancellationToken);
    }
}
