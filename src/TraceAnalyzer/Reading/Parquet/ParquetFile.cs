using System.Globalization;
using Parquet;
using Parquet.Data;
using Parquet.Schema;
using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>One opened file with the columns of this tool. Whatever the library stumbles over is an error that names the file.</summary>
internal sealed class ParquetFile : IDisposable
{
    private const string EventColumn = "time_ns";
    private const string RequestColumn = "issue_time_ns";

    private readonly string _name;
    private readonly FileStream _stream;
    private readonly ParquetReader _reader;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="name">What to call it.</param>
    /// <exception cref="TraceException">It cannot be read, is damaged, or has not the columns of this tool.</exception>
    public ParquetFile(string path, string name)
    {
        _name = name;
        try
        {
            _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TraceException($"{name}: cannot be read: {exception.Message}", exception);
        }

        try
        {
            ParquetFrame.Check(_stream);
            _reader = LibraryWatch.Call(name, "Parquet.Net", Bytes, () => ParquetReader.CreateAsync(_stream, null, leaveStreamOpen: true, CancellationToken.None).GetAwaiter().GetResult());
            Content = ContentOf();
        }
        catch (Exception exception)
        {
            _stream.Dispose();
            throw exception is TraceException or OutOfMemoryException ? exception : Damaged(exception, group: null);
        }
    }

    /// <summary><see cref="ParquetKeys.Requests"/> or <see cref="ParquetKeys.Events"/>.</summary>
    public string Content { get; }

    /// <summary>The file's key-value metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _reader.CustomMetadata;

    /// <summary>Number of rows.</summary>
    public long Rows => _reader.Metadata!.NumRows;

    /// <summary>Number of row groups.</summary>
    public int Groups => _reader.RowGroupCount;

    /// <summary>The file's length.</summary>
    public long Bytes => _stream.Length;

    /// <summary>For each row group the least value of these columns: of a column without statistics it may be any.</summary>
    public long[] LeastOf(IReadOnlyList<string> columns)
    {
        long[] least = new long[Groups];
        Array.Fill(least, long.MaxValue);
        DataField[] fields = [.. _reader.Schema.DataFields.Where(field => columns.Contains(field.Path.ToString()))];
        for (int i = 0; i < least.Length; i++)
        {
            try
            {
                using ParquetRowGroupReader group = _reader.OpenRowGroupReader(i);
                foreach (DataField field in fields)
                {
                    DataColumnStatistics? statistics = group.GetStatistics(field);
                    if (statistics?.NullCount != group.RowCount)
                        least[i] = Math.Min(least[i], statistics?.MinValue as long? ?? long.MinValue);
                }
            }
            catch (Exception exception)
            {
                throw Damaged(exception, i);
            }
        }

        return least;
    }

    /// <summary>Reads a row group.</summary>
    /// <param name="number">Which.</param>
    /// <param name="read">Takes its columns.</param>
    public void Read(int number, Action<RowGroupColumns> read)
    {
        try
        {
            using ParquetRowGroupReader group = _reader.OpenRowGroupReader(number);
            read(new RowGroupColumns(_name, Bytes, _reader.Schema, group));
        }
        catch (Exception exception) when (exception is not (TraceException or OutOfMemoryException))
        {
            throw Damaged(exception, number);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _stream.Dispose();
    }

    // What the file says it holds counts; of a file that an engine wrote the columns tell.
    private string ContentOf()
    {
        if (Metadata.TryGetValue(ParquetKeys.SchemaVersion, out string? version) && (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > ParquetKeys.Version))
            throw new TraceException(string.Create(CultureInfo.InvariantCulture, $"{_name}: is of schema version {version}; expected at most {ParquetKeys.Version}: it was written by a newer version of this tool"));
        string[] columns = [.. _reader.Schema.DataFields.Select(field => field.Path.ToString())];
        string? content = Metadata.GetValueOrDefault(ParquetKeys.Content);
        if (content == ParquetKeys.Events || (content is null && columns.Contains(EventColumn)))
            return ParquetKeys.Events;
        if (content == ParquetKeys.Requests || columns.Contains(RequestColumn))
            return ParquetKeys.Requests;
        throw new TraceException(
            $"{_name}: this Parquet file was not made by 'traceanalyzer convert': expected a column '{RequestColumn}' (requests) or '{EventColumn}' (events), "
            + $"found {string.Join(", ", columns)}");
    }

    // The library reports damage by whatever it stumbles over; a length that was hit asks for more memory than there is.
    private TraceException Damaged(Exception exception, int? group) =>
        new($"{_name}: damaged or not a Parquet file{(group is > 0 ? string.Create(CultureInfo.InvariantCulture, $", row group {group}") : "")}: {exception.Message.ReplaceLineEndings(" ")}", exception);
}
