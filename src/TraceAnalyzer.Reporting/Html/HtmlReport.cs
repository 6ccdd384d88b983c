using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using TraceAnalyzer.Reports;

namespace TraceAnalyzer.Reporting;

/// <summary>
/// <c>report.html</c>: a report as one page that needs nothing but itself: figures, script, style and data are within it, and its
/// content security policy keeps it from loading anything. The same report and figures give the same bytes. See docs/report-page.md.
/// </summary>
public sealed class HtmlReport
{
    /// <summary>Name of the file in an output folder.</summary>
    public const string FileName = "report.html";

    // Figures beyond this stay beside the page, which with its data is to be below 10 MB: base64 makes 4 MB of it.
    private const long MaxFigureBytes = 3_000_000;

    private readonly HtmlBuilder _html = new();
    private readonly TraceReport _report;
    private readonly FrozenDictionary<(string Figure, string Device), FigureFile> _figures;
    private readonly string _folder;
    private readonly FigureContext[] _devices;
    private long _figureBytes;

    private HtmlReport(TraceReport report, IReadOnlyList<FigureFile> figures, string folder)
    {
        _report = report;
        _folder = folder;
        _figures = figures.ToFrozenDictionary(figure => (figure.Figure, figure.Device));
        _devices = [.. report.Devices.Where(HasRequests).Select(device => new FigureContext(report, device))];
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
        stream.Write(Encoding.UTF8.GetBytes(page._html.ToString()));
    }

    private static bool HasRequests(DeviceReport device) => device.Operations.Any(operation => operation.Overview.Requests > 0);

    private bool HasCharts => _report.Time.Count > 0 && _devices.Any(device => device.Transfers().Any());

    private void WritePage()
    {
        string style = Resource("report.css");
        string script = Resource("report.js");
        _html.Add($"<!DOCTYPE html>");
        _html.Add($"""<html lang="en"><head><meta charset="utf-8">""");
        _html.Add($"""<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; script-src '{Hash(script)}'; style-src '{Hash(style)}'; base-uri 'none'; form-action 'none'">""");
        _html.Add($"""<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">""");
        _html.Add($"<title>{_report.Source.Name} – I/O report</title>");
        _html.AddRawElement("style", "", style);
        _html.Add($"</head><body>");
        _html.Add($"""<a class="skip" href="#main">Skip to the content</a>""");
        WriteHeader();
        WriteContents();
        _html.Add($"""<main id="main" tabindex="-1">""");
        // Findings and the run's settings belong here, ahead of the numbers they rest on, once the report has them.
        WriteKeyNumbers();
        WriteIntegrity();
        WriteCharts();
        foreach (FigureContext device in _devices)
            WriteDevice(device);
        _html.Add($"</main>");
        _html.Add($"<footer><p>Made by traceanalyzer from the events of the trace; report.json and the CSV files beside this page hold every number. Sizes: 1 KiB = 1,024 bytes. A sector is 512 bytes. Times count from the start of the first bin.</p></footer>");
        if (HasCharts)
            _html.AddRawElement("script", """ type="application/json" id="data" """, PageData.Of(_report, _devices));
        _html.AddRawElement("script", "", script);
        _html.Add($"</body></html>");
    }

    private void WriteHeader()
    {
        ReportSource source = _report.Source;
        _html.Add($"""<header><p class="kind">Block I/O report</p><h1><bdi>{source.Name}</bdi></h1>""");
        string files = source.Files.Length == 1 ? "1 file" : $"{HumanUnits.Count(source.Files.Length)} files";
        _html.Add($"""<dl class="facts">""");
        Fact("Trace", $"{source.Format}, {files}, {HumanUnits.Bytes(source.Bytes)}");
        if (_report.WallClockStartUnixNs is { } startNs && WallClock(startNs) is { } start)
            Fact("Started", start);
        Fact("Events", _report.Events == 0 ? "none" : $"{HumanUnits.Count(_report.Events)} in {Quantity.Duration((double)_report.LastEventNs - _report.FirstEventNs)}");
        Fact("Counted", $"{_report.Settings.CountedAction} events" + (_report.Settings.Study ? "; the study's own numbers are in study_*.csv and report.json" : ""));
        Fact("Filters", _report.Settings.Filters.Length == 0 ? "none" : string.Join("; ", _report.Settings.Filters));
        Fact("Devices", _devices.Length == 0 ? "none with requests" : string.Join("; ", _devices.Select(device => device.Device.Label())));
        _html.Add($"</dl></header>");

        void Fact(string name, string value) => _html.Add($"<div><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div>");
    }

