using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Requests;

/// <summary>
/// Puts requests together from the events of a trace, which must come in the order of the trace:
/// an issue (D) is matched with the queueing (Q) of the bio at its first sector and with its completion (C) by device,
/// operation class and first sector, first in, first out. On devices that never issue (bio-based: device-mapper) C is matched with Q.
/// Splits (X) carry the queue time on to the second part, merges (M) end a bio's own life. A requeue (R) takes an issue back: the request goes on with
/// its next issue, and so it does, as far as completions do not say otherwise, where the trace does not record requeues (<see cref="RepeatedIssues"/>).
/// Flushes match whatever their sector says; completions without bytes of reads and
/// writes (the second completion of a FUA write) are none.
/// </summary>
internal sealed class RequestMatcher
{
    /// <summary>
    /// Most requests of one kind under way. Beyond, the older half is given up, so that lost completions cannot fill the memory;
    /// if by then nothing has completed, the trace records no completions and matching ends.
    /// </summary>
    public const int MaxUnderWay = 1 << 18;

    // No device has so many requests under way: one that completes nothing until then does not have its completions in the trace.
    private const int IssuesWithoutCompletion = 8192;
    private const int MaxRepeated = 1 << 16;
    private const long SecondNs = 1_000_000_000;

    private static readonly Rwbs s_command = Rwbs.Of("N");

    private readonly RequestTable _queued = new();
    // Of issues that are followed in _repeated there is one entry here, marked by Requeued.
    private readonly RequestTable _issued = new();
    private readonly RequestTable _requeued = new();
    private readonly Dictionary<RequestKey, RepeatedIssues> _repeated = [];
    private readonly Dictionary<DeviceId, DeviceFlight> _devices = [];
    private readonly List<IoRequest> _resolved = [];
    private readonly List<IoRequest> _unresolved = [];
    private long _lookedNs = long.MinValue;
    private DeviceId _lastDevice;
    private DeviceFlight? _lastFlight;
    private long _givenUp;
    private bool _isPointless;

    /// <summary>What is in flight on each device seen.</summary>
    public IReadOnlyDictionary<DeviceId, DeviceFlight> Devices => _devices;

    /// <summary>Start of the columns of a device's depth; null to keep none. Set before the first event.</summary>
    public long? OriginNs { get; set; }

    /// <summary>To keep <see cref="DeviceFlight.Busy"/>, from <see cref="OriginNs"/> on, the times between which it is to be exact, ascending and each once; null to keep none.</summary>
    public long[]? BusyTimesNs { get; init; }

    /// <summary>Completions whose request is not in the trace, of devices too that have none in the trace.</summary>
    public long UnmatchedCompletions => _devices.Values.Sum(flight => flight.UnmatchedCompletions);

    /// <summary>
    /// True to hand out requests that never complete even where the trace records no completions at all, and bios of devices that never issue
    /// and never complete. An analysis of latency has no use for these, a list of all requests has.
    /// </summary>
    public bool KeepsUnfinished { get; init; }

