using System.Buffers.Binary;
using System.Text;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Writing.Blktrace;

/// <summary>
/// Writes blktrace's binary records, version 7, little-endian: as one merged stream in the order of time, as <c>blkparse -d</c> does, which
/// <c>blkparse -i -</c> and <c>btt -i</c> read; or as a set of files, one a CPU, as blktrace does. Names of processes and the wall clock are records of their own.
/// </summary>
internal sealed class BlktraceWriter : ITraceWriter
{
    private const uint Magic = 0x65617407;
    private const int HeaderBytes = 48;
    private const int CategoryShift = 16;
    private const uint CgroupBit = 0x100;
    private const uint NotifyProcess = 0;
    private const uint NotifyTimestamp = 1;
    private const uint NotifyMessage = 2;

    // TASK_COMM_LEN of the kernel.
    private const int CommandBytes = 16;
    private const int MaxNameBytes = 4096;

    private readonly WriteContext _context;
    private readonly IRecordSink _sink;
    private readonly byte[] _record = new byte[HeaderBytes + ushort.MaxValue];
    private readonly HashSet<int> _unnamed = [];
    private readonly Dictionary<(Rwbs Letters, bool HasBytes), (uint Category, bool IsExact)> _categories = [];
    private bool _wroteWallClock;
    private long _lastNs;

    private BlktraceWriter(IRecordSink sink, WriteContext context)
    {
        _context = context;
        _sink = sink;
    }

    /// <summary>Starts a merged stream.</summary>
    public static ITraceWriter Create(Stream stream, WriteContext context) => new BlktraceWriter(new MergedRecords(stream), context);

