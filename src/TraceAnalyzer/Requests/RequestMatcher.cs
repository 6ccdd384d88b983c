using System.Runtime.CompilerServices;
using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Requests;

/// <summary>
/// Puts requests together from the events of a trace, which must come in the order of the trace:
/// an issue (D) is matched with the queueing (Q) of the bio at its first sector and with its completion (C) by device,
/// operation class and first sector, first in, first out. On devices that never issue (bio-based: device-mapper) C is matched with Q.
/// Splits (X) carry the queue time on to the second part, merges (M) end a bio's own life. A requeue (R) takes an issue back: the request goes on with
/// its next issue, and so it does, as far as completions do not say otherwise, where the trace does not record requeues (<see cref="ReissueFollower"/>).
/// Flushes match whatever their sector says; completions without bytes of reads and
/// writes (the second completion of a FUA write) are none.
/// </summary>
internal sealed class RequestMatcher
{
    /// <summary>
    /// Most requests of one kind in flight. Beyond, the older half is given up, so that lost completions cannot fill the memory;
    /// if by then nothing has completed, the trace records no completions and matching ends.
    /// </summary>
    public const int MaxUnderWay = 1 << 18;

    private static readonly Rwbs s_command = Rwbs.Of("N");

    private readonly QueuedBios _queued = new();
    private readonly RequestTable _issued = new();
    private readonly RequestTable _requeued = new();
    private readonly ReissueFollower _follower;
    private readonly Dictionary<DeviceId, DeviceFlight> _devices = [];
    private DeviceId _lastDevice;
    private DeviceFlight? _lastFlight;
    private long _givenUp;
    private bool _isPointless;

    /// <summary>Matches the requests of a trace from its start.</summary>
    public RequestMatcher() => _follower = new ReissueFollower(_issued, _queued);

    /// <summary>What is in flight on each device seen.</summary>
    public IReadOnlyDictionary<DeviceId, DeviceFlight> Devices => _devices;

    /// <summary>What is in flight on all devices together.</summary>
    public JointFlight Together { get; } = new();

    /// <summary>Start of the columns of a device's depth; null to keep none. Set before the first event.</summary>
    public long? OriginNs { get; set; }

    /// <summary>To keep <see cref="DeviceFlight.Busy"/>, from <see cref="OriginNs"/> on, the times between which it is to be exact, ascending and each once; null to keep none.</summary>
    public long[]? BusyTimesNs { get; init; }

