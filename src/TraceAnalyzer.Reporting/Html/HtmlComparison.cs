using System.Buffers.Text;
using System.Collections.Frozen;
using System.Globalization;
using System.IO.Compression;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Figures.Comparison;
using TraceAnalyzer.Reporting.Sections;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfComparison;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfComparison;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Html;

/// <summary>
/// <c>compare.html</c>: a comparison as one page that needs nothing but itself, like <see cref="HtmlReport"/>: what changed and what did
/// not, numbers side by side, settings, and figures. The same comparison gives the same bytes. See docs/compare.md.
/// </summary>
public sealed class HtmlComparison
{
    /// <summary>Name of the file in an output folder.</summary>
    public const string FileName = "compare.html";

    // Pictures of a dozen runs are more than a page may hold. These go first: what the chart shows too, then what few ask for.
    private static readonly string[] s_spare =
    [
        "compare-bandwidth-share-write", "compare-bandwidth-share-read", "compare-bandwidth-write", "compare-bandwidth-read",
        "compare-bandwidth-phase-write", "compare-bandwidth-phase-read", "compare-bandwidth-token-write", "compare-bandwidth-token-read",
        "compare-arrivals-write", "compare-arrivals-read", "compare-latency-write", "compare-latency-read",
    ];

    // Two runs of four columns each beside run 1, or the settings of four runs, are as much as can be read across an upright A4 page.
    private static readonly PaperColumns s_numbersOnPaper = new(Repeated: 2, Others: 8);
    private static readonly PaperColumns s_settingsOnPaper = new(Repeated: 2, Others: 4);

    private readonly HtmlPage _page;
    private readonly HtmlBuilder _html;
    private readonly ComparisonReport _comparison;
    private readonly ComparisonFigureContext _context;
    private readonly FrozenDictionary<string, FigureFile> _figures;
    private readonly string[] _runs;
    private readonly bool _hasChart;
    private readonly Dictionary<string, string?> _tables;
    private readonly HashSet<string> _spare;

    private HtmlComparison(ComparisonReport comparison, IReadOnlyList<FigureFile> figures, string folder)
    {
        _comparison = comparison;
        _context = new ComparisonFigureContext(comparison);
        _figures = figures.ToFrozenDictionary(figure => figure.Figure);
        _runs = [.. comparison.Runs.Select((_, run) => "Run " + Number(run))];
        string? data = ComparisonPageData.Of(_context);
        _hasChart = data is not null;
        _page = new HtmlPage(string.Join(" / ", comparison.Runs.Select(run => run.Label)) + " – comparison", folder, data, "compare.js");
        _html = _page.Html;
        _tables = _figures.Values.Where(figure => figure.FileName is not null).ToDictionary(figure => figure.Figure, figure => HtmlPage.Packed(ComparisonSections.Figures.Single(each => each.Name == figure.Figure).Data(_context), CompressionLevel.Optimal));
        _spare = Spare(folder);
    }

    /// <summary>Writes the page; the stream stays open.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="figures">The figures that <see cref="FigureWriter"/> made of it.</param>
    /// <param name="folder">Where they are.</param>
    /// <param name="stream">Where the page goes.</param>
    /// <exception cref="IOException">A figure cannot be read, or the stream cannot be written to.</exception>
    public static void Write(ComparisonReport comparison, IReadOnlyList<FigureFile> figures, string folder, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        ArgumentNullException.ThrowIfNull(figures);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(stream);
        new HtmlComparison(comparison, figures, folder).WritePage(stream);
    }

    private void WritePage(Stream stream)
    {
        WriteHeader();
        WriteContents();
        _html.Add($"""<main id="main" tabindex="-1">""");
        WriteHeadline();
        WriteFindings();
        WriteMetrics();
        WriteSettings();
        WriteDistributions();
        WriteChart();
        foreach (Section<ComparisonFigureContext> section in ComparisonSections.All)
            WriteSection(section);
        _html.Add($"</main>");
        _html.Add($"<footer><p>Made by traceanalyzer from the runs' reports; compare.json and the CSV files beside this page hold every number. Sizes: 1 KiB = 1,024 bytes. A sector is 512 bytes.</p></footer>");
        _page.End(stream);
    }

