using System.Globalization;

namespace TraceAnalyzer.Runs;

/// <summary>A text table with a header line. Fields are not quoted: the tables of a run hold numbers and names without separators.</summary>
internal sealed class DelimitedTable
{
    private readonly TextReader _text;
    private readonly char _separator;
    private readonly string[] _columns;
    private string[] _fields = [];

    /// <summary>Reads the header.</summary>
    public DelimitedTable(TextReader text, char separator)
    {
        _text = text;
        _separator = separator;
        _columns = Columns(text.ReadLine() ?? "", separator);
    }

    /// <summary>Rows that did not have the header's number of fields, or that a reader gave up.</summary>
    public int SkippedLines { get; private set; }

    /// <summary>The names in a header line.</summary>
    public static string[] Columns(string header, char separator) => header.TrimEnd('\r').Split(separator, StringSplitOptions.TrimEntries);

    /// <summary>Goes to the next row that has all fields; false at the end.</summary>
    public bool Next()
    {
        while (_text.ReadLine() is { } line)
        {
            _fields = line.Split(_separator, StringSplitOptions.TrimEntries);
            if (_fields.Length == _columns.Length)
                return true;
            if (line.Length > 0)
                SkippedLines++;
        }

        return false;
    }

    /// <summary>Gives the current row up: a field in it makes no sense.</summary>
    public void Skip() => SkippedLines++;

    /// <summary>The column of the first of these names that the header has, or -1.</summary>
    public int Column(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            int column = Array.IndexOf(_columns, name);
            if (column >= 0)
                return column;
        }

        return -1;
    }

    /// <summary>A field of the current row; empty if there is no such column.</summary>
    public string Text(int column) => column < 0 ? "" : _fields[column];

    /// <summary>A field that is a number, or null.</summary>
    public long? Number(int column) =>
        long.TryParse(Text(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;
}
