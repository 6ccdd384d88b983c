using System.Numerics;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs.Texts;

/// <summary>A text table with a header line. Fields are not quoted: the tables of a run hold numbers and names without separators.</summary>
internal sealed class DelimitedTable
{
    private readonly TextReader _text;
    private readonly char _separator;
    private readonly string[] _columns;
    private readonly SideRemarks _remarks = new();
    private string[] _fields = [];
    private int _rows;
    private int _beyond;

    /// <summary>Reads the header.</summary>
    public DelimitedTable(TextReader text, char separator)
    {
        _text = text;
        _separator = separator;
        _columns = Columns(text.ReadLine() ?? "", separator);
    }

    /// <summary>Rows that did not have the header's number of fields, or that a reader gave up.</summary>
    public int SkippedLines { get; private set; }

    /// <summary>Values that were out of range, and rows that were too many, in sentences.</summary>
    public IReadOnlyList<string> Remarks =>
    [
        .. new[]
        {
            _remarks.Sentence,
            _beyond > 0 ? FormattableString.Invariant($"{_beyond} rows beyond the first {SideRanges.MostRows} left out") : null,
        }.OfType<string>(),
    ];

    /// <summary>The names in a header line.</summary>
    public static string[] Columns(string header, char separator) => header.TrimEnd('\r').Split(separator, StringSplitOptions.TrimEntries);

    /// <summary>Goes to the next row that has all fields; false at the end.</summary>
    public bool Next()
    {
        while (_text.ReadLine() is { } line)
        {
            if (_rows == SideRanges.MostRows)
            {
                _beyond += line.Length > 0 ? 1 : 0;
                continue;
            }

            _fields = line.Split(_separator, StringSplitOptions.TrimEntries);
            if (_fields.Length == _columns.Length)
            {
                _rows++;
                return true;
            }

            if (line.Length > 0)
                SkippedLines++;
        }

        return false;
    }

    /// <summary>Gives the current row up: a field in it makes no sense.</summary>
    public void Skip() => SkippedLines++;

    /// <summary>Start and end on the trace's clock, in nanoseconds; false if they are not times, or the end lies before the start.</summary>
    public bool TrySpan(int start, int end, out long startNs, out long endNs)
    {
        endNs = 0;
        return TryNumber(start, SideRanges.TimeNs, out startNs) && TryNumber(end, SideRanges.TimeNs, out endNs) && endNs >= startNs;
    }

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

    /// <summary>A field that must be a number in its range; false if it is not.</summary>
    public bool TryNumber<T>(int column, NumberRange<T> range, out T number) where T : struct, INumber<T>
    {
        T? value = range.Parse(Text(column));
        number = value.GetValueOrDefault();
        if (value is null && Text(column).Length > 0)
            _remarks.AddValue(_columns[column], Text(column), range.ToString());
        return value is not null;
    }

    /// <summary>The same, but null if the field is empty or there is no such column.</summary>
    public bool TryOptional<T>(int column, NumberRange<T> range, out T? number) where T : struct, INumber<T>
    {
        number = null;
        if (Text(column).Length == 0)
            return true;
        if (!TryNumber(column, range, out T value))
            return false;
        number = value;
        return true;
    }
}
