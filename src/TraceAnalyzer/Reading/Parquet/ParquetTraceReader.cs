using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>
/// Reads Parquet files that this tool wrote, or that an engine wrote of their columns: events as they are, requests taken apart into events again.
/// A row group is read as a whole; chunks are cut from its events.
/// </summary>
public sealed class ParquetTraceReader : ITraceReader
{
    /// <summary>The format's name.</summary>
    public const string FormatName = "Parquet of this tool";

    private const int EventsPerChunk = 4096;
    private const string EventColumn = "time_ns";
    private const string RequestColumn = "issue_time_ns";

    private readonly string _file;
    private readonly FileStream _stream;
    private readonly ParquetReader _reader;
    private readonly IRowSource _source;
    private readonly long[] _startsNs;
    private readonly List<BlockEvent> _events = [];
    private readonly EventPayloads _messages = new();
    private int _group;
    private int _taken;
    private bool _toldClocks;

    private ParquetTraceReader(TraceParts parts, string path)
    {
        _file = parts.Inputs[0].Name;
        _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            _reader = ParquetReader.CreateAsync(_stream, null, leaveStreamOpen: true, CancellationToken.None).GetAwaiter().GetResult();
            _source = SourceOf(_reader);
            _startsNs = StartsNs(_reader, _source.TimeColumns);
        }
        catch (Exception exception) when (exception is not TraceException)
        {
            _stream.Dispose();
            throw Damaged(exception);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }

