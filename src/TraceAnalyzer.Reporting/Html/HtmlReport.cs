using System.Collections.Frozen;
using System.Globalization;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Reporting.Sections;
using TraceAnalyzer.Reports;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Tables.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Html;

/// <summary>
/// <c>report.html</c>: a report as one page that needs nothing but itself: figures, script, style and data are within it, and its
/// content security policy keeps it from loading anything. The same report and figures give the same bytes. See docs/report-page.md.
/// </summary>
public sealed class HtmlReport
{
    /// <summary>Name of the file in an output folder.</summary>
    public const string FileName = "report.html";

    private readonly HtmlPage _page;
    private readonly HtmlBuilder _html;
    private readonly TraceReport _report;
    private readonly FrozenDictionary<(string Figure, string Device), FigureFile> _figures;
    private readonly FigureContext[] _devices;
    private readonly FigureContext? _run;

    private HtmlReport(TraceReport report, IReadOnlyList<FigureFile> figures, string folder)
    {
        _report = report;
        _figures = figures.ToFrozenDictionary(figure => (figure.Figure, figure.Device));
        _devices = [.. report.Aggregate is { } aggregate ? [new FigureContext(report, aggregate.Whole)] : Array.Empty<FigureContext>(), .. ShownDevices.Of(report.Devices.Where(HasRequests)).Select(device => new FigureContext(report, device))];
        _run = report.RunDevice is { } ofRun ? _devices.FirstOrDefault(device => ReferenceEquals(device.Device, ofRun)) : null;
        string? data = HasCharts ? PageData.Of(report, _devices) : null;
        _page = new HtmlPage($"{NameOf(report)} – I/O report", folder, data, "grids.js", "report-data.js", "report-draw.js", "report.js");
        _html = _page.Html;
    }

    /// <summary>Writes the page; the stream stays open.</summary>
    /// <param name="report">The report.</param>
    /// <param name="figures">The figures that <see cref="FigureWriter"/> made of it.</param>
    /// <param name="folder">Where they are.</param>
    /// <param name="stream">Where the page goes.</param>
    /// <exception cref="IOException">A figure cannot be read, or the stream cannot be written to.</exception>
    public static void Write(TraceReport report, IReadOnlyList<FigureFile> figures, string folder, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(figures);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(stream);
        var page = new HtmlReport(report, figures, folder);
        page.WritePage();
        page._page.End(stream);
    }

    // A run is known by its folder; its traces may have the names of their devices.
    private static string NameOf(TraceReport report) => report.Run is { Folder.Length: > 0 } run ? run.Folder : report.Source.Name;

    private static bool HasRequests(DeviceReport device) => device.Operations.Any(operation => operation.Overview.Requests > 0);

    private bool HasCharts => _report.Time.Count > 0 && _devices.Any(device => device.Transfers().Any());

    private void WritePage()
    {
        WriteHeader();
        WriteContents();
        _html.Add($"""<main id="main" tabindex="-1">""");
        FirstScreen(_report);
        WriteCharts();
        FindingsSection.Write(_html, _report.Findings, FigureAddress);
        WriteAggregate();
        WriteIntegrity();
        WriteSource();
        if (_report.Run is not null)
            RunSection.Write(_html, _report);
        WriteLogs();
        if (_run is not null)
        {
            foreach (Section<FigureContext> section in RunSections.All)
                WriteSection(section, _run, "h2");
        }

        foreach (FigureContext device in _devices)
            WriteDevice(device);
        _html.Add($"</main>");
        _html.Add($"<footer><p>Made by traceanalyzer from the events of the trace; report.json and the CSV files beside this page hold every number. Sizes: 1 KiB = 1,024 bytes. A sector is 512 bytes. Times count from the start of the first bin.</p></footer>");
    }

    private bool HasLogs => !_report.HasTrace && _report.Run is { Gpu: not null } or { Logged: not null };

    private void WriteAggregate()
    {
        if (_report.Aggregate is null)
            return;
        foreach (Section<TraceReport> section in AggregateSections.All)
            WriteSection(section, section.Id, _report, FigureWriter.AggregateDevice, 0, "h2");
    }

    private void WriteLogs()
    {
        if (!HasLogs)
            return;
        foreach (Section<TraceReport> section in LogSections.All)
            WriteSection(section, section.Id, _report, "", 0, "h2");
    }

    // What this run is, in a line.
    private void WriteHeader()
    {
        ReportSource source = _report.Source;
        string what = _report.Run is { } run ? run.Summary() : $"{source.Format}, {(_report.Events == 0 ? "no events" : $"{Units.Count(_report.Events)} events in {Units.Duration((double)_report.LastEventNs - _report.FirstEventNs)}")}";
        _html.Add($"""<header><p class="kind">Block I/O report</p><h1><bdi>{NameOf(_report)}</bdi></h1><p class="what"><bdi>{what}</bdi></p></header>""");
    }

