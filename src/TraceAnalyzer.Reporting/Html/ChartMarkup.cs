namespace TraceAnalyzer.Reporting.Html;

/// <summary>Empty frames that a page's script fills: charts that zoom and read out values. Without a script there are the figures.</summary>
internal static class ChartMarkup
{
    /// <summary>Reads, writes or both.</summary>
    public static void WriteOperations(HtmlBuilder html) =>
        html.Add($"""<fieldset><legend>Show</legend><label><input type="radio" name="operation" value="both" checked> Reads and writes</label> <label><input type="radio" name="operation" value="read"> Reads</label> <label><input type="radio" name="operation" value="write"> Writes</label></fieldset>""");

    /// <summary>Buttons that zoom and move.</summary>
    public static void WriteZoom(HtmlBuilder html) =>
        html.Add($"""<div role="group" aria-label="Zoom"><button type="button" data-do="in">Zoom in</button><button type="button" data-do="out">Zoom out</button><button type="button" data-do="left" aria-label="Earlier">←</button><button type="button" data-do="right" aria-label="Later">→</button><button type="button" data-do="reset">Reset</button></div>""");

    /// <summary>A chart with what is read out of it, and how to save it.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="name">Name of the chart for the script.</param>
    /// <param name="caption">What stands above it until the script says it better.</param>
    public static void WriteChart(HtmlBuilder html, string name, string caption) => html.Add($"""
        <figure id="{name}-figure"><figcaption id="{name}-caption">{caption}</figcaption>
        <canvas id="{name}" tabindex="0" role="application" aria-labelledby="{name}-caption" aria-describedby="{name}-reading explore-help"></canvas>
        <output id="{name}-reading" class="reading" aria-live="polite"></output>
        <p class="actions"><button type="button" data-save="{name}">Save shown data (CSV)</button><button type="button" data-save="{name}-picture">Save picture (PNG)</button></p></figure>
        """);

    /// <summary>How to read and zoom.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="first">What is particular to the page's charts.</param>
    /// <param name="maps">What is added to dragging where there are maps.</param>
    public static void WriteHelp(HtmlBuilder html, string first, string maps) => html.Add($"""
        <p id="explore-help" class="help">{first} Point or tap to read values; drag to zoom into a range{maps}; click a chart, then turn the wheel, to zoom where the pointer is; double-click resets. Keys on a focused chart: arrow keys read the next bin{(maps.Length > 0 ? " or cell" : "")}, + and − zoom, Page Up and Page Down move, 0 resets.</p>
        """);
}
