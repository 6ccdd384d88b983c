using System.Globalization;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Writing.Tables;

namespace TraceAnalyzer.Writing.Parquet;

/// <summary>
/// Writes a trace as files <c>run=NAME/device=MAJOR,MINOR/part-N.parquet</c>, the layout in which engines leave out whole folders that a query
/// does not ask for. Each device has its own rows; if there are many devices, the fullest is written early, so that memory stays bounded.
/// </summary>
internal sealed class ParquetFolderWriter : ITraceWriter
{
    // 8 million rows, some 100 MB: a piece that one worker of an engine likes to take.
    private const int RowGroupsPerFile = 32;

    private const int MaxRowsHeld = 4 * TraceTable.MaxRows;

    private readonly string _folder;
    private readonly string _name;
    private readonly WriteContext _context;
    private readonly Dictionary<DeviceId, Part> _parts = [];
    private int _rowsHeld;

    private ParquetFolderWriter(string folder, string name, WriteContext context)
    {
        _folder = Path.Combine(folder, "run=" + HivePath.Escape(name));
        _name = name;
        _context = context;
    }

    /// <summary>Writes the run <paramref name="name"/> into its own folder in <paramref name="folder"/>.</summary>
    public static ITraceWriter Create(string folder, string name, WriteContext context) => new ParquetFolderWriter(folder, name, context);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<BlockEvent> events, EventPayloads payloads)
    {
        foreach (ref readonly BlockEvent e in events)
        {
            Part part = PartOf(e.Device);
            part.Rows.Append(e, payloads);
            Added(part);
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<IoRequest> requests)
    {
        foreach (ref readonly IoRequest request in requests)
        {
            Part part = PartOf(request.Device);
            part.Rows.Append(request);
            Added(part);
        }
    }

    /// <inheritdoc/>
    public void Finish()
    {
        foreach (Part part in _parts.Values.Where(part => part.Rows.Table.Count > 0))
            part.Flush();

        // What is there in all is known now, and each device's last file says it.
        string set = string.Join('\n', _parts.OrderBy(pair => pair.Key).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value.Files},{pair.Value.RowsWritten}")));
        foreach (Part part in _parts.Values)
            part.FinishFile(set);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Part part in _parts.Values)
            part.Dispose();
    }

    private Part PartOf(DeviceId device)
    {
        if (!_parts.TryGetValue(device, out Part? part))
            _parts.Add(device, part = new Part(Path.Combine(_folder, "device=" + HivePath.Escape(device.ToString())), device, _name, _context));
        return part;
    }

    private void Added(Part part)
    {
        _rowsHeld++;
        if (part.Rows.Table.IsFull)
            Flush(part);
        else if (_rowsHeld >= MaxRowsHeld)
            Flush(_parts.Values.MaxBy(other => other.Rows.Table.Count)!);
    }

    private void Flush(Part part)
    {
        _rowsHeld -= part.Rows.Table.Count;
        part.Flush();
    }

    private sealed class Part(string folder, DeviceId device, string run, WriteContext context) : IDisposable
    {
        private OutputStream? _stream;
        private ParquetTable? _file;
        private string? _set;

        public TraceRows Rows { get; } = new(context);

        public int Files { get; private set; }

        public long RowsWritten { get; private set; }

        public void Flush()
        {
            // Not before there is more to write: the last file is marked as such.
            if (_file is { RowGroups: RowGroupsPerFile })
                FinishFile(set: null);
            if (_file is null)
            {
                Directory.CreateDirectory(folder);
                int number = Files++;
                _stream = new OutputStream(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"part-{number}.parquet")));
                _file = new ParquetTable(_stream, Rows.Table, () => ParquetMetadata.Of(context, Rows.Table.Content, new SetPart(run, device, number, _set), isLast: _set is not null));
            }

            RowsWritten += Rows.Table.Count;
            _file.Flush();
        }

        public void FinishFile(string? set)
        {
            _set = set;
            _file?.Finish();
            _stream?.Dispose();
            _file = null;
            _stream = null;
        }

        public void Dispose() => _stream?.Dispose();
    }
}
