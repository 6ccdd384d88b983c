using TraceAnalyzer.Reading;
using TraceAnalyzer.Writing.Tables;

namespace TraceAnalyzer.Writing.Parquet;

/// <summary>Writes a trace as one Parquet file.</summary>
internal sealed class ParquetWriterOfOneFile : ITraceWriter
{
    private readonly TraceRows _rows;
    private readonly ParquetTable _file;

    private ParquetWriterOfOneFile(Stream stream, WriteContext context)
    {
        _rows = new TraceRows(context);
        _file = new ParquetTable(stream, _rows.Table, () => ParquetMetadata.Of(context, _rows.Table.Content, part: null, isLast: true));
    }

    /// <summary>Starts a file.</summary>
    public static ITraceWriter Create(Stream stream, WriteContext context) => new ParquetWriterOfOneFile(stream, context);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<BlockEvent> events, EventPayloads payloads)
    {
        foreach (ref readonly BlockEvent e in events)
        {
            _rows.Append(e, payloads);
            if (_rows.Table.IsFull)
                _file.Flush();
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<IoRequest> requests)
    {
        foreach (ref readonly IoRequest request in requests)
        {
            _rows.Append(request);
            if (_rows.Table.IsFull)
                _file.Flush();
        }
    }

    /// <inheritdoc/>
    public void Finish() => _file.Finish();

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
