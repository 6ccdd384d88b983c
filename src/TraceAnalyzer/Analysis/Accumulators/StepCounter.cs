using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// What btt tells beyond latencies: the steps of requests through the block layer, merges, plugs, periods of activity; per device, process and CPU.
/// Needs the events in order. A bio is known by its device, class and first sector from its queueing to its issue; a request takes all bios that lie in it one behind the other.
/// </summary>
internal sealed class StepCounter(AnalysisOptions options)
{
    /// <summary>Bios that wait for their issue, at most; when there are more, all are given up, and counted.</summary>
    public const int MostPending = 1 << 18;

    private readonly bool _filters = !options.Filter.IsNone;
    private readonly StepRoom _room = new();
    private readonly Dictionary<DeviceId, DeviceSteps> _devices = [];
    private readonly Dictionary<BioPlace, PendingBio> _pending = [];

    // Who queued what was issued, by where the request begins.
    private readonly Dictionary<BioPlace, (int Pid, ushort Cpu)> _issued = [];

    /// <summary>Takes the next events and the requests that ended with them.</summary>
    public void Add(ReadOnlySpan<BlockEvent> events, ReadOnlySpan<IoRequest> ended, IReadOnlySet<int>? pidsOfName, long firstEventNs)
    {
        foreach (ref readonly BlockEvent e in events)
        {
            if (!_filters || options.Filter.Passes(e.Device, e.Class, e.Rwbs, e.Pid, e.TimeNs - firstEventNs, e.Sector, e.LengthSectors, pidsOfName))
                Add(e, StepsOf(e.Device));
        }

        foreach (ref readonly IoRequest request in ended)
        {
            long timeNs = request.IssueTimeNs != IoRequest.NoTime ? request.IssueTimeNs : request.QueueTimeNs;
            if (request.LengthBytes > 0 && (!_filters || options.Filter.Passes(request.Device, request.Class, request.Rwbs, request.Pid, timeNs - firstEventNs, request.Sector, request.LengthBytes / BlockEvent.SectorBytes, pidsOfName)))
                End(request);
        }
    }

    /// <summary>The steps of a device; null if it has none.</summary>
    public StepResult? Of(DeviceId device, Func<int, string?> nameOf) => _devices.GetValueOrDefault(device)?.ToResult(nameOf);

    private void Add(in BlockEvent e, DeviceSteps steps)
    {
        switch (e.Action)
        {
            case BlockAction.Queue when e.LengthSectors > 0:
                steps.Queue(e);
                if (_pending.Count == MostPending)
                {
                    foreach (BioPlace place in _pending.Keys)
                        StepsOf(place.Device).GivenUp++;
                    _pending.Clear();
                }

                _pending[PlaceOf(e)] = new PendingBio(e.TimeNs, e.Pid, e.Cpu, e.LengthSectors);
                break;
            case BlockAction.GetRequest when _pending.TryGetValue(PlaceOf(e), out PendingBio? bio) && bio.GetNs is null:
                bio.GetNs = e.TimeNs;
                steps.Add(Step.Q2G, e.TimeNs - bio.QueueNs, bio.Pid, bio.Cpu);
                break;
            case BlockAction.Insert when _pending.TryGetValue(PlaceOf(e), out PendingBio? bio):
                if (bio.GetNs is { } getNs && bio.InsertNs is null)
                    steps.Add(Step.G2I, e.TimeNs - getNs, bio.Pid, bio.Cpu);
                bio.InsertNs = e.TimeNs;
                break;
            case BlockAction.BackMerge or BlockAction.FrontMerge:
                steps.Merges++;
                if (_pending.TryGetValue(PlaceOf(e), out PendingBio? merged))
                {
                    merged.MergeNs = e.TimeNs;
                    steps.Add(Step.Q2M, e.TimeNs - merged.QueueNs, merged.Pid, merged.Cpu);
                }

                break;
            case BlockAction.Split:
                Split(e);
                break;
            case BlockAction.Issue when e.LengthSectors > 0:
                steps.Issue(e);
                Issue(e, steps);
                break;
            case BlockAction.Complete when e.LengthSectors > 0:
                steps.Completions.Add(e.TimeNs);
                break;
            case BlockAction.Plug:
                steps.Plugs++;
                break;
            case BlockAction.Unplug or BlockAction.UnplugTimer:
                steps.Unplug(e);
                break;
        }
    }

    // The kernel records 32 bits of the sector where the second part begins.
    private void Split(in BlockEvent e)
    {
        uint firstSectors = unchecked((uint)e.RelatedSector - (uint)e.Sector);
        if (firstSectors == 0 || !_pending.TryGetValue(PlaceOf(e), out PendingBio? bio) || firstSectors >= bio.LengthSectors || _pending.Count == MostPending)
            return;
        _pending[PlaceOf(e) with { Sector = e.Sector + firstSectors }] = new PendingBio(bio.QueueNs, bio.Pid, bio.Cpu, bio.LengthSectors - firstSectors);
        bio.LengthSectors = firstSectors;
    }

    private void Issue(in BlockEvent e, DeviceSteps steps)
    {
        ulong sector = e.Sector;
        if (_issued.Count == MostPending)
            _issued.Clear();
        if (_pending.TryGetValue(PlaceOf(e), out PendingBio? first))
            _issued[PlaceOf(e)] = (first.Pid, first.Cpu);
        while (sector < e.EndSector && _pending.Remove(PlaceOf(e) with { Sector = sector }, out PendingBio? bio))
        {
            if (bio.MergeNs is { } mergeNs)
                steps.Add(Step.M2D, e.TimeNs - mergeNs, bio.Pid, bio.Cpu);
            else if (bio.InsertNs is { } insertNs)
                steps.Add(Step.I2D, e.TimeNs - insertNs, bio.Pid, bio.Cpu);
            sector += bio.LengthSectors;
        }
    }

    // By the process that queued the request, as of all steps; of one whose queueing is not in the trace by that which issued it.
    private void End(in IoRequest request)
    {
        DeviceSteps steps = StepsOf(request.Device);
        (int Pid, ushort Cpu) user = _issued.Remove(new BioPlace(request.Device, request.Class, request.Sector), out (int Pid, ushort Cpu) queued) ? queued : (request.Pid, request.Cpu);
        if (request.TryGetD2C(out long d2c))
            steps.Add(Step.D2C, d2c, user.Pid, user.Cpu);
        if (request.TryGetQ2C(out long q2c))
            steps.Add(Step.Q2C, q2c, user.Pid, user.Cpu);
    }

    private DeviceSteps StepsOf(DeviceId device)
    {
        if (!_devices.TryGetValue(device, out DeviceSteps? steps))
            _devices.Add(device, steps = new DeviceSteps(_room));
        return steps;
    }

    private static BioPlace PlaceOf(in BlockEvent e) => new(e.Device, e.Class, e.Sector);

    private readonly record struct BioPlace(DeviceId Device, OperationClass Class, ulong Sector);

    private sealed class PendingBio(long queueNs, int pid, ushort cpu, uint lengthSectors)
    {
        public long QueueNs => queueNs;

        public int Pid => pid;

        public ushort Cpu => cpu;

        public uint LengthSectors { get; set; } = lengthSectors;

        public long? GetNs { get; set; }

        public long? InsertNs { get; set; }

        public long? MergeNs { get; set; }
    }
}
