using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TraceAnalyzer.Reporting.Figures;
using TraceAnalyzer.Tables;

namespace TraceAnalyzer.Reporting.Html;

/// <summary>
/// What every page of this tool is: one file that needs nothing but itself. Figures, script, style and data are within it, and its
/// content security policy keeps it from loading anything.
/// </summary>
internal sealed class HtmlPage
{
    // The page is to be below 10 MB; this is for its text, script and style.
    private const int MaxLength = 9_000_000;

    private static readonly string[] s_scripts = ["saving.js"];
    private static readonly string[] s_chartScripts = ["units.js", "axes.js", "charts.js"];

    private readonly string _folder;
    private readonly string _script;
    private readonly string? _data;
    private readonly Dictionary<string, string> _tables = [];

    /// <summary>Begins a page up to its body.</summary>
    /// <param name="title">Title of its window.</param>
    /// <param name="folder">Where its figures are.</param>
    /// <param name="data">What its charts are drawn from, as JSON in which <c>&lt;</c> is escaped; null if it has no charts.</param>
    /// <param name="scripts">Names of the parts of its script that draw its charts, in their order; they share one scope with those that every page has.</param>
    public HtmlPage(string title, string folder, string? data, params ReadOnlySpan<string> scripts)
    {
        _folder = folder;
        _data = data;
        Room = MaxLength - (data?.Length ?? 0);
        var script = new StringBuilder("'use strict';\n(() => {\n");
        foreach (string part in data is null ? s_scripts : [.. s_scripts, .. s_chartScripts, .. scripts])
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

    /// <summary>Characters that figures and their data may still take.</summary>
    public long Room { get; private set; }

    /// <summary>A table as the page holds it: compressed, which even as base64 is half to a fifth of it. Browsers know how to unpack it.</summary>
    [return: NotNullIfNotNull(nameof(table))]
    public static string? Packed(Table? table, CompressionLevel level = CompressionLevel.Fastest)
    {
        if (table is null)
            return null;

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(CsvWriter.TextOf(table)));
        return Convert.ToBase64String(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }

    /// <summary>What is on it.</summary>
    public HtmlBuilder Html { get; } = new();

    /// <summary>Ends the page with its data and its script, and writes it to a stream, which stays open.</summary>
    public void End(Stream stream)
    {
        Html.AddRawElement("script", """ type="application/json" id="tables" """, Tables());
        if (_data is not null)
            Html.AddRawElement("script", """ type="application/json" id="data" """, _data);
        Html.AddRawElement("script", "", _script);
        Html.Add($"</body></html>");
        stream.Write(Encoding.UTF8.GetBytes(Html.ToString()));
    }

    /// <summary>Writes a figure with what it shows and how to save it; or why it was not drawn; or, where it would make the page too large, where it lies.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="caption">What stands above it.</param>
    /// <param name="alternative">What it shows, in words.</param>
    /// <param name="device">Index of its device in the page's data.</param>
    /// <param name="table">The data behind it, <see cref="Packed">packed</see>; null if the page's script makes it of what it draws from.</param>
    /// <param name="isSpare">Whether to leave it out in any case.</param>
    public void WriteFigure(FigureFile figure, string caption, string alternative, int device, string? table, bool isSpare = false)
    {
        if (figure.FileName is null)
        {
            Html.Add($"""<p class="missing">{caption}: not drawn, {figure.Reason}.</p>""");
            return;
        }

        byte[] picture = File.ReadAllBytes(Path.Combine(_folder, figure.FileName));
        long length = Base64.GetMaxEncodedToUtf8Length(picture.Length);
        if (isSpare || length > Room)
        {
            Html.Add($"""<p class="missing" id="{IdOf(figure.Figure, device)}">{caption}: left out to keep this page small; it is <a href="{Uri.EscapeDataString(figure.FileName)}">{figure.FileName}</a> beside it. {alternative}</p>""");
            return;
        }

        Room -= length;
        bool isSvg = figure.FileName.EndsWith(".svg", StringComparison.Ordinal);
        Html.Append($"""<figure id="{IdOf(figure.Figure, device)}"><figcaption>{caption}</figcaption><img alt="{alternative}" data-file="{figure.FileName}" src="data:image/{(isSvg ? "svg+xml" : "png")};base64,""");
        Html.AddBase64(picture);
        Html.Add($"""
            ">
            <p class="actions script"><button type="button" data-save="figure">Save figure ({(isSvg ? "SVG" : "PNG")})</button>
            """);
        string key = FormattableString.Invariant($"{figure.Figure}-{device}");
        string name = figure.Device.Length == 0 ? figure.Figure : $"{figure.Figure}-{figure.Device.Replace(',', '-')}";
        if (table is not null && table.Length <= Room)
        {
            Room -= table.Length;
            _tables.Add(key, table);
        }

        if (table is null || _tables.ContainsKey(key))
            Html.Add($"""<button type="button" data-save="figure-data" data-figure="{key}" data-file="{name}">Save data (CSV)</button>""");
        else
            Html.Add($"<span>Its data is too large for this page; the CSV files beside it hold it.</span>");
        Html.Add($"</p></figure>");
    }

    // By name, as a dictionary keeps no order. Names of figures and base64 hold nothing that HTML knows.
    private string Tables()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            foreach ((string key, string table) in _tables.OrderBy(table => table.Key, StringComparer.Ordinal))
                json.WriteString(key, table);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
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
