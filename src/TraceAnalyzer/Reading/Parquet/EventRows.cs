using System.Text;

namespace TraceAnalyzer.Reading.Parquet;

/// <summary>Rows that are events.</summary>
internal sealed class EventRows : IRowSource
{
    /// <inheritdoc/>
    public ParquetRows Rows { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> TimeColumns => [];

    /// <inheritdoc/>
    public int Read(RowGroupColumns columns, long nextStartNs, List<BlockEvent> events, EventPayloads payloads)
    {
        long?[] times = columns.RequiredLongs("time_ns");
        string?[] actions = columns.RequiredTexts("action");
        string?[] rwbs = columns.RequiredTexts("rwbs");
        long?[] sectors = columns.RequiredLongs("sector");
        long?[] lengths = columns.RequiredLongs("length_bytes");
        long?[]? lengthSectors = columns.Longs("length_sectors");
        string?[]? classes = columns.Texts("class");
        string?[]? devices = columns.Texts("device");
        long?[]? cpus = columns.Longs("cpu");
        long?[]? sequences = columns.Longs("sequence");
        long?[]? pids = columns.Longs("pid");
        string?[]? processes = columns.Texts("process");
        long?[]? errors = columns.Longs("error");
        string?[]? relatedDevices = columns.Texts("related_device");
        long?[]? related = columns.Longs("related_sector");
        string?[]? messages = columns.Texts("message");
        int bad = 0;
        for (int i = 0; i < columns.Rows; i++)
        {
            BlockEvent e = default;
            if (times[i] is null || !ParquetRows.IsTime(times[i]) || !HasNumbers(sequences?[i], errors?[i], related?[i], lengthSectors?[i]) || !Rows.TryFill(ref e, rwbs[i], classes?[i], sectors[i], lengths[i], pids?[i], cpus?[i], processes?[i], times[i]))
            {
                bad++;
                continue;
            }

            e.TimeNs = times[i]!.Value;
            e.Action = Rows.ActionOf(actions[i]);
            e.Device = Rows.DeviceOf(devices, i);
            e.Sequence = (uint)(sequences?[i] ?? 0);
            e.Error = (short)(errors?[i] ?? 0);
            e.RelatedDevice = Rows.DeviceOf(relatedDevices?[i]);
            e.RelatedSector = (ulong)(related?[i] ?? 0);
            if (lengthSectors?[i] is { } exact)
                e.LengthSectors = (uint)exact;
            if (messages?[i] is { } text)
                payloads.Add(e, Encoding.UTF8.GetBytes(text), cgroupId: null);
            events.Add(e);
        }

        return bad;
    }

    private static bool HasNumbers(long? sequence, long? error, long? relatedSector, long? lengthSectors) =>
        (sequence is null or (>= 0 and <= uint.MaxValue))
        && (error is null or (>= short.MinValue and <= short.MaxValue))
        && (relatedSector is null or (>= 0 and <= (long)BlockEvent.MaxSector))
        && (lengthSectors is null or (>= 0 and <= uint.MaxValue));
}
