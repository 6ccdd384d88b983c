using System.Text;

namespace TraceAnalyzer.Reports;

/// <summary>
/// Writes one CSV file (RFC 4180, UTF-8, lines end in <c>\n</c>) without an allocation per field. The file appears with the first row: no rows, no file.
/// </summary>
internal sealed class CsvWriter : IDisposable
{
    private readonly string _path;
    private readonly int _columns;
    private byte[] _buffer = new byte[64 * 1024];
    private int _used;
    private FileStream? _file;

    /// <summary>Will write to <paramref name="path"/> under <paramref name="header"/>, the names of the columns with commas between them.</summary>
    public CsvWriter(string path, string header)
    {
        _path = path;
        _columns = header.AsSpan().Count(',') + 1;
        _used = Encoding.UTF8.GetBytes(header, _buffer);
        _buffer[_used++] = (byte)'\n';
    }

    /// <summary>Writes a row.</summary>
    /// <exception cref="ArgumentException">It has not as many fields as there are columns.</exception>
    public void Row(params ReadOnlySpan<CsvValue> values)
    {
        if (values.Length != _columns)
            throw new ArgumentException($"{Path.GetFileName(_path)} has {_columns} columns, the row {values.Length}", nameof(values));

        _file ??= new FileStream(_path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        foreach (ref readonly CsvValue value in values)
        {
            if (value.Text is { } text)
            {
                WriteText(PrintableText.Of(text));
            }
            else
            {
                Reserve(CsvValue.MaxNumberBytes + 1);
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
