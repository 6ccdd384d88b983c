using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Requests;

/// <summary>
/// Puts requests together from the events of a trace, which must come in the order of the trace:
/// an issue (D) is matched with the queueing (Q) of the bio at its first sector and with its completion (C) by device,
/// operation class and first sector, first in, first out. On devices that never issue (bio-based: device-mapper) C is matched with Q.
/// Splits (X) carry the queue time on to the second part, merges (M) end a bio's own life, a requeue (R) ends an
/// issue without completing it. Flushes match whatever their sector says; completions without bytes of reads and
/// writes (the second completion of a FUA write) are none.
/// </summary>
internal sealed class RequestMatcher
{
    /// <summary>
    /// Most requests of one kind under way. Beyond, the older half is given up, so that lost completions cannot fill the memory;
    /// if by then nothing has completed, the trace records no completions and matching ends.
    /// </summary>
    public const int MaxUnderWay = 1 << 18;

    private readonly RequestTable _queued = new();
    private readonly RequestTable _issued = new();
    private readonly Dictionary<DeviceId, DeviceFlight> _devices = [];
    private DeviceId _lastDevice;
    private DeviceFlight? _lastFlight;
    private long _givenUp;
    private bool _isPointless;

    /// <summary>What is in flight on each device seen.</summary>
    public IReadOnlyDictionary<DeviceId, DeviceFlight> Devices => _devices;

    /// <summary>Start of the bins of <see cref="DeviceFlight.Busy"/>; null to keep none. Set before the first event.</summary>
    public long? BusyOriginNs { get; set; }

    /// <summary>
    /// True to hand out requests that never complete even where the trace records no completions at all, and bios of devices that never issue
    /// and never complete. An analysis of latency has no use for these, a list of all requests has.
    /// </summary>
    public bool KeepsUnfinished { get; init; }

    /// <summary>Takes the next events and adds the requests that end with them to <paramref name="ended"/>.</summary>
    public void Add(ReadOnlySpan<BlockEvent> events, RequestBatch ended, ReadDiagnostics diagnostics)
    {
        foreach (ref readonly BlockEvent e in events)
        {
            if (_isPointless)
                return;
            switch (e.Action)
            {
                case BlockAction.Queue:
                    Queue(e, ended);
                    break;
                case BlockAction.Issue:
                    Issue(e, ended);
                    break;
                case BlockAction.Complete:
                    Complete(e, ended, diagnostics);
                    break;
                case BlockAction.BackMerge:
                    Merge(e);
                    break;
                case BlockAction.Split:
                    Split(e);
                    break;
                case BlockAction.Requeue:
                    Requeue(e, ended);
                    break;
            }
        }
    }

    /// <summary>Ends the trace: requests still in flight come out without a completion, in the order of their issue.</summary>
    public void Finish(RequestBatch ended, ReadDiagnostics diagnostics)
    {
        foreach (IoRequest request in InOrderOfIssue(_issued.All))
        {
            ended.Add(request);
            if (_devices[request.Device].SawCompletion)
                diagnostics.Add(ReadCounter.UnmatchedIssues);
        }

        foreach ((DeviceId _, DeviceFlight flight) in _devices)
        {
            if (!flight.SawIssue && flight.SawCompletion)
                diagnostics.Add(ReadCounter.UnmatchedIssues, _queued.All.LongCount(request => _devices[request.Device] == flight));
        }

        if (KeepsUnfinished)
        {
            foreach (IoRequest bio in _queued.All.Where(IsOfBioDevice).OrderBy(bio => bio.QueueTimeNs).ThenBy(bio => bio.Device).ThenBy(bio => bio.Sector))
                ended.Add(bio);
        }

        // Without any completion in the trace nothing was missed.
        if (_devices.Values.Any(flight => flight.SawCompletion))
            diagnostics.Add(ReadCounter.UnmatchedIssues, _givenUp);
    }