    private void WriteContents()
    {
        _html.Add($"""<nav aria-label="Contents"><ul>""");
        _html.Add($"""<li><a href="#numbers">Key numbers</a></li><li><a href="#integrity">Integrity</a></li>""");
        if (HasCharts)
            _html.Add($"""<li class="script"><a href="#explore">Explore</a></li>""");
        for (int device = 0; device < _devices.Length; device++)
        {
            if (_devices.Length > 1)
            {
                _html.Add($"""<li><a href="#device-{device}">Device {_devices[device].Device.Label()}</a></li>""");
                continue;
            }

            foreach (Question question in Question.All)
                _html.Add($"""<li><a href="#{question.Id}-{device}">{question.Title}</a></li>""");
        }

        _html.Add($"</ul></nav>");
    }

    private void WriteKeyNumbers()
    {
        _html.Add($"""<section id="numbers" aria-labelledby="numbers-title"><h2 id="numbers-title">Key numbers</h2>""");
        if (_devices.Length == 0)
            _html.Add($"<p>No requests were counted: the trace has no {_report.Settings.CountedAction} events of any, or the filters leave none.</p>");
        if (_devices.Length > 1)
            _html.Add($"<p>The same I/O may show at several devices (a disk and its volumes): never add devices up.</p>");
        foreach (FigureContext device in _devices)
        {
            if (_devices.Length > 1)
                _html.Add($"<h3>Device {device.Device.Label()}</h3>");
            WriteCards(device);
        }

        _html.Add($"</section>");
    }

    private void WriteCards(FigureContext context)
    {
        _html.Add($"""<dl class="cards">""");
        foreach ((string name, OperationReport operation, _) in context.Transfers())
        {
            OverviewResult overview = operation.Overview;
            string rate = overview.MeanBytesPerSecond is { } mean ? $"{HumanUnits.BytesPerSecond(mean)} on average, " : "";
            Card(name == "Read" ? "Read" : "Written", HumanUnits.Bytes(overview.Bytes), $"{rate}{HumanUnits.BytesPerSecond(overview.PeakBytesPerSecond)} at most; {HumanUnits.Count(overview.Requests)} requests", name);
            RequestSizeResult sizes = operation.Sizes;
            Card($"{name} size", HumanUnits.Bytes(sizes.DominatingSizeBytes), $"{Quantity.Percent(sizes.DominatingShareOfRequests)} of the requests have it", name);
            if (operation.SectorAccess is { } access)
            {
                Card($"{name} footprint", HumanUnits.Bytes(operation.Overview.FootprintBytes),
                    $"{HumanUnits.Count(access.MeanAccesses)} accesses a sector on average; Gini {access.Gini.ToString("0.000", CultureInfo.InvariantCulture)}", name);
            }

            foreach ((string kind, LatencyStatistics statistics) in LatencyRows.Of(operation.Latency).Where(row => row.Kind == operation.Latency!.DetailKind))
                Card($"{name} latency", Quantity.Duration(statistics.P50Ns), $"median {kind}; 99 % within {Quantity.Duration(statistics.P99Ns)}", name);
        }

        if (context.Device.QueueDepth is { } depth)
            Card("In flight", HumanUnits.Count(depth.MeanDepth), $"requests on average; {HumanUnits.Count(depth.MaxDepth)} at most", "");
        _html.Add($"</dl>");

        void Card(string name, string value, string note, string kind) =>
            _html.Add($"""<div class="card {kind}"><dt>{name}</dt><dd><strong>{value}</strong> <span>{note}</span></dd></div>""");
    }

    private void WriteIntegrity()
    {
        _html.Add($"""<section id="integrity" aria-labelledby="integrity-title"><h2 id="integrity-title">Integrity</h2>""");
        IntegrityCounter[] losses = [.. _report.Integrity.Where(counter => counter.Count > 0)];
        if (losses.Length == 0)
            _html.Add($"""<p class="good">Nothing was lost, and everything fits: all {_report.Integrity.Length} counters are zero.</p>""");
        else
            _html.Add($"""<p class="bad">Something was lost or does not fit. Read the numbers below with this in mind:</p>""");
        WriteCounters("integrity", "What was lost or does not fit", losses);
        if (_report.Integrity.Length > losses.Length)
        {
            _html.Add($"<details><summary>Counters at zero</summary>");
            WriteCounters("integrity-zero", "Counters at zero", [.. _report.Integrity.Where(counter => counter.Count == 0)]);
            _html.Add($"</details>");
        }

        _html.Add($"</section>");
    }

    private void WriteCounters(string fileName, string caption, IntegrityCounter[] counters)
    {
        var table = new HtmlTable(fileName, caption, "Counter", "Count", "Meaning", "First seen");
        foreach (IntegrityCounter counter in counters)
            table.Add(counter.Name, HtmlCell.Of(counter.Count, HumanUnits.Count), counter.Meaning, counter.FirstPlace ?? HtmlCell.None);
        table.Write(_html);
    }

