using System.Text;

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>Rows that are events.</summary>
internal sealed class EventRows : IRowSource
{
    private long?[] _times = [];
    private string?[] _actions = [];
    private string?[] _rwbs = [];
    private long?[] _sectors = [];
    private long?[] _lengths = [];
    private long?[]? _lengthSectors;
    private string?[]? _classes;
    private string?[]? _devices;
    private long?[]? _cpus;
    private long?[]? _sequences;
    private long?[]? _pids;
    private string?[]? _processes;
    private long?[]? _errors;
    private string?[]? _relatedDevices;
    private long?[]? _related;
    private string?[]? _messages;
    private int _rows;
    private int _next;

    /// <inheritdoc/>
    public ParquetRows Rows { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> TimeColumns => [];

    /// <inheritdoc/>
    public void Begin(RowGroupColumns columns, long nextStartNs)
    {
        _times = columns.RequiredLongs("time_ns");
        _actions = columns.RequiredTexts("action");
        _rwbs = columns.RequiredTexts("rwbs");
        _sectors = columns.RequiredLongs("sector");
        _lengths = columns.RequiredLongs("length_bytes");
        _lengthSectors = columns.Longs("length_sectors");
        _classes = columns.Texts("class");
        _devices = columns.Texts("device");
        _cpus = columns.Longs("cpu");
        _sequences = columns.Longs("sequence");
        _pids = columns.Longs("pid");
        _processes = columns.Texts("process");
        _errors = columns.Longs("error");
        _relatedDevices = columns.Texts("related_device");
        _related = columns.Longs("related_sector");
        _messages = columns.Texts("message");
        _rows = columns.Rows;
        _next = 0;
    }

    /// <inheritdoc/>
    public bool HasRows => _next < _rows;

    /// <inheritdoc/>
    public int ReadSlice(List<BlockEvent> events, EventPayloads payloads)
    {
        int end = Math.Min(_rows, _next + IRowSource.SliceRows);
        int bad = 0;
        for (int i = _next; i < end; i++)
        {
            BlockEvent e = default;
            if (_times[i] is null || !ParquetRows.IsTime(_times[i]) || !HasNumbers(_sequences?[i], _errors?[i], _related?[i], _lengthSectors?[i]) || !Rows.TryFill(ref e, _rwbs[i], _classes?[i], _sectors[i], _lengths[i], _pids?[i], _cpus?[i], _processes?[i], _times[i]))
            {
                bad++;
                continue;
            }

            e.TimeNs = _times[i]!.Value;
            e.Action = Rows.ActionOf(_actions[i]);
            e.Device = Rows.DeviceOf(_devices, i);
            e.Sequence = (uint)(_sequences?[i] ?? 0);
            e.Error = (short)(_errors?[i] ?? 0);
            e.RelatedDevice = Rows.DeviceOf(_relatedDevices?[i]);
            e.RelatedSector = (ulong)(_related?[i] ?? 0);
            if (_lengthSectors?[i] is { } exact)
                e.LengthSectors = (uint)exact;
            if (_messages?[i] is { } text)
                payloads.Add(e, Encoding.UTF8.GetBytes(text), cgroupId: null);
            events.Add(e);
        }

        _next = end;
        return bad;
    }

    private static bool HasNumbers(long? sequence, long? error, long? relatedSector, long? lengthSectors) =>
        (sequence is null or (>= 0 and <= uint.MaxValue))
        && (error is null or (>= short.MinValue and <= short.MaxValue))
        && (relatedSector is null or (>= 0 and <= (long)BlockEvent.MaxSector))
        && (lengthSectors is null or (>= 0 and <= uint.MaxValue));
}
