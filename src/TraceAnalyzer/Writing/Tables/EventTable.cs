using System.Text;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Parquet;

namespace TraceAnalyzer.Writing.Tables;

/// <summary>A row an event.</summary>
internal sealed class EventTable : TraceTable
{
    private readonly RequiredColumn<long> _timeNs = new("time_ns", ascends: true);
    private readonly TextColumn _device = new("device");
    private readonly OptionalColumn<int> _cpu = new("cpu");
    private readonly RequiredColumn<long> _sequence = new("sequence");
    private readonly TextColumn _action = new("action");
    private readonly TextColumn _rwbs = new("rwbs");
    private readonly TextColumn _class = new("class");
    private readonly RequiredColumn<long> _sector = new("sector", ascends: true);
    private readonly RequiredColumn<long> _lengthBytes = new("length_bytes");
    private readonly RequiredColumn<int> _lengthSectors = new("length_sectors");
    private readonly OptionalColumn<int> _pid = new("pid");
    private readonly TextColumn _process = new("process");
    private readonly RequiredColumn<int> _error = new("error");
    private readonly TextColumn _relatedDevice = new("related_device");
    private readonly OptionalColumn<long> _related = new("related_sector");
    private readonly TextColumn _message = new("message");
    private readonly PlaceColumns _places;
    private readonly TableNames _names = new();
    private readonly WriteContext _context;

    public EventTable(WriteContext context)
    {
        _context = context;
        _places = new PlaceColumns(context.Run);
        Columns =
        [
            _timeNs, _device, _cpu, _sequence, _action, _rwbs, _class, _sector, _lengthBytes, _lengthSectors, _pid, _process, _error,
            _relatedDevice, _related, _message, .. _places.All,
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TableColumn> Columns { get; }

    /// <inheritdoc/>
    public override string Content => ParquetKeys.Events;

    /// <summary>Adds an event.</summary>
    public void Append(in BlockEvent e, EventPayloads payloads)
    {
        int row = AddRow();
        _timeNs.Values[row] = e.TimeNs;
        _device.Values[row] = _names.Of(e.Device);
        _cpu.Values[row] = e.Cpu == BlockEvent.UnknownCpu ? null : e.Cpu;
        _sequence.Values[row] = e.Sequence;
        _action.Values[row] = e.Action.Letter();
        _rwbs.Values[row] = _names.Of(e.Rwbs);
        _class.Values[row] = CountedClass.Of(e.Class, e.LengthBytes).Name();
        _sector.Values[row] = (long)e.Sector;
        _lengthBytes.Values[row] = e.LengthBytes;
        _lengthSectors.Values[row] = (int)e.LengthSectors;
        _pid.Values[row] = e.Pid == BlockEvent.UnknownPid ? null : e.Pid;
        _process.Values[row] = _context.Processes.Find(e.Pid);
        _error.Values[row] = e.Error;
        _relatedDevice.Values[row] = _names.Of(e.RelatedDevice);
        _related.Values[row] = HasRelated(e.Action) ? (long)e.RelatedSector : null;
        _message.Values[row] = MessageOf(e, payloads);
        _places.Fill(row, e.TimeNs, e.Device, e.Sector, e.LengthSectors);
    }

    private static bool HasRelated(BlockAction action) =>
        action is BlockAction.Remap or BlockAction.Split or BlockAction.Unplug or BlockAction.UnplugTimer;

    private string? MessageOf(in BlockEvent e, EventPayloads payloads)
    {
        if (payloads.Count == 0)
            return null;
        if (e.Action == BlockAction.Message)
        {
            EventPayload? text = payloads.Take(e);
            if (text?.CgroupId is not null)
                _context.NotCarried.Add("cgroup ids of kernel messages");
            return text is null ? null : Encoding.UTF8.GetString(text.Bytes);
        }

        if (payloads.Take(e) is not null)
            _context.NotCarried.Add("command blocks of passthrough commands");
        return null;
    }
}