    // What the trace is and how it was counted: for whoever wants to know where the numbers come from.
    private void WriteSource()
    {
        ReportSource source = _report.Source;
        _html.Add($"""<section id="source" aria-labelledby="source-title"><h2 id="source-title">Trace</h2>""");
        string files = source.Files.Length == 1 ? "1 file" : $"{Units.Count(source.Files.Length)} files";
        _html.Add($"""<dl class="facts">""");
        Fact("Format", $"{source.Format}, {files}, {Units.Bytes(source.Bytes)}");
        if (_report.WallClockStartUnixNs is { } startNs && WallClock(startNs) is { } start)
            Fact("Started", start);
        Fact("Events", _report.Events == 0 ? "none" : $"{Units.Count(_report.Events)} in {Units.Duration((double)_report.LastEventNs - _report.FirstEventNs)}");
        Fact("Counted", $"{_report.Settings.CountedAction} events" + (_report.Settings.Study ? "; the study's own numbers are in study_*.csv and report.json" : ""));
        Fact("Filters", _report.Settings.Filters.Length == 0 ? "none" : string.Join("; ", _report.Settings.Filters));
        Fact("Devices", _devices.Length == 0 ? "none with requests" : string.Join("; ", _devices.Select(device => device.Device.Label())));
        _html.Add($"</dl></section>");

        void Fact(string name, string value) => _html.Add($"<div><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div>");
    }

    private void WriteContents()
    {
        _html.Add($"""<nav aria-label="Contents"><ul>""");
        _html.Add($"""<li><a href="#numbers">Key numbers</a></li>""");
        if (HasCharts)
            _html.Add($"""<li class="script"><a href="#explore">Explore</a></li>""");
        if (_report.Findings.Length > 0)
            _html.Add($"""<li><a href="#findings">Findings</a></li>""");
        foreach (Section<TraceReport> section in _report.Aggregate is null ? [] : AggregateSections.All)
            _html.Add($"""<li><a href="#{section.Id}">{section.Title}</a></li>""");
        _html.Add($"""<li><a href="#integrity">Integrity</a></li><li><a href="#source">Trace</a></li>""");
        if (_report.Run is not null)
            _html.Add($"""<li><a href="#run">The run</a></li>""");
        if (HasLogs)
            _html.Add($"""<li><a href="#logs">GPU and phases</a></li>""");
        if (_run is not null)
        {
            foreach (Section<FigureContext> section in RunSections.All)
                _html.Add($"""<li><a href="#{section.Id}-{Array.IndexOf(_devices, _run)}">{section.TitleOf(_run) ?? section.Title}</a></li>""");
        }

        for (int device = 0; device < _devices.Length; device++)
        {
            if (_devices.Length > 1)
            {
                _html.Add($"""<li><a href="#device-{device}">Device {_devices[device].Device.Label()}</a></li>""");
                continue;
            }

            foreach (Section<FigureContext> section in TraceSections.All)
                _html.Add($"""<li><a href="#{section.Id}-{device}">{section.Title}</a></li>""");
        }

        _html.Add($"</ul></nav>");
    }

    // What is to be seen without scrolling: what limits, losses, the key numbers with their units and bases, and the run on one time axis.
    private void FirstScreen(TraceReport report)
    {
        _html.Add($"""<section id="numbers" aria-labelledby="numbers-title"><h2 id="numbers-title">Key numbers</h2>""");
        if (report.Limit is { } limit)
        {
            _html.Add($"""<p class="limit"><strong><bdi>{limit.Sentence}</bdi></strong></p>""");
            if (limit.Details is { } details)
                _html.Add($"<p><bdi>{details}</bdi></p>");
        }

        if (report.HasLosses)
            _html.Add($"""<p class="bad">The trace has losses or does not fit: see <a href="#integrity">integrity</a>.</p>""");
        foreach (string note in report.Notes)
            _html.Add($"""<p class="note"><strong>Note:</strong> {note}</p>""");
        if (!_report.HasTrace)
            _html.Add($"<p>No trace was read, so there are no numbers of I/O.</p>");
        else if (_devices.Length == 0)
            _html.Add($"<p>No requests were counted: the trace has no {_report.Settings.CountedAction} events of any, or the filters leave none.</p>");
        if (ShownDevices.Sentence(_report.Devices.Count(HasRequests)) is { } shown)
            _html.Add($"<p>{shown}</p>");
        if (_report.Aggregate is { } aggregate)
            _html.Add($"<p>First the {Units.Count(aggregate.Devices.Length)} devices that served the I/O, added up; then each device.</p>");
        else if (_devices.Length > 1)
            _html.Add($"<p>The same I/O may show at several devices (a disk and its volumes): never add devices up.</p>");
        foreach (FigureContext device in _devices)
        {
            if (_devices.Length > 1)
            {
                _html.Add($"<h3>{(device.Device == _report.Aggregate?.Whole ? "Devices" : "Device")} {device.Device.Label()}</h3>");
                // That of all together is at the top.
                if (device.Device.Limit is { } own && own.Scope != _report.Limit?.Scope)
                    _html.Add($"<p><bdi>{own.Sentence}</bdi></p>");
            }

            WriteCards(device.Device);
            GlanceTimeline.Write(_html, report, device.Device);
        }

        _html.Add($"</section>");
    }