    // Empty frames that the script fills; without it there are the figures.
    private void WriteCharts()
    {
        if (!HasCharts)
            return;

        _html.Add($"""<section id="explore" class="script" aria-labelledby="explore-title"><h2 id="explore-title">Explore over time</h2>""");
        _html.Add($"""
            <div class="controls">
            <label class="several">Device <select id="device"></select></label>
            <label>Timeline <select id="measure"><option value="bytes">Bandwidth</option><option value="requests">Requests a second</option></select></label>
            <fieldset id="map-class"><legend>Heatmap</legend><label><input type="radio" name="map-class" value="read" checked> Reads</label> <label><input type="radio" name="map-class" value="write"> Writes</label></fieldset>
            <div role="group" aria-label="Zoom"><button type="button" data-do="in">Zoom in</button><button type="button" data-do="out">Zoom out</button><button type="button" data-do="left" aria-label="Earlier">←</button><button type="button" data-do="right" aria-label="Later">→</button><button type="button" data-do="reset">Reset</button></div>
            </div>
            <p id="shown" class="shown" aria-live="polite"></p>
            <figure><figcaption id="timeline-caption">Timeline</figcaption>
            <canvas id="timeline" tabindex="0" role="application" aria-labelledby="timeline-caption" aria-describedby="timeline-reading explore-help"></canvas>
            <output id="timeline-reading" class="reading" aria-live="polite"></output>
            <p class="actions"><button type="button" data-save="timeline">Save shown data (CSV)</button><button type="button" data-save="timeline-picture">Save picture (PNG)</button></p></figure>
            <figure id="map-figure"><figcaption id="heatmap-caption">Heatmap</figcaption>
            <canvas id="heatmap" tabindex="0" role="application" aria-labelledby="heatmap-caption" aria-describedby="heatmap-reading explore-help"></canvas>
            <output id="heatmap-reading" class="reading" aria-live="polite"></output>
            <p class="actions"><button type="button" data-save="heatmap">Save shown data (CSV)</button><button type="button" data-save="heatmap-picture">Save picture (PNG)</button></p></figure>
            <p id="explore-help" class="help">Both charts show the same time. Point or tap to read values; drag to zoom into a range of time (in the heatmap also of sectors); click a chart, then turn the wheel, to zoom where the pointer is; double-click resets. Keys on a focused chart: arrow keys read the next bin or cell, + and − zoom, Page Up and Page Down move, 0 resets.</p>
            """);
        _html.Add($"</section>");
    }

    private void WriteDevice(FigureContext context)
    {
        int index = Array.IndexOf(_devices, context);
        bool isOne = _devices.Length == 1;
        if (!isOne)
            _html.Add($"""<section id="device-{index}"><h2>Device {context.Device.Label()}</h2>""");
        foreach (Question question in Question.All)
            WriteQuestion(question, context, index, isOne ? "h2" : "h3");
        if (!isOne)
            _html.Add($"</section>");
    }

    private void WriteQuestion(Question question, FigureContext context, int index, string heading)
    {
        _html.Add($"""<section id="{question.Id}-{index}" class="question"><{heading}>{question.Title}</{heading}>""");
        _html.Add($"""<div class="figures">""");
        foreach ((string figure, string caption) in question.Figures)
            WriteFigure(figure, caption, context, index);
        _html.Add($"</div>");
        question.WriteNumbers(_html, context);
        _html.Add($"""<p class="how"><strong>How this was computed.</strong> {question.How}</p></section>""");
    }

    private void WriteFigure(string name, string caption, FigureContext context, int device)
    {
        if (!_figures.TryGetValue((name, context.Device.Device), out FigureFile? figure))
            return;

        if (figure.FileName is null)
        {
            _html.Add($"""<p class="missing">{caption}: not drawn, {figure.Reason}.</p>""");
            return;
        }

        string alternative = FigureAlternatives.Of(name, context);
        byte[] picture = File.ReadAllBytes(Path.Combine(_folder, figure.FileName));
        _figureBytes += picture.Length;
        if (_figureBytes > MaxFigureBytes)
        {
            _figureBytes -= picture.Length;
            _html.Add($"""<p class="missing">{caption}: left out to keep this page small; it is <a href="{Uri.EscapeDataString(figure.FileName)}">{figure.FileName}</a> beside it. {alternative}</p>""");
            return;
        }

        bool isSvg = figure.FileName.EndsWith(".svg", StringComparison.Ordinal);
        _html.Append($"""<figure><figcaption>{caption}</figcaption><img alt="{alternative}" data-file="{figure.FileName}" src="data:image/{(isSvg ? "svg+xml" : "png")};base64,""");
        _html.AddBase64(picture);
        _html.Add($"""
            ">
            <p class="actions script"><button type="button" data-save="figure">Save figure ({(isSvg ? "SVG" : "PNG")})</button><button type="button" data-save="figure-data" data-figure="{name}" data-device="{device}">Save data (CSV)</button></p></figure>
            """);
    }

    private static string? WallClock(long unixNs)
    {
        // Damaged traces name times that no calendar has.
        long seconds = unixNs / 1_000_000_000;
        return seconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
            : null;
    }

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the resource {name} is missing");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
