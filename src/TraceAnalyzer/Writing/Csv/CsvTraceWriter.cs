using System.Text;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Writing.Tables;

namespace TraceAnalyzer.Writing.Csv;

/// <summary>Writes a trace as CSV (RFC 4180, UTF-8, lines end in <c>\n</c>) with the columns of the Parquet file. What a row lacks is empty; texts are as <see cref="SafeCsvText"/> has them.</summary>
internal sealed class CsvTraceWriter : ITraceWriter
{
    private const int RowsAtOnce = 4096;

    private readonly TraceRows _rows;
    private readonly OutputBuffer _output;

    private CsvTraceWriter(Stream stream, WriteContext context)
    {
        _rows = new TraceRows(context);
        _output = new OutputBuffer(stream);
        _output.Append(Encoding.UTF8.GetBytes(string.Join(',', _rows.Table.Columns.Select(column => column.Name)) + "\n"));
    }

    /// <summary>Starts a file.</summary>
    public static ITraceWriter Create(Stream stream, WriteContext context) => new CsvTraceWriter(stream, context);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<BlockEvent> events, EventPayloads payloads)
    {
        foreach (ref readonly BlockEvent e in events)
        {
            _rows.Append(e, payloads);
            if (_rows.Table.Count == RowsAtOnce)
                WriteRows();
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<IoRequest> requests)
    {
        foreach (ref readonly IoRequest request in requests)
        {
            _rows.Append(request);
            if (_rows.Table.Count == RowsAtOnce)
                WriteRows();
        }
    }

    /// <inheritdoc/>
    public void Finish()
    {
        WriteRows();
        _output.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void WriteRows()
    {
        IReadOnlyList<TableColumn> columns = _rows.Table.Columns;
        for (int row = 0; row < _rows.Table.Count; row++)
        {
            for (int i = 0; i < columns.Count; i++)
            {
                if (i > 0)
                    _output.Append((byte)',');
                WriteField(columns[i], row);
            }

            _output.Append((byte)'\n');
        }

        _rows.Table.Clear();
    }

    private void WriteField(TableColumn column, int row)
    {
        switch (column)
        {
            case RequiredColumn<long> numbers:
                _output.AppendNumber(numbers.Values[row]);
                break;
            case OptionalColumn<long> numbers:
                if (numbers.Values[row] is { } number)
                    _output.AppendNumber(number);
                break;
            case RequiredColumn<int> numbers:
                _output.AppendNumber(numbers.Values[row]);
                break;
            case OptionalColumn<int> numbers:
                if (numbers.Values[row] is { } small)
                    _output.AppendNumber(small);
                break;
            case RequiredColumn<bool> flags:
                _output.Append(flags.Values[row] ? "true"u8 : "false"u8);
                break;
            case TextColumn texts:
                if (texts.Values[row] is { } text)
                    WriteText(text);
                break;
        }
    }

    private void WriteText(string text)
    {
        text = SafeCsvText.Of(text);
        if (text.Length > 0 && !text.AsSpan().ContainsAny("\",\r\n"))
            _output.AppendUtf8(text);
        else
            _output.AppendUtf8('"' + text.Replace("\"", "\"\"", StringComparison.Ordinal) + '"');
    }
}