    /// <summary>Starts a set in <paramref name="folder"/>.</summary>
    public static ITraceWriter CreateInFolder(string folder, string name, WriteContext context) =>
        new BlktraceWriter(new PerCpuRecords(folder, name), context);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<BlockEvent> events, EventPayloads payloads)
    {
        if (!_wroteWallClock && _context.WallClock is { } wallClock)
        {
            WriteTimestamp(wallClock);
            _wroteWallClock = true;
        }

        _unnamed.UnionWith(_context.Processes.Renamed);
        foreach (ref readonly BlockEvent e in events)
        {
            // As the kernel does: the name right before the first event, on the same CPU.
            if (_unnamed.Count > 0 && _unnamed.Remove(e.Pid))
                WriteProcess(e.Pid, e.TimeNs, e.Cpu);
            if (e.Action == BlockAction.Message)
                WriteMessage(e, payloads.Take(e));
            else if (e.Action == BlockAction.Unknown)
                _context.NotCarried.Add("events of unknown action");
            else
                WriteEvent(e, payloads);
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<IoRequest> requests) => throw new NotSupportedException("blktrace has events");

    /// <inheritdoc/>
    public void Finish()
    {
        foreach (int pid in _unnamed.Order())
            WriteProcess(pid, _lastNs, cpu: 0);
        _sink.Finish();
    }

    /// <inheritdoc/>
    public void Dispose() => _sink.Dispose();

    private void WriteEvent(in BlockEvent e, EventPayloads payloads)
    {
        (uint category, bool isExact) = CategoryOf(e.Rwbs, e.LengthBytes != 0);
        if (category == 0)
        {
            _context.NotCarried.Add("events of operations that version 7 has no bits for (zone management)");
            return;
        }

        if (!isExact)
            _context.NotCarried.Add("events whose letters change (tracepoints' N is a write, their FF is FN in blktrace)");
        if (e.Cpu == BlockEvent.UnknownCpu)
            _context.NotCarried.Add("events without a CPU, now of CPU 0");
        bool isPassthrough = Passthrough.Is(e);
        category |= BlktraceCategory.Of(e.Action);
        if (isPassthrough)
            category = (category & ~BlktraceCategory.FileSystem) | BlktraceCategory.Passthrough;
        byte[]? command = isPassthrough && payloads.Count > 0 ? payloads.Take(e)?.Bytes : null;
        int payloadBytes = e.Action switch
        {
            BlockAction.Remap => 16,
            BlockAction.Split or BlockAction.Unplug or BlockAction.UnplugTimer => 8,
            _ => command?.Length ?? 0,
        };

        Span<byte> record = Fill(e, (uint)e.Action | (category << CategoryShift), payloadBytes);
        Span<byte> payload = record[HeaderBytes..];
        if (command is not null)
        {
            command.CopyTo(payload);
        }
        else if (e.Action == BlockAction.Remap)
        {
            BinaryPrimitives.WriteUInt32BigEndian(payload, e.RelatedDevice.Value);
            BinaryPrimitives.WriteUInt32BigEndian(payload[4..], e.Device.Value);
            BinaryPrimitives.WriteUInt64BigEndian(payload[8..], e.RelatedSector);
        }
        else if (payloadBytes == 8)
        {
            BinaryPrimitives.WriteUInt64BigEndian(payload, e.RelatedSector);
        }

        _sink.Write(CpuOf(e), record);
        _lastNs = e.TimeNs;
    }

    private void WriteMessage(in BlockEvent message, EventPayload? payload)
    {
        byte[] text = payload?.Bytes ?? [];
        int cgroupBytes = payload?.CgroupId is null ? 0 : sizeof(ulong);
        uint action = NotifyMessage | (cgroupBytes == 0 ? 0 : CgroupBit) | (BlktraceCategory.Notify << CategoryShift);
        int textBytes = Math.Min(text.Length, ushort.MaxValue - cgroupBytes);
        Span<byte> record = Fill(message with { Sector = 0, LengthBytes = 0 }, action, cgroupBytes + textBytes);
        if (payload?.CgroupId is { } cgroupId)
            BinaryPrimitives.WriteUInt64LittleEndian(record[HeaderBytes..], cgroupId);
        text.AsSpan(0, textBytes).CopyTo(record[(HeaderBytes + cgroupBytes)..]);
        _sink.Write(CpuOf(message), record);
    }

    private void WriteProcess(int pid, long timeNs, ushort cpu)
    {
        byte[] name = Encoding.UTF8.GetBytes(_context.Processes.Find(pid)!);
        int length = Math.Min(name.Length, MaxNameBytes);
        var notify = new BlockEvent { TimeNs = timeNs, Pid = pid, Cpu = cpu };
        Span<byte> record = Fill(notify, NotifyProcess | (BlktraceCategory.Notify << CategoryShift), Math.Max(CommandBytes, length + 1));
        name.AsSpan(0, length).CopyTo(record[HeaderBytes..]);
        _sink.Write(CpuOf(notify), record);
    }

    private void WriteTimestamp(WallClockAnchor wallClock)
    {
        const long NsPerSecond = 1_000_000_000;
        var notify = new BlockEvent { TimeNs = wallClock.TraceNs };
        Span<byte> record = Fill(notify, NotifyTimestamp | (BlktraceCategory.Notify << CategoryShift), 8);
        Span<byte> payload = record[HeaderBytes..];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, (uint)(wallClock.UnixNs / NsPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(payload[4..], (uint)(wallClock.UnixNs % NsPerSecond));
        _sink.Write(0, record);
    }

    private static int CpuOf(in BlockEvent e) => e.Cpu == BlockEvent.UnknownCpu ? 0 : e.Cpu;

    // struct blk_io_trace.
    private Span<byte> Fill(in BlockEvent e, uint action, int payloadBytes)
    {
        Span<byte> record = _record.AsSpan(0, HeaderBytes + payloadBytes);
        record.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(record, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], e.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], e.TimeNs);
        BinaryPrimitives.WriteUInt64LittleEndian(record[16..], e.Sector);
        BinaryPrimitives.WriteUInt32LittleEndian(record[24..], e.LengthBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record[28..], action);
        BinaryPrimitives.WriteInt32LittleEndian(record[32..], e.Pid == BlockEvent.UnknownPid ? 0 : e.Pid);
        BinaryPrimitives.WriteUInt32LittleEndian(record[36..], e.Device.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(record[40..], (uint)CpuOf(e));
        BinaryPrimitives.WriteInt16LittleEndian(record[44..], e.Error);
        BinaryPrimitives.WriteUInt16LittleEndian(record[46..], (ushort)payloadBytes);
        return record;
    }

    private (uint Category, bool IsExact) CategoryOf(Rwbs letters, bool hasBytes)
    {
        if (!_categories.TryGetValue((letters, hasBytes), out (uint Category, bool IsExact) known))
        {
            known.IsExact = BlktraceCategory.TryOf(letters, hasBytes, out known.Category);
            _categories.Add((letters, hasBytes), known);
        }

        return known;
    }
}
