using System.Collections.Frozen;
using System.Globalization;
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
        _devices = [.. ShownDevices.Of(report.Devices.Where(HasRequests)).Select(device => new FigureContext(report, device))];
        _run = report.Run is null ? null : _devices.MaxBy(device => FigureWriter.BytesOf(device.Device));
        string? data = HasCharts ? PageData.Of(report, _devices) : null;
        _page = new HtmlPage($"{report.Source.Name} – I/O report", folder, data, "common.js", "report-data.js", "charts.js", "report-draw.js", "report.js");
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

    private static bool HasRequests(DeviceReport device) => device.Operations.Any(operation => operation.Overview.Requests > 0);

    private bool HasCharts => _report.Time.Count > 0 && _devices.Any(device => device.Transfers().Any());

    private void WritePage()
    {
        WriteHeader();
        WriteContents();
        _html.Add($"""<main id="main" tabindex="-1">""");
        FindingsSection.Write(_html, _report.Findings, FigureAddress);
        WriteKeyNumbers();
        WriteIntegrity();
        if (_report.Run is { } run)
            RunSection.Write(_html, run);
        WriteLogs();
        WriteCharts();
        if (_run is not null)
        {
            foreach (Question question in RunQuestions.All)
                WriteQuestion(question, _run, Array.IndexOf(_devices, _run), "h2");
        }

        foreach (FigureContext device in _devices)
            WriteDevice(device);
        _html.Add($"</main>");
        _html.Add($"<footer><p>Made by traceanalyzer from the events of the trace; report.json and the CSV files beside this page hold every number. Sizes: 1 KiB = 1,024 bytes. A sector is 512 bytes. Times count from the start of the first bin.</p></footer>");
    }

    // A report of logs alone has no counters of reading.
    private bool HasTrace => _report.Integrity.Length > 0;

    private bool HasLogs => !HasTrace && _report.Run is { Gpu: not null } or { Logged: not null };

    private void WriteLogs()
    {
        if (!HasLogs)
            return;
        _html.Add($"""<section id="logs" aria-labelledby="logs-title"><h2 id="logs-title">GPU and phases</h2><div class="figures">""");
        foreach ((string name, _) in Figures.OfLogs)
        {
            if (!_figures.TryGetValue((name, ""), out FigureFile? figure))
                continue;
            (string caption, string alternative) = name == GpuTimelineFigure.Name
                ? ("GPU utilisation over time", "GPU utilisation over time, with a band for each phase that the framework's log tells of.")
                : ("Time of each token", "The time that each token took, as the framework's log tells.");
            _page.WriteFigure(figure, caption, alternative, 0, HtmlPage.Packed(LogFigureTables.Of(name, _report.Run!)));
        }

        _html.Add($"</div>");
        if (_report.Run?.Logged is { } logged)
        {
            var table = new HtmlTable("logged-phases", "Phases in the framework's log", "Phase", "Time", "GPU mean", "GPU idle");
            foreach (LoggedPhase phase in logged.Phases)
            {
                string index = phase.Index is { } number ? FormattableString.Invariant($" {number}") : "";
                table.Add(
                    phase.Name + index,
                    HtmlCell.Of(phase.EndNs - phase.StartNs, HumanUnits.Duration),
                    HtmlCell.Of(phase.GpuMeanPercent / 100, HumanUnits.Share),
                    HtmlCell.Of(phase.GpuIdleShare, HumanUnits.Share));
            }

            table.Write(_html);
            string within = logged.UncertaintyNs is { } ns ? $", to within {HumanUnits.Duration(ns)}" : "";
            _html.Add($"""<p class="how"><strong>How this was computed.</strong> Phases of {logged.File}, placed in the GPU log: {logged.Anchor}{within}.</p>""");
        }

        _html.Add($"</section>");
    }

    private void WriteHeader()
    {
        ReportSource source = _report.Source;
        _html.Add($"""<header><p class="kind">Block I/O report</p><h1><bdi>{source.Name}</bdi></h1>""");
        string files = source.Files.Length == 1 ? "1 file" : $"{HumanUnits.Count(source.Files.Length)} files";
        _html.Add($"""<dl class="facts">""");
        if (_report.Run is { } run)
            _html.Add($"""<div class="wide"><dt>Run</dt><dd><bdi>{RunSection.Summary(run)}</bdi></dd></div>""");
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
        if (_report.Findings.Length > 0)
            _html.Add($"""<li><a href="#findings">Findings</a></li>""");
        _html.Add($"""<li><a href="#numbers">Key numbers</a></li><li><a href="#integrity">Integrity</a></li>""");
        if (_report.Run is not null)
            _html.Add($"""<li><a href="#run">The run</a></li>""");
        if (HasLogs)
            _html.Add($"""<li><a href="#logs">GPU and phases</a></li>""");
        if (HasCharts)
            _html.Add($"""<li class="script"><a href="#explore">Explore</a></li>""");
        if (_run is not null)
        {
            foreach (Question question in RunQuestions.All)
                _html.Add($"""<li><a href="#{question.Id}-{Array.IndexOf(_devices, _run)}">{question.Title}</a></li>""");
        }

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
        foreach (string note in _report.Notes)
            _html.Add($"""<p class="note"><strong>Note:</strong> {note}</p>""");
        if (!HasTrace)
            _html.Add($"<p>No trace was read, so there are no numbers of I/O.</p>");
        else if (_devices.Length == 0)
            _html.Add($"<p>No requests were counted: the trace has no {_report.Settings.CountedAction} events of any, or the filters leave none.</p>");
        if (ShownDevices.Sentence(_report.Devices.Count(HasRequests)) is { } shown)
            _html.Add($"<p>{shown}</p>");
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
                Card($"{name} footprint", (access.Estimate is null ? "" : "about ") + HumanUnits.Bytes(operation.Overview.FootprintBytes),
                    $"{(access.Estimate is null ? "" : "an estimate; ")}{HumanUnits.Count(access.MeanAccesses)} accesses a sector on average; Gini {HumanUnits.Coefficient(access.Gini)}", name);
            }

            foreach ((string kind, LatencyStatistics statistics) in LatencyKinds.Of(operation.Latency).Where(row => row.Kind == operation.Latency!.DetailKind))
                Card($"{name} latency", Quantity.Duration(statistics.P50Ns), $"median {kind}; 99 % within {Quantity.Duration(statistics.P99Ns)}", name);
        }

        if (context.Device.QueueDepth is { } depth)
            Card("In flight", HumanUnits.Count(depth.MeanDepth), $"requests on average; {HumanUnits.Count(depth.MaxDepth)} at most", "");
        if (context.Device.Reissues > 0)
            Card("Issued again", HumanUnits.Count(context.Device.Reissues), "more issues of requests that had gone back to the queue; each request is counted once", "");
        _html.Add($"</dl>");

        void Card(string name, string value, string note, string kind) =>
            _html.Add($"""<div class="card {kind}"><dt>{name}</dt><dd><strong>{value}</strong> <span>{note}</span></dd></div>""");
    }

    private void WriteIntegrity()
    {
        _html.Add($"""<section id="integrity" aria-labelledby="integrity-title"><h2 id="integrity-title">Integrity</h2>""");
        IntegrityCounter[] counted = [.. _report.Integrity.Where(counter => counter.Count > 0)];
        if (!HasTrace)
            _html.Add($"<p>No trace was read.</p>");
        else if (!_report.HasLosses)
            _html.Add($"""<p class="good">Nothing was lost, and everything fits: all {_report.Integrity.Count(counter => counter.IsLoss)} counters of losses are zero.</p>""");
        else
            _html.Add($"""<p class="bad">Something was lost or does not fit. Read the numbers below with this in mind:</p>""");
        WriteCounters("integrity", _report.HasLosses ? "What was lost or does not fit" : "What was left out", counted);
        if (_report.Integrity.Length > counted.Length)
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

    private void WriteCharts()
    {
        if (!HasCharts)
            return;

        _html.Add($"""<section id="explore" class="script" aria-labelledby="explore-title"><h2 id="explore-title">Explore over time</h2>""");
        _html.Add($"""
            <div class="controls">
            <label class="several">Device <select id="device"></select></label>
            <label>Timeline <select id="measure"><option value="bytes">Bandwidth</option><option value="requests">Requests a second</option></select></label>
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
        foreach (Question question in Question.All)
            WriteQuestion(question, context, index, isOne ? "h2" : "h3");
        if (!isOne)
            _html.Add($"</section>");
    }

    private void WriteQuestion(Question question, FigureContext context, int index, string heading)
    {
        _html.Add($"""<section id="{question.Id}-{index}" class="question"><{heading}>{question.Title}</{heading}>""");
        _html.Add($"""<div class="figures">""");
        foreach ((string name, string caption) in question.Figures)
        {
            if (_figures.TryGetValue((name, context.Device.Device), out FigureFile? figure))
                _page.WriteFigure(figure, caption, FigureAlternatives.Of(name, context), index, figure.FileName is null ? null : HtmlPage.Packed(FigureTables.Of(name, context)));
        }

        _html.Add($"</div>");
        question.WriteNumbers(_html, context);
        _html.Add($"""<p class="how"><strong>How this was computed.</strong> {question.How}</p></section>""");
    }

    // Where to look at what a finding names; null if it was not drawn. Findings are about the device that moves most.
    private string? FigureAddress(string figure)
    {
        FigureContext? busiest = _devices.MaxBy(device => FigureWriter.BytesOf(device.Device));
        return busiest is not null && _figures.TryGetValue((figure, busiest.Device.Device), out FigureFile? file) && file.FileName is not null
            ? "#" + HtmlPage.IdOf(figure, Array.IndexOf(_devices, busiest))
            : null;
    }

    private static string? WallClock(long unixNs)
    {
        // Damaged traces name times that no calendar has.
        long seconds = unixNs / 1_000_000_000;
        return seconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
            : null;
    }
}