    /// <summary>Start (issue, or queueing on devices that never issue) of the request that has been under way longest; <see cref="long.MaxValue"/> if there is none.</summary>
    public long OldestStartNs()
    {
        long oldestNs = long.MaxValue;
        foreach (IoRequest request in _issued.All)
            oldestNs = Math.Min(oldestNs, request.IssueTimeNs);
        foreach (IoRequest bio in _queued.All)
        {
            if (IsOfBioDevice(bio))
                oldestNs = Math.Min(oldestNs, bio.QueueTimeNs);
        }

        return oldestNs;
    }

    /// <summary>Gives up requests that started at or before <paramref name="timeNs"/>: they are handed out without a completion.</summary>
    public void GiveUp(long timeNs, RequestBatch ended)
    {
        List<IoRequest> given = _issued.RemoveWhere(request => request.IssueTimeNs <= timeNs);
        given.AddRange(_queued.RemoveWhere(bio => bio.QueueTimeNs <= timeNs && IsOfBioDevice(bio)));
        _givenUp += given.Count;
        foreach (IoRequest old in given)
            ended.Add(old);
    }

    private bool IsOfBioDevice(IoRequest request) => !_devices[request.Device].SawIssue;

    private void Queue(in BlockEvent e, RequestBatch ended)
    {
        if (e.LengthBytes == 0)
            return;
        DeviceFlight flight = FlightOf(e.Device);
        int known = _queued.Find(e.Device, e.Class, e.Sector);
        if (known >= 0)
        {
            // A bio that was merged into another's request without a word leaves its entry behind; the newer one counts.
            if (KeepsUnfinished && !flight.SawIssue && !flight.SawCompletion)
                ended.Add(_queued.At(known));
            _queued.RemoveAt(known);
            flight.Queued.Leave(e.TimeNs);
        }

        ref IoRequest request = ref AddTo(_queued, e);
        request.QueueTimeNs = e.TimeNs;
        request.QueueDepth = flight.Queued.Enter(e.TimeNs);
        if (_queued.Count > MaxUnderWay)
            GiveUpQueued(ended);
    }

    private void Issue(in BlockEvent e, RequestBatch ended)
    {
        DeviceFlight flight = FlightOf(e.Device);
        flight.SawIssue = true;
        ref IoRequest request = ref AddTo(_issued, e);
        request.IssueTimeNs = e.TimeNs;
        int queued = _queued.Find(e.Device, e.Class, e.Sector);
        if (queued >= 0)
        {
            request.QueueTimeNs = _queued.At(queued).QueueTimeNs;
            _queued.RemoveAt(queued);
            flight.Queued.Leave(e.TimeNs);
        }

        request.QueueDepth = flight.Issued.Enter(e.TimeNs);
        if (_issued.Count > MaxUnderWay)
            GiveUpIssued(ended);
    }

    private void GiveUpQueued(RequestBatch ended)
    {
        List<IoRequest> given = GiveUpOlderHalf(_queued, static request => request.QueueTimeNs);
        if (!KeepsUnfinished)
            return;
        foreach (IoRequest bio in given.Where(IsOfBioDevice))
            ended.Add(bio);
    }

    private void GiveUpIssued(RequestBatch ended)
    {
        // So many issues and never a completion: the tracer was told not to record any.
        bool sawCompletion = _devices.Values.Any(flight => flight.SawCompletion);
        if (!sawCompletion && !KeepsUnfinished)
        {
            _isPointless = true;
            return;
        }

        List<IoRequest> given = GiveUpOlderHalf(_issued, static request => request.IssueTimeNs);
        if (sawCompletion)
            _givenUp += given.Count;
        foreach (IoRequest old in InOrderOfIssue(given))
            ended.Add(old);
    }

    private static IEnumerable<IoRequest> InOrderOfIssue(IEnumerable<IoRequest> requests) =>
        requests.OrderBy(request => request.IssueTimeNs).ThenBy(request => request.Device).ThenBy(request => request.Sector);