        string content = _source is EventRows ? ParquetKeys.Events : ParquetKeys.Requests;
        Source = new TraceSource(parts.Name, $"{FormatName}, {content}", [_file]);
    }

    /// <inheritdoc/>
    public TraceSource Source { get; }

    /// <inheritdoc/>
    public bool HasCompletions => true;

    /// <inheritdoc/>
    public bool PromisesTimeOrder => false;

    /// <summary>True if the bytes start as every Parquet file does.</summary>
    public static bool Sniff(ReadOnlySpan<byte> bytes, ReadOptions options) => bytes.StartsWith("PAR1"u8);

    /// <summary>Opens a file.</summary>
    /// <exception cref="TraceException">It is no plain file, is damaged, or has not the columns of this tool.</exception>
    public static ParquetTraceReader Open(TraceParts parts, ReadOptions options)
    {
        TraceInput input = parts.Inputs[0];
        if (input.Path is null || !StartsAsParquet(input.Path))
            throw new TraceException($"{input.Name}: Parquet can only be read from a plain file, not from a pipe or packed");
        var reader = new ParquetTraceReader(parts, input.Path);
        input.Dispose();
        return reader;
    }

    /// <inheritdoc/>
    public bool ReadChunk(TraceChunk chunk)
    {
        chunk.Clear();
        while (_taken == _events.Count && _group < _reader.RowGroupCount)
            ReadRowGroup(chunk.Diagnostics);
        int count = Math.Min(EventsPerChunk, _events.Count - _taken);
        if (count == 0)
            return false;

        ReadOnlySpan<BlockEvent> events = CollectionsMarshal.AsSpan(_events).Slice(_taken, count);
        Append(chunk, MemoryMarshal.AsBytes(events));
        _taken += count;
        Append(chunk, TakeNames());
        Append(chunk, TakeMessages(events));
        Append(chunk, TakeClocks());
        return true;
    }

    /// <inheritdoc/>
    public void Decode(TraceChunk chunk, EventBatch batch)
    {
        batch.Clear();
        batch.Diagnostics.Merge(chunk.Diagnostics);
        if (chunk.Slices.Count == 0)
            return;
        ReadOnlySpan<BlockEvent> events = MemoryMarshal.Cast<byte, BlockEvent>(BytesOf(chunk, 0));
        foreach (ref readonly BlockEvent e in events)
            batch.Append() = e;
        batch.UnderstoodBytes += chunk.Slices[0].Length;
        for (ReadOnlySpan<byte> rest = BytesOf(chunk, 1); !rest.IsEmpty;)
        {
            int pid = BinaryPrimitives.ReadInt32LittleEndian(rest);
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            batch.Processes.Observe(pid, rest.Slice(8, length));
            rest = rest[(8 + length)..];
        }

        for (ReadOnlySpan<byte> rest = BytesOf(chunk, 2); !rest.IsEmpty;)
        {
            int place = BinaryPrimitives.ReadInt32LittleEndian(rest);
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            batch.Payloads.Add(events[place], rest.Slice(8, length), cgroupId: null);
            rest = rest[(8 + length)..];
        }

        ReadOnlySpan<byte> clocks = BytesOf(chunk, 3);
        if (clocks.Length >= sizeof(long))
            batch.StartNs = BinaryPrimitives.ReadInt64LittleEndian(clocks);
        if (clocks.Length == 3 * sizeof(long))
            batch.WallClock = new WallClockAnchor(BinaryPrimitives.ReadInt64LittleEndian(clocks[8..]), BinaryPrimitives.ReadInt64LittleEndian(clocks[16..]));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _stream.Dispose();
    }

    private static bool StartsAsParquet(string path)
    {
        Span<byte> first = stackalloc byte[4];
        using FileStream stream = File.OpenRead(path);
        return stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == first.Length && Sniff(first, new ReadOptions());
    }

    // What the file says it holds counts; of a file that an engine wrote the columns tell.
    private IRowSource SourceOf(ParquetReader reader)
    {
        Dictionary<string, string> metadata = reader.CustomMetadata;
        if (metadata.TryGetValue(ParquetKeys.SchemaVersion, out string? version) && (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > ParquetKeys.Version))
            throw new TraceException(string.Create(CultureInfo.InvariantCulture, $"{_file}: is of schema version {version}; expected at most {ParquetKeys.Version}: it was written by a newer version of this tool"));
        bool has(string column) => Array.Exists(reader.Schema.DataFields, field => field.Path.ToString() == column);
        string? content = metadata.GetValueOrDefault(ParquetKeys.Content);
        if (content == ParquetKeys.Events || (content is null && has(EventColumn)))
            return new EventRows();
        if (content == ParquetKeys.Requests || has(RequestColumn))
            return new RequestRows();
        throw new TraceException(
            $"{_file}: this Parquet file was not made by 'traceanalyzer convert': expected a column '{RequestColumn}' (requests) or '{EventColumn}' (events), "
            + $"found {string.Join(", ", reader.Schema.DataFields.Select(field => field.Path.ToString()))}");
    }

    // For each row group the least time in it and all later ones. Without statistics nothing is known, and all is read before anything is handed on.
    private static long[] StartsNs(ParquetReader reader, IReadOnlyList<string> columns)
    {
        long[] starts = new long[reader.RowGroupCount + 1];
        starts[^1] = long.MaxValue;
        DataField[] fields = [.. reader.Schema.DataFields.Where(field => columns.Contains(field.Path.ToString()))];
        for (int i = reader.RowGroupCount - 1; i >= 0; i--)
        {
            starts[i] = starts[i + 1];
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
            foreach (DataField field in fields)
            {
                DataColumnStatistics? statistics = group.GetStatistics(field);
                if (statistics?.NullCount != group.RowCount)
                    starts[i] = Math.Min(starts[i], statistics?.MinValue as long? ?? long.MinValue);
            }
        }

        return starts;
    }

    private void ReadRowGroup(ReadDiagnostics diagnostics)
    {
        _events.Clear();
        _messages.Clear();
        _taken = 0;
        try
        {
            using ParquetRowGroupReader group = _reader.OpenRowGroupReader(_group);
            int bad = _source.Read(new RowGroupColumns(_file, _reader.Schema, group), _startsNs[_group + 1], _events, _messages);
            diagnostics.Add(ReadCounter.BadRecords, bad);
            _group++;
        }
        catch (Exception exception) when (exception is not (TraceException or OutOfMemoryException))
        {
            throw Damaged(exception);
        }
    }

    // The library reports damage by whatever it stumbles over.
    private TraceException Damaged(Exception exception) =>
        new($"{_file}: damaged or no Parquet file{(_group > 0 ? string.Create(CultureInfo.InvariantCulture, $", row group {_group}") : "")}: {exception.Message.ReplaceLineEndings(" ")}", exception);

    private void Append(TraceChunk chunk, ReadOnlySpan<byte> bytes)
    {
        chunk.Slices.Add(new ChunkSlice(chunk.Length, bytes.Length, _file, 0));
        chunk.Append(bytes);
    }

    private static ReadOnlySpan<byte> BytesOf(TraceChunk chunk, int slice) => chunk.Bytes.Slice(chunk.Slices[slice].Start, chunk.Slices[slice].Length);

    // With the first chunk: when the trace started, and a moment on both clocks, if the file tells.
    private byte[] TakeClocks()
    {
        if (_toldClocks)
            return [];
        _toldClocks = true;
        if (!TryGetNumber(ParquetKeys.StartNs, out long startNs))
            return [];
        bool tellsWallClock = TryGetNumber(ParquetKeys.WallClockTraceNs, out long traceNs) & TryGetNumber(ParquetKeys.WallClockUnixNs, out long unixNs);
        byte[] clocks = new byte[tellsWallClock ? 3 * sizeof(long) : sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(clocks, startNs);
        if (tellsWallClock)
        {
            BinaryPrimitives.WriteInt64LittleEndian(clocks.AsSpan(8), traceNs);
            BinaryPrimitives.WriteInt64LittleEndian(clocks.AsSpan(16), unixNs);
        }

        return clocks;
    }

    private bool TryGetNumber(string key, out long number)
    {
        number = 0;
        return _reader.CustomMetadata.TryGetValue(key, out string? text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    private byte[] TakeNames()
    {
        if (_source.Rows.Processes.Count == 0)
            return [];
        using var bytes = new MemoryStream();
        foreach ((int pid, string name) in _source.Rows.Processes)
            WriteEntry(bytes, pid, Encoding.UTF8.GetBytes(name));
        _source.Rows.Processes.Clear();
        return bytes.ToArray();
    }

    private byte[] TakeMessages(ReadOnlySpan<BlockEvent> events)
    {
        if (_messages.Count == 0)
            return [];
        using var bytes = new MemoryStream();
        for (int i = 0; i < events.Length; i++)
        {
            if (events[i].Action == BlockAction.Message && _messages.Take(events[i]) is { } message)
                WriteEntry(bytes, i, message.Bytes);
        }

        return bytes.ToArray();
    }

    private static void WriteEntry(MemoryStream bytes, int number, byte[] text)
    {
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(header, number);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], text.Length);
        bytes.Write(header);
        bytes.Write(text);
    }
}