    private void WriteHeader()
    {
        _html.Add($"""<header><p class="kind">Comparison of {Units.Count(_runs.Length)} runs</p><h1><bdi>{string.Join(" / ", _comparison.Runs.Select(run => run.Label))}</bdi></h1><dl class="facts">""");
        for (int run = 0; run < _runs.Length; run++)
        {
            ComparedRun compared = _comparison.Runs[run];
            string others = compared.OtherDevices.Length == 0 ? "" : $"; not compared: {string.Join("; ", compared.OtherDevices)}";
            string facts = _context.Runs[run].Report.Run is { } known ? $" {known.Summary()}." : "";
            string losses = compared.HasLosses ? "; its trace has losses" : "";
            _html.Add($"""<div class="wide"><dt>{_runs[run]}</dt><dd><bdi>{compared.Label}</bdi>: device <bdi>{compared.Device ?? "none"}</bdi>, {Units.Duration(compared.DurationNs)} from first to last transfer{others}{losses}.<bdi>{facts}</bdi></dd></div>""");
        }

        _html.Add($"</dl><p>Run 1 is the baseline.</p></header>");
    }

    private void WriteContents()
    {
        _html.Add($"""<nav aria-label="Contents"><ul>""");
        _html.Add($"""<li><a href="#glance">At a glance</a></li><li><a href="#findings">What changed</a></li><li><a href="#numbers">Numbers</a></li><li><a href="#settings">Settings</a></li><li><a href="#distributions">Distributions</a></li>""");
        if (_hasChart)
            _html.Add($"""<li class="script"><a href="#explore">Explore</a></li>""");
        foreach (Section<ComparisonFigureContext> section in ComparisonSections.All)
            _html.Add($"""<li><a href="#{section.Id}">{section.Title}</a></li>""");
        _html.Add($"</ul></nav>");
    }

    private void WriteHeadline()
    {
        _html.Add($"""<section id="glance" aria-labelledby="glance-title"><h2 id="glance-title">What tells the runs apart</h2>""");
        HtmlTable.Write(_html, HeadlineTable.Of(_comparison), "", s_settingsOnPaper);
        _html.Add($"""<p class="how"><strong>How this was computed.</strong> Tokens are decoded ones, on average, without the prefill. Busy is the time with requests in flight. A token is stalled while requests are in flight and nothing is computed: an upper bound of what I/O costs.</p></section>""");
    }

    private void WriteFindings()
    {
        _html.Add($"""<section id="findings" aria-labelledby="findings-title"><h2 id="findings-title">What changed, and what did not</h2>""");
        foreach (IGrouping<int, Finding> run in _comparison.Findings.GroupBy(finding => finding.Run ?? 0))
        {
            if (_runs.Length > 2)
                _html.Add($"""<h3>{_runs[run.Key]} against run 1: <bdi>{_comparison.Runs[run.Key].Label}</bdi></h3>""");
            _html.Add($"""<ul class="findings">""");
            foreach (Finding finding in run)
                WriteFinding(finding);
            _html.Add($"</ul>");
        }

        _html.Add($"""<p class="how"><strong>How this was computed.</strong> Rules are effect sizes: with a million requests any difference is statistically significant. Each finding names its rule.</p></section>""");
    }

    private void WriteFinding(Finding finding)
    {
        _html.Add($"""<li class="{FindingsSection.ClassOf(finding.Verdict)}"><p><span class="verdict">{finding.Verdict.Name()}</span> <bdi>{finding.Sentence}</bdi></p><dl class="evidence">""");
        foreach (Evidence evidence in finding.Evidence)
        {
            string numbers = evidence.First is null ? Units.Of(evidence.Value, evidence.Unit) : $"{Units.Of(evidence.First, evidence.Unit)} → {Units.Of(evidence.Value, evidence.Unit)}";
            _html.Add($"<div><dt>{evidence.Name}</dt><dd>{numbers}</dd></div>");
        }

        _html.Add($"""<div><dt>rule</dt><dd>{finding.Rule ?? ""}</dd></div></dl></li>""");
    }

