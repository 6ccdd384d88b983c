using System.IO.Compression;
using Parquet;
using Parquet.Schema;
using TraceAnalyzer.Writing.Tables;

namespace TraceAnalyzer.Writing.Parquet;

/// <summary>
/// Writes tables as one Parquet file: Zstandard, a row group as soon as <see cref="TraceTable.MaxRows"/> rows are gathered, times and sectors as differences.
/// </summary>
internal sealed class ParquetTable : IDisposable
{
    private readonly TraceTable _table;
    private readonly DataField[] _fields;
    private readonly ParquetWriter _writer;
    private readonly Func<Dictionary<string, string>> _metadata;

    /// <summary>Starts a file.</summary>
    /// <param name="stream">Where it goes; stays open.</param>
    /// <param name="table">The table that gathers the rows.</param>
    /// <param name="metadata">The file's key-value metadata, asked for at its end.</param>
    public ParquetTable(Stream stream, TraceTable table, Func<Dictionary<string, string>> metadata)
    {
        _table = table;
        _metadata = metadata;
        _fields = [.. table.Columns.Select(FieldOf)];

        // The default level of Zstandard takes a hundred times as long for a few percent.
        var options = new ParquetOptions { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Fastest };
        foreach (TableColumn column in table.Columns)
            options.ColumnEncodingHints[column.Name] = HintOf(column);
        _writer = ParquetWriter.CreateAsync(new ParquetSchema(_fields.Cast<Field>()), stream, options, append: false, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>Row groups written.</summary>
    public int RowGroups { get; private set; }

    /// <summary>Writes the rows gathered as a row group.</summary>
    public void Flush()
    {
        if (_table.Count == 0)
            return;
        using ParquetRowGroupWriter group = _writer.CreateRowGroup();
        for (int i = 0; i < _fields.Length; i++)
            WriteAsync(group, _fields[i], _table.Columns[i], _table.Count).GetAwaiter().GetResult();
        group.CompleteValidate();
        _table.Clear();
        RowGroups++;
    }

    /// <summary>Writes the rest and the footer.</summary>
    public void Finish()
    {
        Flush();
        _writer.CustomMetadata = _metadata();
        _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Gives up a file that was not finished: it has no footer and is not a Parquet file.</summary>
    public void Dispose()
    {
        // The writer's own disposal would write a footer; it holds nothing but memory.
    }

    private static Task WriteAsync(ParquetRowGroupWriter group, DataField field, TableColumn column, int rows) => column switch
    {
        RequiredColumn<long> numbers => group.WriteAsync<long>(field, numbers.Values.AsMemory(0, rows)),
        OptionalColumn<long> numbers => group.WriteAsync<long>(field, (ReadOnlyMemory<long?>)numbers.Values.AsMemory(0, rows)),
        RequiredColumn<int> numbers => group.WriteAsync<int>(field, numbers.Values.AsMemory(0, rows)),
        OptionalColumn<int> numbers => group.WriteAsync<int>(field, (ReadOnlyMemory<int?>)numbers.Values.AsMemory(0, rows)),
        RequiredColumn<bool> flags => group.WriteAsync<bool>(field, flags.Values.AsMemory(0, rows)),
        TextColumn texts => group.WriteAsync(field, new ArraySegment<string?>(texts.Values, 0, rows)!),
        _ => throw new InvalidOperationException($"a column of {column.GetType()}"),
    };

    private static DataField FieldOf(TableColumn column) => column switch
    {
        RequiredColumn<long> => new DataField<long>(column.Name),
        OptionalColumn<long> => new DataField<long?>(column.Name),
        RequiredColumn<int> => new DataField<int>(column.Name),
        OptionalColumn<int> => new DataField<int?>(column.Name),
        RequiredColumn<bool> => new DataField<bool>(column.Name),
        TextColumn => new DataField<string>(column.Name),
        _ => throw new InvalidOperationException($"a column of {column.GetType()}"),
    };

    private static EncodingHint HintOf(TableColumn column) => column switch
    {
        { Ascends: true } => EncodingHint.DeltaBinaryPacked,
        TextColumn => EncodingHint.Dictionary,
        _ => EncodingHint.Default,
    };
}
