using System.Globalization;

namespace TraceAnalyzer.Reporting;

/// <summary>A cell: what people read, and the exact value that a saved table holds.</summary>
/// <param name="Text">What is shown.</param>
/// <param name="Exact">The number behind it in its base unit (bytes, nanoseconds, 0 to 1); null if <paramref name="Text"/> says it all.</param>
internal readonly record struct HtmlCell(string Text, string? Exact = null)
{
    /// <summary>For what does not apply or is unknown.</summary>
    public static readonly HtmlCell None = new("–", "");

    public static implicit operator HtmlCell(string text) => new(text);

    /// <summary>A number with its unit.</summary>
    public static HtmlCell Of(double? value, Func<double, string> format) =>
        value is { } number ? new HtmlCell(format(number), number.ToString(CultureInfo.InvariantCulture)) : None;

    /// <summary>A whole number with its unit.</summary>
    public static HtmlCell Of(long value, Func<double, string> format) =>
        new(format(value), value.ToString(CultureInfo.InvariantCulture));
}

/// <summary>A table of numbers that names its columns and rows for screen readers, scrolls by itself on a phone, and can be saved.</summary>
/// <param name="fileName">Name of the saved file, without ending.</param>
/// <param name="caption">What it shows.</param>
/// <param name="headers">Names of the columns; the first is of the row's name.</param>
internal sealed class HtmlTable(string fileName, string caption, params string[] headers)
{
    private readonly List<HtmlCell[]> _rows = [];
    private readonly HashSet<int> _marked = [];

    /// <summary>True if the cells are words rather than numbers.</summary>
    public bool IsText { get; init; }

    /// <summary>True if it is to scroll by itself where it is longer than a screen.</summary>
    public bool IsLong { get; init; }

    /// <summary>What fits on paper, where nothing scrolls: a wider table is printed in parts. Null if it is narrow however much it holds.</summary>
    public PaperColumns? Paper { get; init; }

    /// <summary>Adds a row, its name first.</summary>
    public void Add(params HtmlCell[] cells)
    {
        if (cells.Length != headers.Length)
            throw new ArgumentException($"the table has {headers.Length} columns, the row {cells.Length}", nameof(cells));
        _rows.Add(cells);
    }

    /// <summary>Makes the row that was added last stand out.</summary>
    public void MarkLast() => _marked.Add(_rows.Count - 1);

    /// <summary>Writes it; nothing if it has no rows.</summary>
    public void Write(HtmlBuilder html)
    {
        if (_rows.Count == 0)
            return;

        int[][] parts = Paper?.Parts(headers.Length) ?? [];
        bool isCut = parts.Length > 1;
        // What scrolls must be reachable by keyboard.
        html.Add($"""<div class="scroll{(IsLong ? " long" : "")}{(isCut ? " on-screen" : "")}" tabindex="0" role="region" aria-label="{caption}">""");
        html.Append($"""<table class="{Kind}" data-file="{fileName}">""");
        WriteRows(html, caption, [.. Enumerable.Range(0, headers.Length)]);
        html.Add($"</div>");
        html.Add($"""<p class="actions script"><button type="button" data-save="table">Save table (CSV)</button></p>""");
        if (!isCut)
            return;

        html.Add($"""<div class="on-paper">""");
        for (int part = 0; part < parts.Length; part++)
        {
            html.Append($"""<table class="{Kind}">""");
            WriteRows(html, string.Create(CultureInfo.InvariantCulture, $"{caption}, part {part + 1} of {parts.Length}"), parts[part]);
        }

        html.Add($"</div>");
    }

    private string Kind => IsText ? "words" : "numbers";

    private void WriteRows(HtmlBuilder html, string name, int[] columns)
    {
        html.Add($"<caption><span>{name}</span></caption>");
        html.Add($"<thead><tr>");
        foreach (int column in columns)
            html.Add($"""<th scope="col">{headers[column]}</th>""");
        html.Add($"</tr></thead><tbody>");
        for (int i = 0; i < _rows.Count; i++)
        {
            HtmlCell[] row = [.. columns.Select(column => _rows[i][column])];
            html.Add($"""<tr class="{(_marked.Contains(i) ? "marked" : "plain")}"><th scope="row"><bdi>{row[0].Text}</bdi></th>""");
            foreach (HtmlCell cell in row.AsSpan(1))
            {
                if (cell.Exact is null)
                    html.Add($"<td><bdi>{cell.Text}</bdi></td>");
                else
                    html.Add($"""<td data-exact="{cell.Exact}">{cell.Text}</td>""");
            }

            html.Add($"</tr>");
        }

        html.Add($"</tbody></table>");
    }
}