    /// <summary>Of these, times between which the mean depth is asked for.</summary>
    public long[] DepthTimesNs { get; init; } = [];

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
        if (events.Length > 0)
            _follower.ForgetOld(events[0].TimeNs, ended);
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
                    _queued.Take(e, FlightOf(e.Device));
                    break;
                case BlockAction.Split:
                    _queued.Split(e, FlightOf(e.Device));
                    break;
                case BlockAction.Requeue:
                    Requeue(e, ended);
                    break;
                case BlockAction.Remap:
                    Together.Remap(e);
                    break;
            }
        }
    }

    /// <summary>Ends the trace: requests still in flight come out without a completion, in the order of their issue.</summary>
    public void Finish(RequestBatch ended, ReadDiagnostics diagnostics)
    {
        _follower.ResolveAll(ended);
        foreach (IoRequest request in InOrderOfIssue(_issued.All.Concat(_requeued.All)))
        {
            ended.Add(request);
            if (_devices[request.Device].SawCompletion && !request.Requeued && !IsWithoutDevice(request.Device, request.Class))
                diagnostics.Add(ReadCounter.UnmatchedIssues);
        }

        Together.Finish();
        foreach (DeviceFlight flight in _devices.Values)
        {
            flight.Issued.Finish();
            flight.Queued.Finish();

            // Of a device whose issues and queueings were not recorded no request is missing.
            if (flight.SawIssue || flight.SawQueue)
                diagnostics.Add(ReadCounter.UnmatchedCompletions, flight.UnmatchedCompletions);
        }
        diagnostics.Add(ReadCounter.UnmatchedIssues, _queued.Table.All.LongCount(request => _devices[request.Device] is { SawIssue: false, SawCompletion: true }));

        if (KeepsUnfinished)
        {
            foreach (IoRequest bio in _queued.Table.All.Where(IsOfBioDevice).OrderBy(bio => bio.QueueTimeNs).ThenBy(bio => bio.Device).ThenBy(bio => bio.Sector))
                ended.Add(bio);
        }

        // Without any completion in the trace nothing was missed.
        if (_devices.Values.Any(flight => flight.SawCompletion))
            diagnostics.Add(ReadCounter.UnmatchedIssues, _givenUp + _follower.GivenUp);
    }

    /// <summary>Start (issue, or queueing on devices that never issue) of the request that has been in flight longest; <see cref="long.MaxValue"/> if there is none.</summary>
    public long OldestStartNs()
    {
        long oldestNs = long.MaxValue;
        foreach (IoRequest request in _issued.All.Concat(_requeued.All))
            oldestNs = Math.Min(oldestNs, request.IssueTimeNs);
        foreach (IoRequest bio in _queued.Table.All)
        {
            if (IsOfBioDevice(bio))
                oldestNs = Math.Min(oldestNs, bio.QueueTimeNs);
        }

        return oldestNs;
    }

    /// <summary>Gives up requests that started at or before <paramref name="timeNs"/>: they are handed out without a completion.</summary>
    public void GiveUp(long timeNs, RequestBatch ended)
    {
        _follower.ResolveUntil(timeNs, ended);
        List<IoRequest> given = _issued.RemoveWhere(request => request.IssueTimeNs <= timeNs);
        foreach (IoRequest requeued in _requeued.RemoveWhere(request => request.IssueTimeNs <= timeNs))
            ended.Add(requeued);
        given.AddRange(_queued.Table.RemoveWhere(bio => bio.QueueTimeNs <= timeNs && IsOfBioDevice(bio)));
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
        if (KeepsUnfinished && !flight.SawIssue && !flight.SawCompletion && _queued.Find(e) is >= 0 and var stale)
            ended.Add(_queued.Table.At(stale));
        _queued.Queue(e, flight);
        if (_queued.Table.Count > MaxUnderWay)
            GiveUpQueued(ended);
    }

    private void Issue(in BlockEvent e, int index, RequestBatch ended)
    {
        DeviceFlight flight = FlightOf(e.Device);
        if (flight.CountIssue())
            Together.Add(e.Device, flight);
        int place = _issued.Add(e, out int alike);
        _issued.At(place).IssueTimeNs = e.TimeNs;
        if (alike >= 0 && _follower.TryFollow(e, index, ref place, alike, flight, ended))
            return;
        ref IoRequest request = ref _issued.At(place);
        if (_requeued.Count > 0 && _requeued.FindLast(e.Device, e.Class, request.Sector, e.LengthBytes) is var again and >= 0 && _requeued.At(again).LengthBytes <= e.LengthBytes)
            IssueAgain(e, index, flight, again, ref request, ended);
        else
            request.QueueTimeNs = _queued.Take(e, flight);
        request.QueueDepth = flight.Issued.Enter(e.TimeNs);
        if (_issued.Count > MaxUnderWay)
            GiveUpIssued(ended);
    }

    // The request went back to the queue and comes again: it goes on.
    private void IssueAgain(in BlockEvent e, int index, DeviceFlight flight, int again, ref IoRequest request, RequestBatch ended)
    {
        IoRequest before = _requeued.At(again);
        _requeued.RemoveAt(again);
        request.QueueTimeNs = before.QueueTimeNs;
        request.Pid = before.Pid;
        request.Cpu = before.Cpu;
        request.Reissues = (ushort)Math.Min(ushort.MaxValue, before.Reissues + 1);
        flight.Reissues++;
        ended.Withheld.Add(index);
        ended.Reissues.Add(e);

        // Bios that were merged into it meanwhile were not counted with it.
        if (e.LengthBytes > before.LengthBytes && e.LengthSectors != 0)
        {
            uint sectors = before.LengthBytes / BlockEvent.SectorBytes;
            ended.Counting.Add(e with { Sector = e.Sector + sectors, LengthSectors = e.LengthSectors - sectors, LengthBytes = e.LengthBytes - before.LengthBytes });
        }
    }

    private void GiveUpQueued(RequestBatch ended)
    {
        List<IoRequest> given = GiveUpOlderHalf(_queued.Table, static request => request.QueueTimeNs);
        if (!KeepsUnfinished)
            return;
        foreach (IoRequest bio in given.Where(IsOfBioDevice))
            ended.Add(bio);
    }

    private void GiveUpIssued(RequestBatch ended)
    {
        // So many issues and never a completion: the tracer was told not to record any.
        bool sawCompletion = _devices.Values.Any(flight => flight.SawCompletion);
        _follower.ResolveAll(ended);
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
        RequestTable table = flight.SawIssue ? _issued : _queued.Table;
        ulong sector = RequestTable.KeySectorOf(e);
        int place = table.Find(e.Device, e.Class, sector);
        if (place >= 0 && table.At(place).Requeued)
        {
            flight.SawCompletion = true;
            if (_follower.TryComplete(e, new RequestKey(e.Device, e.Class, sector), flight, ended))
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

    private void Requeue(in BlockEvent e, RequestBatch ended)
    {
        DeviceFlight flight = FlightOf(e.Device);
        flight.SawRequeue = true;
        ulong sector = RequestTable.KeySectorOf(e);

        // Most go back at once, so of several it is the last.
        int place = _issued.FindLast(e.Device, e.Class, sector, e.LengthBytes);
        if (place >= 0 && _issued.At(place).Requeued)
        {
            _follower.Resolve(new RequestKey(e.Device, e.Class, sector), ended);
            place = _issued.FindLast(e.Device, e.Class, sector, e.LengthBytes);
        }

        if (place < 0)
            return;
        IoRequest request = _issued.At(place);
        _issued.RemoveAt(place);
        flight.Issued.Leave(e.TimeNs);
        request.Requeued = true;
        _requeued.Add(request, out _);
        if (_requeued.Count <= MaxUnderWay)
            return;
        foreach (IoRequest old in InOrderOfIssue(GiveUpOlderHalf(_requeued, static request => request.IssueTimeNs)))
            ended.Add(old);
    }

    private static List<IoRequest> GiveUpOlderHalf(RequestTable table, Func<IoRequest, long> timeOf)
    {
        long[] times = [.. table.All.Select(timeOf)];
        Array.Sort(times);
        long middle = times[times.Length / 2];
        return table.RemoveWhere(request => timeOf(request) <= middle);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private DeviceFlight FlightOf(DeviceId device) => _lastFlight is not null && _lastDevice == device ? _lastFlight : OtherFlightOf(device);

    private DeviceFlight OtherFlightOf(DeviceId device)
    {
        if (!_devices.TryGetValue(device, out DeviceFlight? flight))
        {
            _devices.Add(device, flight = new DeviceFlight(OriginNs, BusyTimesNs is not null && OriginNs is { } originNs ? new BusyTimeline(originNs, BusyTimesNs) : null));
            if (BusyTimesNs is not null)
                flight.Issued.Integral = new DepthIntegral(DepthTimesNs);
        }

        _lastDevice = device;
        _lastFlight = flight;
        return flight;
    }
}

/// <summary>What requests are found by.</summary>
internal readonly record struct RequestKey(DeviceId Device, OperationClass Class, ulong Sector);
