using System.Collections.Immutable;
using System.Text;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables;

/// <summary>
/// Writes a table as CSV (RFC 4180, UTF-8, lines end in <c>\n</c>) without an allocation per field. The file is opened with the first row: no rows, no file.
/// </summary>
public sealed class CsvWriter : IRows, IDisposable
{
    private readonly Func<Stream> _open;
    private readonly int _columns;
    private byte[] _buffer = new byte[64 * 1024];
    private int _used;
    private Stream? _file;

    /// <summary>Will write to what <paramref name="open"/> opens, under a header of the names of <paramref name="columns"/>.</summary>
    public CsvWriter(Func<Stream> open, ImmutableArray<Column> columns)
    {
        _open = open;
        _columns = columns.Length;
        _used = Encoding.UTF8.GetBytes(string.Join(',', columns.Select(column => column.Name)), _buffer);
        _buffer[_used++] = (byte)'\n';
    }

    /// <summary>Writes each table that has rows into a file of an existing folder, which has no such file yet.</summary>
    /// <exception cref="IOException">A file exists or cannot be written.</exception>
    public static void WriteAll<TSource>(IEnumerable<TableOf<TSource>> tables, TSource source, string folder)
    {
        foreach (TableOf<TSource> table in tables)
        {
            string path = Path.Combine(folder, table.FileName);
            using var csv = new CsvWriter(() => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0), table.Columns);
            table.Fill(source, csv);
        }
    }

    /// <summary>The text of a table's CSV file; a header alone if it has no rows.</summary>
    public static string TextOf(Table table)
    {
        using var memory = new MemoryStream();
        using (var csv = new CsvWriter(() => memory, table.Columns))
        {
            csv._file = memory;
            foreach (Value[] row in table.Rows)
                csv.Add(row);
            csv.Flush();
            csv._file = null;
        }

        return Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length);
    }

    /// <inheritdoc/>
    public void Add(params ReadOnlySpan<Value> values)
    {
        if (values.Length != _columns)
            throw new ArgumentException($"the table has {_columns} columns, the row {values.Length}", nameof(values));

        _file ??= _open();
        foreach (ref readonly Value value in values)
        {
            if (value.Text is { } text)
            {
                WriteText(PrintableText.Of(text));
            }
            else
            {
                Reserve(Value.MaxNumberBytes + 1);
                _used += value.FormatNumber(_buffer.AsSpan(_used));
            }

            _buffer[_used++] = (byte)',';
        }

        _buffer[_used - 1] = (byte)'\n';
    }

    /// <summary>Closes the file, if there is one.</summary>
    /// <exception cref="IOException">The rest cannot be written.</exception>
    public void Dispose()
    {
        if (_file is null)
            return;

        try
        {
            Flush();
        }
        finally
        {
            _file.Dispose();
        }
    }

    private void WriteText(string text)
    {
        // An apostrophe, two quotes, the comma; a quote within becomes two, any other character takes up to 3 bytes.
        Reserve(4 + 3 * text.Length);
        bool quoted = text.AsSpan().ContainsAny(',', '"');
        if (quoted)
            _buffer[_used++] = (byte)'"';

        // A spreadsheet would run these as a formula; the apostrophe tells it that this is text.
        if (text is ['=' or '+' or '-' or '@', ..])
            _buffer[_used++] = (byte)'\'';

        ReadOnlySpan<char> rest = text;
        for (int quote = rest.IndexOf('"'); quote >= 0; quote = rest.IndexOf('"'))
        {
            _used += Encoding.UTF8.GetBytes(rest[..(quote + 1)], _buffer.AsSpan(_used));
            _buffer[_used++] = (byte)'"';
            rest = rest[(quote + 1)..];
        }

        _used += Encoding.UTF8.GetBytes(rest, _buffer.AsSpan(_used));
        if (quoted)
            _buffer[_used++] = (byte)'"';
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _used >= bytes)
            return;

        Flush();
        if (_buffer.Length < bytes)
            _buffer = new byte[bytes];
    }

    private void Flush()
    {
        _file!.Write(_buffer, 0, _used);
        _used = 0;
    }
}
