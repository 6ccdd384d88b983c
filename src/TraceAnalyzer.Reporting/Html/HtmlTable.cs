using System.Globalization;
using TraceAnalyzer.Tables;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Html;

/// <summary>Writes a <see cref="Table"/> that names its columns and rows for screen readers, scrolls by itself on a phone, and can be saved.</summary>
internal static class HtmlTable
{
    private const int LongRows = 12;
    private const string None = "–";

    /// <summary>Writes it; nothing if it has no rows.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="table">What to write; the first column names the rows.</param>
    /// <param name="suffix">Behind the table's name in that of the saved file, e.g. the device.</param>
    /// <param name="paper">What fits on paper, where nothing scrolls: a wider table is printed in parts. Null if it is narrow however much it holds.</param>
    /// <param name="stands">Rows that are to stand out.</param>
    public static void Write(HtmlBuilder html, Table table, string suffix = "", PaperColumns? paper = null, Func<Value[], bool>? stands = null)
    {
        if (table.Rows.Count == 0)
            return;

        int[][] parts = paper?.Parts(table.Columns.Length) ?? [];
        bool isCut = parts.Length > 1;
        bool isText = table.Columns.All(column => column.Unit == Unit.Text);
        string kind = isText ? "words" : "numbers";
        bool isLong = table.Rows.Count > LongRows;
        // What scrolls must be reachable by keyboard.
        html.Add($"""<div class="scroll{(isLong ? " long" : "")}{(isCut ? " on-screen" : "")}" tabindex="0" role="region" aria-label="{table.Title}">""");
        html.Append($"""<table class="{kind}" data-file="{table.Name.Replace('_', '-') + suffix}">""");
        WriteRows(html, table, table.Title, [.. Enumerable.Range(0, table.Columns.Length)], stands);
        html.Add($"</div>");
        html.Add($"""<p class="actions script"><button type="button" data-save="table">Save table (CSV)</button></p>""");
        if (!isCut)
            return;

        html.Add($"""<div class="on-paper">""");
        for (int part = 0; part < parts.Length; part++)
        {
            html.Append($"""<table class="{kind}">""");
            WriteRows(html, table, string.Create(CultureInfo.InvariantCulture, $"{table.Title}, part {part + 1} of {parts.Length}"), parts[part], stands);
        }

        html.Add($"</div>");
    }

    private static void WriteRows(HtmlBuilder html, Table table, string name, int[] columns, Func<Value[], bool>? stands)
    {
        html.Add($"<caption><span>{name}</span></caption>");
        html.Add($"<thead><tr>");
        foreach (int column in columns)
            html.Add($"""<th scope="col">{table.Columns[column].Label}</th>""");
        html.Add($"</tr></thead><tbody>");
        foreach (Value[] row in table.Rows)
        {
            html.Add($"""<tr class="{(stands?.Invoke(row) == true ? "marked" : "plain")}"><th scope="row"><bdi>{Text(table, row, columns[0])}</bdi></th>""");
            foreach (int column in columns.AsSpan(1))
            {
                if (row[column].Text is { } text)
                    html.Add($"<td><bdi>{text}</bdi></td>");
                else
                    html.Add($"""<td data-exact="{row[column].Exact()}">{Text(table, row, column)}</td>""");
            }

            html.Add($"</tr>");
        }

        html.Add($"</tbody></table>");
    }

    private static string Text(Table table, Value[] row, int column) => row[column].IsEmpty ? None : row[column].Display(table.Columns[column].Unit);
}