    /// <summary>Takes the next events and adds the requests that end with them to <paramref name="ended"/>.</summary>
    public void Add(ReadOnlySpan<BlockEvent> events, RequestBatch ended)
    {
        if (_repeated.Count > 0 && events.Length > 0)
            ForgetOld(events[0].TimeNs, ended);
        for (int i = 0; i < events.Length; i++)
        {
            ref readonly BlockEvent e = ref events[i];
            if (_isPointless)
                return;
            switch (e.Action)
            {
                case BlockAction.Queue:
                    Queue(e, ended);
                    break;
                case BlockAction.Issue:
                    Issue(e, i, ended);
                    break;
                case BlockAction.Complete:
                    Complete(e, ended);
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
        ResolveAll(static (_, _) => true, ended);
        foreach (IoRequest request in InOrderOfIssue(_issued.All.Concat(_requeued.All)))
        {
            ended.Add(request);
            if (_devices[request.Device].SawCompletion && !request.Requeued && !IsWithoutDevice(request.Device, request.Class))
                diagnostics.Add(ReadCounter.UnmatchedIssues);
        }

        foreach (DeviceFlight flight in _devices.Values)
        {
            flight.Issued.Settle();
            flight.Queued.Settle();

            // Of a device whose issues and queueings were not recorded no request is missing.
            if (flight.SawIssue || flight.SawQueue)
                diagnostics.Add(ReadCounter.UnmatchedCompletions, flight.UnmatchedCompletions);
        }
        diagnostics.Add(ReadCounter.UnmatchedIssues, _queued.All.LongCount(request => _devices[request.Device] is { SawIssue: false, SawCompletion: true }));

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
        foreach (IoRequest request in _issued.All.Concat(_requeued.All))
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
        ResolveAll((_, repeated) => repeated.FirstNs <= timeNs, ended);
        List<IoRequest> given = _issued.RemoveWhere(request => request.IssueTimeNs <= timeNs);
        foreach (IoRequest requeued in _requeued.RemoveWhere(request => request.IssueTimeNs <= timeNs))
            ended.Add(requeued);
        given.AddRange(_queued.RemoveWhere(bio => bio.QueueTimeNs <= timeNs && IsOfBioDevice(bio)));
        _givenUp += given.Count;
        foreach (IoRequest old in given)
            ended.Add(old);
    }

    private bool IsOfBioDevice(IoRequest request) => !_devices[request.Device].SawIssue;

    private void Queue(in BlockEvent e, RequestBatch ended)
    {
        DeviceFlight flight = FlightOf(e.Device);
        flight.SawQueue = true;
        if (e.LengthBytes == 0)
            return;
        int known = _queued.Find(e.Device, e.Class, e.Sector);
        if (known >= 0)
        {
            // A bio that was merged into another's request without a word leaves its entry behind; the newer one counts.
            if (KeepsUnfinished && !flight.SawIssue && !flight.SawCompletion)
                ended.Add(_queued.At(known));
            _queued.RemoveAt(known);
            flight.Queued.Leave(e.TimeNs);
        }

        ref IoRequest request = ref AddTo(_queued, e, out _);
        request.QueueTimeNs = e.TimeNs;
        request.QueueDepth = flight.Queued.Enter(e.TimeNs);
        if (_queued.Count > MaxUnderWay)
            GiveUpQueued(ended);
    }

    private void Issue(in BlockEvent e, int place, RequestBatch ended)
    {
        DeviceFlight flight = FlightOf(e.Device);
        flight.Issues++;
        ref IoRequest request = ref AddTo(_issued, e, out int alike);
        request.IssueTimeNs = e.TimeNs;
        if (alike >= 0 && TryFollow(e, place, flight, alike, ended))
            return;
        if (_requeued.Count > 0 && _requeued.FindLast(e.Device, e.Class, request.Sector, e.LengthBytes) is var again and >= 0 && _requeued.At(again).LengthBytes <= e.LengthBytes)
        {
            IssueAgain(e, place, flight, again, ref request, ended);
        }
        else if (TakeQueued(e, flight) is { } queueTimeNs)
        {
            request.QueueTimeNs = queueTimeNs;
        }

        request.QueueDepth = flight.Issued.Enter(e.TimeNs);
        if (_issued.Count > MaxUnderWay)
            GiveUpIssued(ended);
    }

    private long? TakeQueued(in BlockEvent e, DeviceFlight flight)
    {
        int queued = _queued.Find(e.Device, e.Class, e.Sector);
        if (queued < 0)
            return null;
        long queueTimeNs = _queued.At(queued).QueueTimeNs;
        _queued.RemoveAt(queued);
        flight.Queued.Leave(e.TimeNs);
        return queueTimeNs;
    }

    // The request went back to the queue and comes again: it goes on.
    private void IssueAgain(in BlockEvent e, int place, DeviceFlight flight, int again, ref IoRequest request, RequestBatch ended)
    {
        IoRequest before = _requeued.At(again);
        _requeued.RemoveAt(again);
        request.QueueTimeNs = before.QueueTimeNs;
        request.Pid = before.Pid;
        request.Cpu = before.Cpu;
        request.Reissues = (ushort)Math.Min(ushort.MaxValue, before.Reissues + 1);
        flight.Reissues++;
        ended.Withheld.Add(place);
        ended.Reissues.Add(e);

        // Bios that were merged into it meanwhile were not counted with it.
        if (e.LengthBytes > before.LengthBytes && e.LengthSectors != 0)
        {
            uint sectors = before.LengthBytes / BlockEvent.SectorBytes;
            ended.Counting.Add(e with { Sector = e.Sector + sectors, LengthSectors = e.LengthSectors - sectors, LengthBytes = e.LengthBytes - before.LengthBytes });
        }
    }

    // An equal request is under way. True if this issue, which is in the table already, is followed together with it and does not stay there.
    private bool TryFollow(in BlockEvent e, int place, DeviceFlight flight, int alike, RequestBatch ended)
    {
        bool isFollowed = _issued.At(alike).Requeued;
        bool canBeAgain = CanBeIssuedAgain(e, flight) && _issued.At(alike).LengthBytes == e.LengthBytes;
        if (!isFollowed && (!canBeAgain || _queued.Find(e.Device, e.Class, e.Sector) >= 0))
            return false;
        int last = _issued.LastLike(alike);
        IoRequest request = _issued.At(last);
        _issued.RemoveAt(last);
        var key = new RequestKey(e.Device, e.Class, request.Sector);
        RepeatedIssues repeated = isFollowed ? _repeated[key] : Follow(key);
        if (isFollowed && (!canBeAgain || repeated.IsFull || repeated.IsOver(e.TimeNs)))
        {
            Resolve(key, ended);
            flight.Issues--;
            Issue(e, place, ended);
            return true;
        }

        // With a bio of its own it is a request of its own.
        long? queueTimeNs = TakeQueued(e, flight);
        request.QueueTimeNs = queueTimeNs ?? IoRequest.NoTime;
        if (repeated.InFlight > 0 && queueTimeNs is null)
        {
            flight.Issued.Undo(repeated.ReplaceLast());
            request.QueueDepth = flight.Issued.Enter(e.TimeNs);
            repeated.AddAgain(request, e);
            ended.Withheld.Add(place);
        }
        else
        {
            request.QueueDepth = flight.Issued.Enter(e.TimeNs);
            repeated.AddRequest(request);
        }

        if (_repeated.Count > MaxRepeated)
            ResolveAll(static (_, _) => true, ended);
        return true;
    }

    // Where requeues are recorded an issue without one before it is another request. Flushes and commands have no place by which two could be told apart.
    private static bool CanBeIssuedAgain(in BlockEvent e, DeviceFlight flight) =>
        !flight.SawRequeue && e.LengthSectors != 0 && e.Class is not (OperationClass.Flush or OperationClass.Other) && (flight.SawCompletion || flight.Issues <= IssuesWithoutCompletion);

    private RepeatedIssues Follow(RequestKey key)
    {
        var repeated = new RepeatedIssues();
        IoRequest first = _issued.At(_issued.Find(key.Device, key.Class, key.Sector));
        for (int place; (place = _issued.Find(key.Device, key.Class, key.Sector)) >= 0; _issued.RemoveAt(place))
            repeated.AddRequest(_issued.At(place));
        first.Requeued = true;
        _issued.Add(first);
        _repeated.Add(key, repeated);
        return repeated;
    }

    private void Resolve(RequestKey key, RequestBatch ended)
    {
        RepeatedIssues repeated = _repeated[key];
        DeviceFlight flight = FlightOf(key.Device);
        if (!flight.SawCompletion)
        {
            // Nothing says that there were fewer requests than issues.
            foreach (long issuedNs in repeated.RestoreAll())
                flight.Issued.Redo(issuedNs);
        }

        _resolved.Clear();
        _unresolved.Clear();
        int reissues = ended.Reissues.Count;
        repeated.Resolve(_resolved, _unresolved, ended.Counting, ended.Reissues);
        flight.Reissues += ended.Reissues.Count - reissues;
        foreach (IoRequest request in _resolved)
        {
            ended.Add(request);
            _givenUp += request.CompleteTimeNs == IoRequest.NoTime ? 1 : 0;
        }

        _repeated.Remove(key);
        _issued.RemoveAt(_issued.Find(key.Device, key.Class, key.Sector));
        foreach (IoRequest request in _unresolved)
            _issued.Add(request);
    }

    private void ResolveAll(Func<RequestKey, RepeatedIssues, bool> condition, RequestBatch ended)
    {
        List<RequestKey> keys = [.. _repeated.Where(entry => condition(entry.Key, entry.Value)).Select(entry => entry.Key)];
        foreach (RequestKey key in keys)
            Resolve(key, ended);
    }

    private void ForgetOld(long nowNs, RequestBatch ended)
    {
        if (nowNs - _lookedNs < SecondNs && _lookedNs != long.MinValue)
            return;
        _lookedNs = nowNs;
        ResolveAll((_, repeated) => repeated.IsForgotten(nowNs), ended);
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
        ResolveAll(static (_, _) => true, ended);
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

    private void Complete(in BlockEvent e, RequestBatch ended)
    {
        if (e.LengthBytes == 0 && e.Class is OperationClass.Read or OperationClass.Write)
            return;
        DeviceFlight flight = FlightOf(e.Device);
        RequestTable table = flight.SawIssue ? _issued : _queued;
        ulong sector = SectorKey(e);
        int place = table.Find(e.Device, e.Class, sector);
        if (place >= 0 && table.At(place).Requeued)
        {
            flight.SawCompletion = true;
            if (CompleteFollowed(e, new RequestKey(e.Device, e.Class, sector), flight, ended))
                return;
            place = table.Find(e.Device, e.Class, sector);
        }

        if (place < 0 || IsOfOtherCommand(e, table.At(place)))
        {
            CountUnmatched(e, flight);
            return;
        }

        flight.SawCompletion = true;
        ref IoRequest request = ref ended.Add(table.At(place));
        request.CompleteTimeNs = e.TimeNs;
        request.Error = e.Error;
        table.RemoveAt(place);
        (flight.SawIssue ? flight.Issued : flight.Queued).Leave(e.TimeNs);
    }

    // False if all that was followed turns out to have ended before.
    private bool CompleteFollowed(in BlockEvent e, RequestKey key, DeviceFlight flight, RequestBatch ended)
    {
        RepeatedIssues repeated = _repeated[key];
        if (repeated.IsForgotten(e.TimeNs))
        {
            Resolve(key, ended);
            return false;
        }

        if (repeated.Complete(e.TimeNs, e.Error) is { } restoredNs)
            flight.Issued.Redo(restoredNs);
        flight.Issued.Leave(e.TimeNs);
        if (repeated.AreAllRequests)
            Resolve(key, ended);
        return true;
    }

    // Completed without bytes, a command is the end of a flush that came with nothing to write (NS, WS, ...), whose own completion is another event.
    // Commands to a controller have no device, and kernels record only how they end.
    private static void CountUnmatched(in BlockEvent e, DeviceFlight flight)
    {
        if (e.LengthBytes == 0 || IsWithoutDevice(e.Device, e.Class))
            return;
        flight.SawCompletion = true;
        flight.UnmatchedCompletions++;
    }

    // N alone may be any command: so blktrace has those whose length is not known.
    private static bool IsOfOtherCommand(in BlockEvent e, in IoRequest request) =>
        e.LengthBytes == 0 && e.Class == OperationClass.Other && e.Rwbs != request.Rwbs && e.Rwbs != s_command;

    private static bool IsWithoutDevice(DeviceId device, OperationClass @class) => device == DeviceId.Unknown && @class == OperationClass.Other;

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
        DeviceFlight flight = FlightOf(e.Device);
        flight.SawRequeue = true;
        ulong sector = SectorKey(e);

        // Most go back at once, so of several it is the last.
        int place = _issued.FindLast(e.Device, e.Class, sector, e.LengthBytes);
        if (place >= 0 && _issued.At(place).Requeued)
        {
            Resolve(new RequestKey(e.Device, e.Class, sector), ended);
            place = _issued.FindLast(e.Device, e.Class, sector, e.LengthBytes);
        }

        if (place < 0)
            return;
        IoRequest request = _issued.At(place);
        _issued.RemoveAt(place);
        flight.Issued.Leave(e.TimeNs);
        request.Requeued = true;
        _requeued.Add(request);
        if (_requeued.Count <= MaxUnderWay)
            return;
        foreach (IoRequest old in InOrderOfIssue(GiveUpOlderHalf(_requeued, static request => request.IssueTimeNs)))
            ended.Add(old);
    }

    private static ref IoRequest AddTo(RequestTable table, in BlockEvent e, out int alike)
    {
        ulong sector = SectorKey(e);
        ref IoRequest request = ref table.Add(e.Device, e.Class, sector, out alike);
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
        request.Reissues = 0;
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
            _devices.Add(device, flight = new DeviceFlight(OriginNs, BusyTimesNs is not null && OriginNs is { } originNs ? new BusyTimeline(originNs, BusyTimesNs) : null));
        _lastDevice = device;
        _lastFlight = flight;
        return flight;
    }
}

/// <summary>What requests are found by.</summary>
internal readonly record struct RequestKey(DeviceId Device, OperationClass Class, ulong Sector);
