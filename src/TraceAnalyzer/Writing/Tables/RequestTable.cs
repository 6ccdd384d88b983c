using TraceAnalyzer.Reading.Parquet;

namespace TraceAnalyzer.Writing.Tables;

/// <summary>A row a request.</summary>
internal sealed class RequestTable : TraceTable
{
    private readonly OptionalColumn<long> _queueTimeNs = new("queue_time_ns", ascends: true);
    private readonly OptionalColumn<long> _issueTimeNs = new("issue_time_ns", ascends: true);
    private readonly OptionalColumn<long> _completeTimeNs = new("complete_time_ns", ascends: true);
    private readonly TextColumn _device = new("device");
    private readonly RequiredColumn<long> _sector = new("sector", ascends: true);
    private readonly RequiredColumn<long> _lengthBytes = new("length_bytes");
    private readonly TextColumn _rwbs = new("rwbs");
    private readonly TextColumn _class = new("class");
    private readonly OptionalColumn<int> _pid = new("pid");
    private readonly TextColumn _process = new("process");
    private readonly OptionalColumn<int> _cpu = new("cpu");
    private readonly OptionalColumn<int> _error = new("error");
    private readonly OptionalColumn<int> _queueDepth = new("queue_depth");
    private readonly RequiredColumn<bool> _requeued = new("requeued");
    private readonly RequiredColumn<int> _issues = new("issues");
    private readonly PlaceColumns _places;
    private readonly TableNames _names = new();
    private readonly WriteContext _context;

    public RequestTable(WriteContext context)
    {
        _context = context;
        _places = new PlaceColumns(context.Run);
        Columns =
        [
            _queueTimeNs, _issueTimeNs, _completeTimeNs, _device, _sector, _lengthBytes, _rwbs, _class, _pid, _process, _cpu, _error, _queueDepth, _requeued,
            .. _places.All, _issues,
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TableColumn> Columns { get; }

    /// <inheritdoc/>
    public override string Content => ParquetKeys.Requests;

    /// <summary>Adds a request.</summary>
    public void Append(in IoRequest request)
    {
        int row = AddRow();
        _queueTimeNs.Values[row] = TimeOrNull(request.QueueTimeNs);
        _issueTimeNs.Values[row] = TimeOrNull(request.IssueTimeNs);
        _completeTimeNs.Values[row] = TimeOrNull(request.CompleteTimeNs);
        _device.Values[row] = _names.Of(request.Device);
        _sector.Values[row] = (long)request.Sector;
        _lengthBytes.Values[row] = request.LengthBytes;
        _rwbs.Values[row] = _names.Of(request.Rwbs);
        _class.Values[row] = CountedClass.Of(request.Class, request.LengthBytes).Name();
        _pid.Values[row] = request.Pid == BlockEvent.UnknownPid ? null : request.Pid;
        _process.Values[row] = _context.Processes.Find(request.Pid);
        _cpu.Values[row] = request.Cpu == BlockEvent.UnknownCpu ? null : request.Cpu;
        _error.Values[row] = request.CompleteTimeNs == IoRequest.NoTime ? null : request.Error;
        _queueDepth.Values[row] = request.QueueDepth == 0 ? null : (int)request.QueueDepth;
        _requeued.Values[row] = request.Requeued;
        _issues.Values[row] = request.IssueTimeNs == IoRequest.NoTime ? 0 : request.Reissues + 1;

        // Passthrough commands have bytes and no place.
        bool hasPlace = request.Class == request.Rwbs.Class;
        _places.Fill(row, RequestSorter.StartNsOf(request), request.Device, request.Sector, hasPlace ? request.LengthBytes / BlockEvent.SectorBytes : 0);
    }

    private static long? TimeOrNull(long timeNs) => timeNs == IoRequest.NoTime ? null : timeNs;
}
