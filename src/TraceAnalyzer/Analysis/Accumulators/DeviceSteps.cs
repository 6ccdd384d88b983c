using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>The steps of one device's requests.</summary>
/// <param name="room">How many more processes and CPUs may be told apart, on all devices together.</param>
internal sealed class DeviceSteps(StepRoom room)
{
    /// <summary>Processes that are told apart; those beyond count as one.</summary>
    public const int MostProcesses = 1024;

    private const int ListedProcesses = 50;

    private readonly StepTimes _all = new();
    private readonly Dictionary<int, StepTimes> _byPid = [];
    private readonly Dictionary<int, StepTimes> _byCpu = [];
    private readonly Dictionary<int, long> _lastQueueOfPid = [];
    private readonly Dictionary<int, long> _lastQueueOfCpu = [];
    private readonly PeriodCounter _queueings = new();
    private long _queued;
    private long _issued;
    private long _minSectors = long.MaxValue;
    private long _maxSectors;
    private long _totalSectors;
    private long _unplugs;
    private long _timerUnplugs;
    private ulong _unplugged;
    private ulong _timerUnplugged;
    private long? _lastQueueNs;

    public PeriodCounter Completions { get; } = new();

    public long Merges { get; set; }

    public long Plugs { get; set; }

    public long GivenUp { get; set; }

    /// <summary>Adds a time that a step took; a negative one, of clocks of CPUs that disagree, is none.</summary>
    public void Add(Step step, long ns, int pid, ushort cpu)
    {
        if (ns < 0)
            return;
        _all.Add(step, ns);
        Of(_byPid, pid).Add(step, ns);
        Of(_byCpu, CpuOf(cpu)).Add(step, ns);
    }

    public void Queue(in BlockEvent e)
    {
        _queued++;
        _queueings.Add(e.TimeNs);
        if (_lastQueueNs is { } lastNs)
            _all.Add(Step.Q2Q, Math.Max(0, e.TimeNs - lastNs));
        _lastQueueNs = e.TimeNs;
        AddQ2Q(_byPid, _lastQueueOfPid, e.Pid, e.TimeNs);
        AddQ2Q(_byCpu, _lastQueueOfCpu, CpuOf(e.Cpu), e.TimeNs);
    }

    public void Issue(in BlockEvent e)
    {
        _issued++;
        _minSectors = Math.Min(_minSectors, e.LengthSectors);
        _maxSectors = Math.Max(_maxSectors, e.LengthSectors);
        _totalSectors += e.LengthSectors;
    }

    // The event's payload is how many requests were held back.
    public void Unplug(in BlockEvent e)
    {
        uint requests = (uint)Math.Min(e.RelatedSector, uint.MaxValue);
        if (e.Action == BlockAction.Unplug)
        {
            _unplugs++;
            _unplugged += requests;
        }
        else
        {
            _timerUnplugs++;
            _timerUnplugged += requests;
        }
    }

    public StepResult ToResult(Func<int, string?> nameOf) => new()
    {
        Steps = _all.ToResult(),
        Processes =
        [
            .. _byPid.OrderByDescending(process => process.Value.Requests).ThenBy(process => process.Key).Take(ListedProcesses)
                .Select(process => new UserSteps(process.Key == BlockEvent.UnknownPid ? null : process.Key, nameOf(process.Key), process.Value.ToResult())),
        ],
        Cpus = [.. _byCpu.Where(cpu => cpu.Key >= 0).OrderBy(cpu => cpu.Key).Select(cpu => new UserSteps(cpu.Key, null, cpu.Value.ToResult()))],
        Queued = _queued,
        Issued = _issued,
        Merged = Merges,
        MergeRatio = _issued == 0 || _queued == 0 ? null : (double)_queued / _issued,
        MinSectors = _issued == 0 ? 0 : _minSectors,
        MaxSectors = _maxSectors,
        TotalSectors = _totalSectors,
        Plugs = Plugs,
        Unplugs = _unplugs,
        TimerUnplugs = _timerUnplugs,
        RequestsPerUnplug = _unplugs == 0 ? null : (double)_unplugged / _unplugs,
        RequestsPerTimerUnplug = _timerUnplugs == 0 ? null : (double)_timerUnplugged / _timerUnplugs,
        QueueActivity = _queueings.ToResult(),
        CompletionActivity = Completions.ToResult(),
        GivenUp = GivenUp,
    };

    private static int CpuOf(ushort cpu) => cpu == BlockEvent.UnknownCpu ? -1 : cpu;

    private void AddQ2Q(Dictionary<int, StepTimes> times, Dictionary<int, long> lastNs, int key, long timeNs)
    {
        StepTimes own = Of(times, key);
        if (!times.ContainsKey(key))
            key = BlockEvent.UnknownPid;
        if (lastNs.TryGetValue(key, out long before))
            own.Add(Step.Q2Q, Math.Max(0, timeNs - before));
        lastNs[key] = timeNs;
    }

    private StepTimes Of(Dictionary<int, StepTimes> times, int key)
    {
        if (times.TryGetValue(key, out StepTimes? known))
            return known;
        if (times.Count >= MostProcesses || room.Left == 0)
            key = BlockEvent.UnknownPid;
        if (!times.TryGetValue(key, out known))
        {
            times.Add(key, known = new StepTimes());
            room.Left = Math.Max(0, room.Left - 1);
        }

        return known;
    }
}

/// <summary>Room for processes and CPUs of all devices: a hostile trace has another of each with every event.</summary>
internal sealed class StepRoom
{
    /// <summary>How many are left.</summary>
    public int Left { get; set; } = 1 << 15;
}