    private void WriteMetrics()
    {
        _html.Add($"""<section id="numbers" aria-labelledby="numbers-title"><h2 id="numbers-title">Numbers side by side</h2>""");
        foreach (MetricClass @class in _comparison.Metrics.Select(metric => metric.Class).Distinct())
            HtmlTable.Write(_html, SideBySide.Metrics(_comparison, @class), "", s_numbersOnPaper);
        _html.Add($"""<p class="how"><strong>How this was computed.</strong> Differences are the run minus run 1, ratios the run over run 1; those of shares are percentage points. Below 2 % a number is called about equal. The reports' own pages say how each number came about.</p></section>""");
    }

    private void WriteSettings()
    {
        _html.Add($"""<section id="settings" aria-labelledby="settings-title"><h2 id="settings-title">Settings</h2>""");
        Table settings = SideBySide.Settings(_comparison);
        int differs = settings.IndexOf("differs");
        HtmlTable.Write(_html, settings, "", s_settingsOnPaper, row => row[differs] == "differs");
        _html.Add($"</section>");
    }

    private void WriteDistributions()
    {
        _html.Add($"""<section id="distributions" aria-labelledby="distributions-title"><h2 id="distributions-title">Distances of distributions</h2>""");
        HtmlTable.Write(_html, SideBySide.Distributions(_comparison));
        _html.Add($"""<p class="how"><strong>How this was computed.</strong> Kolmogorov-Smirnov is the largest difference of the cumulative shares, 0 (alike) to 1. Earth mover is how far a request (for accesses: a sector) has to be moved on average to turn one distribution into the other; in octaves 1 is a factor of 2.</p></section>""");
    }

    private HashSet<string> Spare(string folder)
    {
        long total = 0;
        foreach ((string name, string? table) in _tables)
            total += LengthOf(name) + (table?.Length ?? 0);
        var spare = new HashSet<string>();
        foreach (string name in s_spare.Where(_tables.ContainsKey).TakeWhile(_ => total > _page.Room))
        {
            total -= LengthOf(name) + (_tables[name]?.Length ?? 0);
            spare.Add(name);
        }

        return spare;

        long LengthOf(string name) => Base64.GetMaxEncodedToUtf8Length((int)new FileInfo(Path.Combine(folder, _figures[name].FileName!)).Length);
    }

    private void WriteChart()
    {
        if (!_hasChart)
            return;

        _html.Add($"""<section id="explore" class="script" aria-labelledby="explore-title"><h2 id="explore-title">Explore bandwidth over time</h2>""");
        _html.Add($"""<div class="controls"><label>Axis <select id="by"><option value="time">Time since the first transfer</option><option value="share">Share of the run</option></select></label>""");
        ChartMarkup.WriteOperations(_html);
        ChartMarkup.WriteZoom(_html);
        _html.Add($"""</div><p id="shown" aria-live="polite"></p>""");
        if (_context.IsCrowded)
            _html.Add($"""<p class="help">One panel per run, all on one scale; run 1 is the gray line behind the others.</p>""");
        else
            WriteLegend();
        ChartMarkup.WriteChart(_html, "timeline", "Bandwidth");
        ChartMarkup.WriteHelp(_html, "", "");
        _html.Add($"</section>");
    }

    private void WriteLegend()
    {
        _html.Add($"""<ul class="legend">""");
        for (int run = 0; run < _runs.Length; run++)
            _html.Add($"""<li class="run-{run + 1}">{_runs[run]}: <bdi>{_comparison.Runs[run].Label}</bdi></li>""");
        _html.Add($"</ul>");
    }

    private void WriteSection(Section<ComparisonFigureContext> section)
    {
        _html.Add($"""<section id="{section.Id}" class="question" aria-labelledby="{section.Id}-title"><h2 id="{section.Id}-title">{section.Title}</h2><div class="figures">""");
        foreach (Figure<ComparisonFigureContext> figure in section.Figures)
        {
            if (_figures.TryGetValue(figure.Name, out FigureFile? file))
                _page.WriteFigure(file, figure.Caption, figure.Describe(_context), 0, _tables.GetValueOrDefault(figure.Name), _spare.Contains(figure.Name));
        }

        _html.Add($"""</div><p class="how"><strong>How this was computed.</strong> {section.Method}</p></section>""");
    }

    private static string Number(int run) => (run + 1).ToString(CultureInfo.InvariantCulture);
}