    private void Complete(in BlockEvent e, RequestBatch ended, ReadDiagnostics diagnostics)
    {
        if (e.LengthBytes == 0 && e.Class is OperationClass.Read or OperationClass.Write)
            return;
        DeviceFlight flight = FlightOf(e.Device);
        flight.SawCompletion = true;
        RequestTable table = flight.SawIssue ? _issued : _queued;
        int place = table.Find(e.Device, e.Class, SectorKey(e));
        if (place < 0)
        {
            diagnostics.Add(ReadCounter.UnmatchedCompletions);
            return;
        }

        ref IoRequest request = ref ended.Add(table.At(place));
        request.CompleteTimeNs = e.TimeNs;
        request.Error = e.Error;
        table.RemoveAt(place);
        (flight.SawIssue ? flight.Issued : flight.Queued).Leave(e.TimeNs);
    }

    private void Merge(in BlockEvent e)
    {
        int place = _queued.Find(e.Device, e.Class, e.Sector);
        if (place < 0)
            return;
        _queued.RemoveAt(place);
        FlightOf(e.Device).Queued.Leave(e.TimeNs);
    }

    private void Split(in BlockEvent e)
    {
        int place = _queued.Find(e.Device, e.Class, e.Sector);
        if (place < 0 || e.RelatedSector <= e.Sector || _queued.Find(e.Device, e.Class, e.RelatedSector) >= 0)
            return;
        IoRequest second = _queued.At(place);
        second.Sector = e.RelatedSector;
        _queued.Add(second);
        FlightOf(e.Device).Queued.Enter(e.TimeNs);
    }

    private void Requeue(in BlockEvent e, RequestBatch ended)
    {
        int place = _issued.Find(e.Device, e.Class, SectorKey(e));
        if (place < 0)
            return;
        DeviceFlight flight = FlightOf(e.Device);
        IoRequest request = _issued.At(place);
        _issued.RemoveAt(place);
        flight.Issued.Leave(e.TimeNs);
        request.Requeued = true;
        ended.Add(request);
        if (request.QueueTimeNs != IoRequest.NoTime && _queued.Find(e.Device, e.Class, e.Sector) < 0)
        {
            // Its next issue still waits since it was first queued.
            request.IssueTimeNs = IoRequest.NoTime;
            request.Requeued = false;
            _queued.Add(request);
            flight.Queued.Enter(e.TimeNs);
        }
    }

    private static ref IoRequest AddTo(RequestTable table, in BlockEvent e)
    {
        ulong sector = SectorKey(e);
        ref IoRequest request = ref table.Add(e.Device, e.Class, sector);
        request.QueueTimeNs = IoRequest.NoTime;
        request.IssueTimeNs = IoRequest.NoTime;
        request.CompleteTimeNs = IoRequest.NoTime;
        request.Sector = sector;
        request.Rwbs = e.Rwbs;
        request.LengthBytes = e.LengthBytes;
        request.Device = e.Device;
        request.Pid = e.Pid;
        request.Cpu = e.Cpu;
        request.Error = 0;
        request.Class = e.Class;
        request.Requeued = false;
        return ref request;
    }

    // A flush has no place, and text does not print the one that its record carries.
    private static ulong SectorKey(in BlockEvent e) => e.Class == OperationClass.Flush || e.LengthSectors == 0 ? 0 : e.Sector;

    private static List<IoRequest> GiveUpOlderHalf(RequestTable table, Func<IoRequest, long> timeOf)
    {
        long[] times = [.. table.All.Select(timeOf)];
        Array.Sort(times);
        long middle = times[times.Length / 2];
        return table.RemoveWhere(request => timeOf(request) <= middle);
    }

    private DeviceFlight FlightOf(DeviceId device)
    {
        if (_lastFlight is not null && _lastDevice == device)
            return _lastFlight;
        if (!_devices.TryGetValue(device, out DeviceFlight? flight))
            _devices.Add(device, flight = new DeviceFlight(BusyOriginNs is { } originNs ? new BusyTimeline(originNs) : null));
        _lastDevice = device;
        _lastFlight = flight;
        return flight;
    }
}
