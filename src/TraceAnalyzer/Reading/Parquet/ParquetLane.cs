using System.Runtime.InteropServices;

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>
/// Events of files that follow each other in time, in the order of time: the parts of one device of a set, or one file alone.
/// One file is open and the columns of one row group in memory at a time, with the requests of earlier ones that have not completed yet.
/// </summary>
internal sealed class ParquetLane : IDisposable
{
    private readonly (string Path, string Name)[] _files;
    private readonly IRowSource _source;
    private readonly List<RowGroup> _groups = [];
    private readonly List<BlockEvent> _events = [];
    private int _next;
    private int _taken;
    private ParquetFile? _open;
    private int _openFile = -1;

    /// <summary>Looks at each file once.</summary>
    /// <param name="files">Paths and what to call them, the earliest first.</param>
    /// <param name="device">The device of rows that name none.</param>
    /// <exception cref="TraceException">One cannot be read, is damaged, or has not the columns of this tool or other content than the first.</exception>
    public ParquetLane(IReadOnlyList<(string Path, string Name)> files, DeviceId device)
    {
        _files = [.. files];
        using (ParquetFile first = Open(0))
        {
            Content = first.Content;
            Metadata = first.Metadata;
        }

        _source = Content == ParquetKeys.Events ? new EventRows() : new RequestRows();
        _source.Rows.DeviceOfFolder = device;
        for (int i = 0; i < _files.Length; i++)
            AddGroupsOf(i);
        for (int i = _groups.Count - 2; i >= 0; i--)
            _groups[i] = _groups[i] with { LeastNs = Math.Min(_groups[i].LeastNs, _groups[i + 1].LeastNs) };
    }

    /// <summary><see cref="ParquetKeys.Requests"/> or <see cref="ParquetKeys.Events"/>.</summary>
    public string Content { get; }

    /// <summary>Key-value metadata of the first file.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>What each file says of the set that it is part of.</summary>
    public List<ParquetPart> Parts { get; } = [];

    /// <summary>Events that were read and not taken yet.</summary>
    public ReadOnlySpan<BlockEvent> Ready => CollectionsMarshal.AsSpan(_events)[_taken..];

    /// <summary>Texts of messages among them.</summary>
    public EventPayloads Messages { get; } = new();

    /// <summary>Names that were read and not taken yet, in the order of their rows.</summary>
    public Queue<NamedProcess> Named => _source.Rows.Named;

    /// <summary>Sees to it that <see cref="Ready"/> has an event.</summary>
    /// <param name="chunk">Counts rows that make no sense, and bytes.</param>
    /// <returns>False at the end.</returns>
    public bool HasNext(TraceChunk chunk)
    {
        while (_taken == _events.Count && (_source.HasRows || _next < _groups.Count))
            ReadOn(chunk);
        return _taken < _events.Count;
    }

    /// <summary>Takes events from the front of <see cref="Ready"/>.</summary>
    public void Take(int count) => _taken += count;

    /// <inheritdoc/>
    public void Dispose() => _open?.Dispose();

    private ParquetFile Open(int file) => new(_files[file].Path, _files[file].Name);

    private void AddGroupsOf(int number)
    {
        using ParquetFile file = Open(number);
        if (file.Content != Content)
            throw new TraceException($"{_files[number].Name}: holds {file.Content}, but {_files[0].Name} holds {Content}; expected files that 'traceanalyzer convert' wrote in one go");
        Parts.Add(ParquetPart.Of(file));
        long[] leastNs = file.LeastOf(_source.TimeColumns);
        for (int i = 0; i < leastNs.Length; i++)
        {
            // The bytes of all together are those of the file.
            long bytes = (file.Bytes * (i + 1) / leastNs.Length) - (file.Bytes * i / leastNs.Length);
            _groups.Add(new RowGroup(number, i, leastNs[i], bytes));
        }
    }

    private void ReadOn(TraceChunk chunk)
    {
        _events.Clear();
        Messages.Clear();
        _taken = 0;
        if (!_source.HasRows)
            BeginRowGroup(chunk);
        int bad = _source.ReadSlice(_events, Messages);
        chunk.Diagnostics.Add(ReadCounter.BadRecords, bad);
    }

    private void BeginRowGroup(TraceChunk chunk)
    {
        RowGroup group = _groups[_next++];
        if (_openFile != group.File)
        {
            _open?.Dispose();
            _open = null;
            _open = Open(group.File);
            _openFile = group.File;
        }

        long nextStartNs = _next < _groups.Count ? _groups[_next].LeastNs : long.MaxValue;
        _open!.Read(group.Number, columns => _source.Begin(columns, nextStartNs));
        chunk.InputBytes += group.Bytes;
    }

    /// <summary>A row group.</summary>
    /// <param name="File">Its file.</param>
    /// <param name="Number">Its number in the file.</param>
    /// <param name="LeastNs">Least time in it and all later ones.</param>
    /// <param name="Bytes">Its share of the file's bytes.</param>
    private readonly record struct RowGroup(int File, int Number, long LeastNs, long Bytes);
}