    private void WriteCards(DeviceReport device)
    {
        _html.Add($"""<dl class="cards">""");
        foreach (Value[] row in KeyNumbers.Of(_report, device).Rows)
            _html.Add($"""<div class="card {row[0].Text}"><dt>{row[1].Text}</dt><dd><strong>{row[2].Display(Unit.Count)}</strong> <span>{row[3].Text}</span></dd></div>""");
        _html.Add($"</dl>");
    }

    private void WriteIntegrity()
    {
        _html.Add($"""<section id="integrity" aria-labelledby="integrity-title"><h2 id="integrity-title">Integrity</h2>""");
        if (!_report.HasTrace)
            _html.Add($"<p>No trace was read.</p>");
        else if (!_report.HasLosses)
            _html.Add($"""<p class="good">Nothing was lost, and everything fits: all {_report.Integrity.Count(counter => counter.IsLoss)} counters of losses are zero.</p>""");
        else
            _html.Add($"""<p class="bad">Something was lost or does not fit. Read the numbers below with this in mind:</p>""");
        Table counters = IntegrityTable.Integrity.Of(_report);
        Table zero = counters.Where("count", 0);
        HtmlTable.Write(_html, counters with { Title = _report.HasLosses ? "Data loss and inconsistencies" : "What was left out", Rows = [.. counters.Rows.Except(zero.Rows)] });
        if (zero.Rows.Count > 0)
        {
            _html.Add($"<details><summary>Counters at zero</summary>");
            HtmlTable.Write(_html, zero with { Title = "Counters at zero" }, "-zero");
            _html.Add($"</details>");
        }

        _html.Add($"</section>");
    }

    private void WriteCharts()
    {
        if (!HasCharts)
            return;

        _html.Add($"""<section id="explore" class="script" aria-labelledby="explore-title"><h2 id="explore-title">Explore over time</h2>""");
        _html.Add($"""
            <div class="controls">
            <label class="several">Device <select id="device"></select></label>
            <label>Timeline <select id="measure"><option value="bytes">Bandwidth</option><option value="requests">Requests per second</option></select></label>
            """);
        ChartMarkup.WriteOperations(_html);
        ChartMarkup.WriteZoom(_html);
        _html.Add($"""</div><p id="shown" aria-live="polite"></p>""");
        ChartMarkup.WriteChart(_html, "timeline", "Timeline");
        ChartMarkup.WriteChart(_html, "heatmap", "Heatmap");
        ChartMarkup.WriteChart(_html, "layers", "Layers");
        ChartMarkup.WriteHelp(_html, "All charts show the same time.", " of time (in the maps also of sectors or layers)");
        _html.Add($"</section>");
    }

    private void WriteDevice(FigureContext context)
    {
        int index = Array.IndexOf(_devices, context);
        bool isOne = _devices.Length == 1;
        if (!isOne)
            _html.Add($"""<section id="device-{index}"><h2>Device {context.Device.Label()}</h2>""");
        foreach (Section<FigureContext> section in TraceSections.All)
            WriteSection(section, context, isOne ? "h2" : "h3");
        if (!isOne)
            _html.Add($"</section>");
    }

    private void WriteSection(Section<FigureContext> section, FigureContext context, string heading)
    {
        int index = Array.IndexOf(_devices, context);
        WriteSection(section, FormattableString.Invariant($"{section.Id}-{index}"), context, context.Device.Device, index, heading);
    }

    private void WriteSection<TSource>(Section<TSource> section, string id, TSource source, string device, int index, string heading)
    {
        _html.Add($"""<section id="{id}" class="question"><{heading}>{section.TitleOf(source) ?? section.Title}</{heading}>""");
        _html.Add($"""<div class="figures">""");
        foreach (Figure<TSource> figure in section.Figures)
        {
            if (_figures.TryGetValue((figure.Name, device), out FigureFile? file))
                _page.WriteFigure(file, figure.CaptionOf(source), figure.Describe(source), index, file.FileName is null ? null : HtmlPage.Packed(figure.Data(source)));
        }

        _html.Add($"</div>");
        if (section.Note(source) is { } note)
            _html.Add($"<p><bdi>{note}</bdi></p>");
        foreach (Func<TSource, Table> table in section.Tables)
            HtmlTable.Write(_html, table(source), device.Length == 0 ? "" : "-" + device.Replace(',', '-'));
        _html.Add($"""<p class="how"><strong>How this was computed.</strong> {section.MethodOf(source) ?? section.Method}</p></section>""");
    }

    // Where to look at what a finding names; null if it was not drawn.
    private string? FigureAddress(string figure) =>
        _report.MainDevice is { } main && _figures.TryGetValue((figure, main.Device), out FigureFile? file) && file.FileName is not null
            ? "#" + HtmlPage.IdOf(figure, Array.FindIndex(_devices, device => device.Device == main))
            : null;

    private static string? WallClock(long unixNs)
    {
        // Damaged traces name times that no calendar has.
        long seconds = unixNs / 1_000_000_000;
        return seconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
            : null;
    }
}
