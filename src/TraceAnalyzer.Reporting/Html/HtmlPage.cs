using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace TraceAnalyzer.Reporting;

/// <summary>
/// What every page of this tool is: one file that needs nothing but itself. Figures, script, style and data are within it, and its
/// content security policy keeps it from loading anything.
/// </summary>
internal sealed class HtmlPage
{
    // Figures beyond this stay beside the page, which with its data is to be below 10 MB: base64 makes 4 MB of it.
    private const long MaxFigureBytes = 3_000_000;

    private readonly string _folder;
    private readonly string _script;
    private long _figureBytes;

    /// <summary>Begins a page up to its body.</summary>
    /// <param name="title">Title of its window.</param>
    /// <param name="folder">Where its figures are.</param>
    /// <param name="scripts">Names of the parts of its script, which share one scope.</param>
    public HtmlPage(string title, string folder, params ReadOnlySpan<string> scripts)
    {
        _folder = folder;
        var script = new StringBuilder("'use strict';\n(() => {\n");
        foreach (string part in scripts)
            script.Append(Resource(part));
        _script = script.Append("})();\n").ToString();
        string style = Resource("page.css");
        Html.Add($"<!DOCTYPE html>");
        Html.Add($"""<html lang="en"><head><meta charset="utf-8">""");
        Html.Add($"""<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; script-src '{Hash(_script)}'; style-src '{Hash(style)}'; base-uri 'none'; form-action 'none'">""");
        Html.Add($"""<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">""");
        Html.Add($"<title>{title}</title>");
        Html.AddRawElement("style", "", style);
        Html.Add($"</head><body>");
        Html.Add($"""<a class="skip" href="#main">Skip to the content</a>""");
    }

    /// <summary>What is on it.</summary>
    public HtmlBuilder Html { get; } = new();

    /// <summary>Ends the page with its data, as JSON in which <c>&lt;</c> is escaped, and its script, and writes it to a stream, which stays open.</summary>
    public void End(string? data, Stream stream)
    {
        if (data is not null)
            Html.AddRawElement("script", """ type="application/json" id="data" """, data);
        Html.AddRawElement("script", "", _script);
        Html.Add($"</body></html>");
        stream.Write(Encoding.UTF8.GetBytes(Html.ToString()));
    }

    /// <summary>Writes a figure with what it shows and how to save it; or why it was not drawn; or, where it would make the page too large, where it lies.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="caption">What stands above it.</param>
    /// <param name="alternative">What it shows, in words.</param>
    /// <param name="device">Index of its device in the page's data.</param>
    /// <param name="hasData">Whether the page's data holds its table.</param>
    public void WriteFigure(FigureFile figure, string caption, string alternative, int device, bool hasData = true)
    {
        if (figure.FileName is null)
        {
            Html.Add($"""<p class="missing">{caption}: not drawn, {figure.Reason}.</p>""");
            return;
        }

        byte[] picture = File.ReadAllBytes(Path.Combine(_folder, figure.FileName));
        if (_figureBytes + picture.Length > MaxFigureBytes)
        {
            Html.Add($"""<p class="missing" id="{IdOf(figure.Figure, device)}">{caption}: left out to keep this page small; it is <a href="{Uri.EscapeDataString(figure.FileName)}">{figure.FileName}</a> beside it. {alternative}</p>""");
            return;
        }

        _figureBytes += picture.Length;
        bool isSvg = figure.FileName.EndsWith(".svg", StringComparison.Ordinal);
        Html.Append($"""<figure id="{IdOf(figure.Figure, device)}"><figcaption>{caption}</figcaption><img alt="{alternative}" data-file="{figure.FileName}" src="data:image/{(isSvg ? "svg+xml" : "png")};base64,""");
        Html.AddBase64(picture);
        Html.Add($"""
            ">
            <p class="actions script"><button type="button" data-save="figure">Save figure ({(isSvg ? "SVG" : "PNG")})</button>
            """);
        if (hasData)
            Html.Add($"""<button type="button" data-save="figure-data" data-figure="{figure.Figure}" data-device="{device}">Save data (CSV)</button>""");
        Html.Add($"</p></figure>");
    }

    /// <summary>Address of a figure within the page.</summary>
    public static string IdOf(string figure, int device) => FormattableString.Invariant($"figure-{figure}-{device}");

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the resource {name} is missing");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
