using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Analysis.OfRun;
using TraceAnalyzer.Analysis.Sectors;
using TraceAnalyzer.Requests;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// What one worker accumulates: everything but what needs the order of the events. Any worker may get any part of the
/// trace; in the end all are merged.
/// </summary>
internal sealed class TraceAccumulators(AnalysisOptions options, RunContext? run = null, MapBudget? budget = null)
{
    /// <summary>Most rwbs strings of a device, with their classes, that are analyzed by themselves; what comes behind these in their order is counted together. The kernel writes a few dozen.</summary>
    public const int MaxOperations = 256;

    private static readonly Rwbs s_command = Rwbs.Of("N");

    private readonly Dictionary<OperationKey, OperationBucket> _buckets = [];
    private readonly Dictionary<(DeviceId Device, OperationClass Class), Arrivals> _arrivals = [];
    private readonly Dictionary<DeviceId, DeviceSums> _devices = [];

    // Those that have requests of the events that are being added: of many devices a piece of the trace touches few.
    private readonly List<OperationBucket> _touched = [];
    private OperationKey _lastKey;
    private OperationBucket? _lastBucket;
    private int _seenBudget;
    private readonly bool _filters = !options.Filter.IsNone;
    private TraceAccumulators? _byQueue;
    private bool _sawIssue = options.CountedAction != BlockAction.Issue || options.Study;

    /// <summary>All devices, in order.</summary>
    public IEnumerable<DeviceId> Devices => _devices.Keys.Order();

    /// <summary>Events of a device by action.</summary>
    public long[] ActionsOf(DeviceId device) => _devices[device].Actions;

    /// <summary>Splits (X) of a device's requests of a class.</summary>
    public long SplitsOf(DeviceId device, OperationClass @class) => _devices[device].Splits.GetValueOrDefault(@class);

    /// <summary>Each operation of each device that was counted, device by device.</summary>
    public IEnumerable<(OperationKey Key, OperationBucket Operation)> Operations =>
        _buckets.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value));

    /// <summary>Requests in flight of a device; null if it has none.</summary>
    public InFlightAccumulator? InFlightOf(DeviceId device, AnalysisClock clock) => _devices[device].InFlight?.Accumulated(clock);

    /// <summary>Times between the reads, or writes, of a device; null if it has none.</summary>
    public ArrivalAccumulator? ArrivalsOf(DeviceId device, OperationClass @class) => _arrivals.GetValueOrDefault((device, @class))?.Accumulator;

    /// <summary>The same counted by queueing (Q), as long as no device has issued anything; null once one has, or if issues are not what is counted.</summary>
    public TraceAccumulators? ByQueue => _byQueue;

    /// <summary>Of the study, which counts them: issues of requests that had been issued before; null if there are none.</summary>
    public TraceAccumulators? Reissues { get; private set; }

    /// <summary>Adds what came of a batch: its events, but for issues that do not count, issues of earlier batches that do, and requests that ended.</summary>
    public void Add(ReadOnlySpan<BlockEvent> events, RequestBatch ended, AnalysisClock clock, IReadOnlySet<int>? pidsOfName, long firstEventNs)
    {
        if (WatchesForIssues(events))
        {
            _byQueue!.Add(events, clock, pidsOfName, firstEventNs);
            _byQueue.Add(ended.Requests, clock, pidsOfName, firstEventNs);
        }

        if (options.CountedAction != BlockAction.Issue || ended.Withheld.Count == 0)
        {
            Add(events, clock, pidsOfName, firstEventNs);
        }
        else
        {
            int next = 0;
            foreach (int withheld in ended.Withheld)
            {
                AddToBuckets(events[next..withheld], clock, pidsOfName, firstEventNs);
                SumsOf(events[withheld].Device).Actions[(int)BlockAction.Issue]++;
                next = withheld + 1;
            }

            AddToBuckets(events[next..], clock, pidsOfName, firstEventNs);
            Flush();
        }

        if (options.CountedAction == BlockAction.Issue)
        {
            AddLate(ended.Counting, clock, pidsOfName, firstEventNs);
            if (options.Study && ended.Reissues.Count > 0)
                (Reissues ??= new TraceAccumulators(options, run, budget)).AddLate(ended.Reissues, clock, pidsOfName, firstEventNs);
        }

        Add(ended.Requests, clock, pidsOfName, firstEventNs);
    }

    /// <summary>Adds events: counts their actions, and analyses those of the counted action that pass the filter.</summary>
    public void Add(ReadOnlySpan<BlockEvent> events, AnalysisClock clock, IReadOnlySet<int>? pidsOfName, long firstEventNs)
    {
        AddToBuckets(events, clock, pidsOfName, firstEventNs);
        Flush();
    }

    private void AddToBuckets(ReadOnlySpan<BlockEvent> events, AnalysisClock clock, IReadOnlySet<int>? pidsOfName, long firstEventNs)
    {
        BlockAction counted = options.CountedAction;

        // Count sees the first event of each bucket, which may not have been touched yet.
        _lastBucket = null;
        int i = 0;
        while (i < events.Length)
        {
            // A run of events of one device; most traces are one such run.
            DeviceId device = events[i].Device;
            DeviceSums sums = SumsOf(device);
            long[] actions = sums.Actions;
            long countedEvents = 0;
            do
            {
                ref readonly BlockEvent e = ref events[i];
                if (e.Action != counted)
                {
                    actions[(int)e.Action]++;
                    if (e.Action == BlockAction.Split)
                        sums.AddSplits(e.Class, 1);
                    continue;
                }

                countedEvents++;
                if (IsLikeLast(e))
                    _lastBucket!.Add(e);
                else
                    Count(e, clock, pidsOfName, firstEventNs);
            }
            while (++i < events.Length && events[i].Device == device);
            actions[(int)counted] += countedEvents;
        }

    }

    // Events of any time, whose actions were counted before. Times between requests are taken of neighbors in the trace, which these have no more.
    private void AddLate(List<BlockEvent> events, AnalysisClock clock, IReadOnlySet<int>? pidsOfName, long firstEventNs)
    {
        if (events.Count == 0)
            return;
        foreach (BlockEvent e in events)
            Count(e, clock, pidsOfName, firstEventNs);
        Flush(areLate: true);
    }

    private void Flush(bool areLate = false)
    {
        foreach (OperationBucket bucket in _touched)
            bucket.Flush(areLate);
        foreach (OperationBucket bucket in _touched)
            bucket.Arrivals?.Flush();
        _touched.Clear();
        ShareMemory();
    }

    /// <summary>Adds requests that ended.</summary>
    public void Add(ReadOnlySpan<IoRequest> requests, AnalysisClock clock, IReadOnlySet<int>? pidsOfName, long firstEventNs)
    {
        // Requests of one operation come in runs.
        int i = 0;
        while (i < requests.Length)
        {
            int start = i;
            ref readonly IoRequest first = ref requests[i];
            bool passes = PassesFilter(first, pidsOfName, firstEventNs);
            while (++i < requests.Length && BelongsTo(requests[i], first) && PassesFilter(requests[i], pidsOfName, firstEventNs) == passes)
            {
            }

            ReadOnlySpan<IoRequest> run = requests[start..i];
            (SumsOf(first.Device).InFlight ??= new FewFirst<IoRequest, InFlightAccumulator>(
                static clock => new InFlightAccumulator(Statistics.TimeScale.Doubling(clock.OriginNs, DepthClock.MaxColumns)))).Add(run, clock);
            if (passes)
                BucketOf(new OperationKey(first.Device, first.Class, first.Rwbs), clock).Add(run);
        }
    }

    /// <summary>Adds an event whose time cannot be right: to all but series over time. A filter of times does not let it pass.</summary>
    public void AddFarOff(in BlockEvent e, AnalysisClock clock, IReadOnlySet<int>? pidsOfName)
    {
        if (WatchesForIssues([e]))
            _byQueue!.AddFarOff(e, clock, pidsOfName);
        SumsOf(e.Device).Actions[(int)e.Action]++;
        if (e.Action == options.CountedAction && options.Filter is { FromNs: null, ToNs: null })
            BucketFor(e, clock, pidsOfName, sinceStartNs: 0)?.AddFarOff(e);
    }

    /// <summary>Adds what another worker accumulated, which must not be used any more.</summary>
    public void Merge(TraceAccumulators other)
    {
        foreach ((OperationKey key, OperationBucket theirs) in other._buckets)
        {
            if (_buckets.TryGetValue(key, out OperationBucket? ours))
                ours.Merge(theirs);
            else
                Insert(key, theirs);
        }

        // So that the memory of what was added can be used again.
        other._buckets.Clear();
        foreach (((DeviceId, OperationClass) key, Arrivals theirs) in other._arrivals)
        {
            if (_arrivals.TryGetValue(key, out Arrivals? ours))
                ours.Accumulator.Merge(theirs.Accumulator);
            else
                _arrivals.Add(key, theirs);
        }

        foreach ((DeviceId device, DeviceSums theirs) in other._devices)
            SumsOf(device).Merge(theirs);
        MergeByQueue(other);
        if (other.Reissues is null)
            return;
        if (Reissues is null)
            Reissues = other.Reissues;
        else
            Reissues.Merge(other.Reissues);
    }

    /// <summary>Ends: what was kept back because there could have been room is put where it goes. All must be merged.</summary>
    public void Settle()
    {
        foreach ((DeviceId device, DeviceSums sums) in _devices)
            FoldOperations(device, sums, MaxOperations);
        Reissues?.Settle();
        _byQueue?.Settle();
        if (budget is null || budget.Version == 0)
            return;
        foreach (OperationBucket bucket in _buckets.Values)
            bucket.Settle();
    }

    // Bio-based devices (md, device-mapper) never issue. A trace of these alone is counted by queueing; the first issue ends that, mostly within the first events.
    private bool WatchesForIssues(ReadOnlySpan<BlockEvent> events)
    {
        if (_sawIssue)
            return false;
        foreach (ref readonly BlockEvent e in events)
        {
            if (e.Action == BlockAction.Issue && (options.Filter.Device is not { } wanted || wanted == e.Device))
            {
                _sawIssue = true;
                _byQueue = null;
                return false;
            }
        }

        _byQueue ??= new TraceAccumulators(options with { CountedAction = BlockAction.Queue }, run, budget);
        return true;
    }

    private void MergeByQueue(TraceAccumulators other)
    {
        _sawIssue |= other._sawIssue;
        if (_sawIssue)
            _byQueue = null;
        else if (_byQueue is null)
            _byQueue = other._byQueue;
        else if (other._byQueue is not null)
            _byQueue.Merge(other._byQueue);
    }

    // True if the event surely counts, and for the same operation as the last. Most do, and Count need not look at them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsLikeLast(in BlockEvent e) =>
        _lastBucket is not null && !_filters && e.Rwbs == _lastKey.Rwbs && e.Class == _lastKey.Class && e.Device == _lastKey.Device && e.LengthBytes != 0;

    private void Count(in BlockEvent e, AnalysisClock clock, IReadOnlySet<int>? pidsOfName, long firstEventNs)
    {
        if (BucketFor(e, clock, pidsOfName, e.TimeNs - firstEventNs) is not { } bucket)
            return;
        if (!bucket.IsTouched)
        {
            bucket.IsTouched = true;
            _touched.Add(bucket);
        }

        bucket.Add(e);
    }

    // Null if the event does not count.
    private OperationBucket? BucketFor(in BlockEvent e, AnalysisClock clock, IReadOnlySet<int>? pidsOfName, long sinceStartNs)
    {
        OperationClass @class = e.Class;
        if (e.LengthBytes == 0)
        {
            // Completed without bytes this is the end of a flush or of a FUA write's post-flush, which completes by itself; a command is N alone.
            if (e.Action == BlockAction.Complete && @class != OperationClass.Flush && e.Class == e.Rwbs.Class && e.Rwbs != s_command)
                return null;

            // Queued as a write without data, this is a flush.
            if (@class == OperationClass.Write)
                @class = OperationClass.Flush;
        }

        if (_filters
            && !options.Filter.Passes(e.Device, @class, e.Rwbs, e.Pid, sinceStartNs, e.Sector, e.LengthSectors, pidsOfName))
            return null;
        return _lastBucket is not null && _lastKey.Rwbs == e.Rwbs && _lastKey.Device == e.Device && _lastKey.Class == @class
            ? _lastBucket
            : BucketOf(new OperationKey(e.Device, @class, e.Rwbs), clock);
    }

    private static bool BelongsTo(in IoRequest request, in IoRequest first) =>
        request.Rwbs == first.Rwbs && request.Device == first.Device && request.Class == first.Class;

    private bool PassesFilter(in IoRequest request, IReadOnlySet<int>? pidsOfName, long firstEventNs)
    {
        if (!_filters)
            return true;
        long timeNs = request.IssueTimeNs != IoRequest.NoTime ? request.IssueTimeNs : request.QueueTimeNs;
        return options.Filter.Passes(
            request.Device, request.Class, request.Rwbs, request.Pid, timeNs - firstEventNs, request.Sector, request.LengthBytes / BlockEvent.SectorBytes, pidsOfName);
    }

    private DeviceSums SumsOf(DeviceId device)
    {
        if (!_devices.TryGetValue(device, out DeviceSums? sums))
            _devices.Add(device, sums = new DeviceSums());
        return sums;
    }

    private OperationBucket BucketOf(OperationKey key, AnalysisClock clock)
    {
        if (!_buckets.TryGetValue(key, out OperationBucket? bucket))
            bucket = NewBucket(key, clock);
        _lastKey = key;
        _lastBucket = bucket;
        return bucket;
    }

    private OperationBucket NewBucket(OperationKey key, AnalysisClock clock)
    {
        DeviceSums sums = SumsOf(key.Device);
        if (sums.FirstFolded is { } first && key.Rwbs != Rwbs.Others && OperationKey.FoldOrder.Compare(key, first) >= 0)
            return BucketOf(key with { Rwbs = Rwbs.Others }, clock);
        var bucket = new OperationBucket(key.Device, key.Class, clock, options, run, budget, ArrivalsFor(key));
        Insert(key, bucket);
        return _buckets.TryGetValue(key, out OperationBucket? kept) ? kept : _buckets[key with { Rwbs = Rwbs.Others }];
    }

    private void Insert(OperationKey key, OperationBucket bucket)
    {
        DeviceSums sums = SumsOf(key.Device);
        _buckets.Add(key, bucket);
        sums.Keys.Add(key);
        if (sums.Keys.Count > 2 * MaxOperations)
            FoldOperations(key.Device, sums, MaxOperations);
    }

    // Those that come first, short ones, stay by themselves. A key that is among the first of all is among the first of any part, so
    // the same ones stay however the trace was shared out.
    private void FoldOperations(DeviceId device, DeviceSums sums, int most)
    {
        OperationKey[] keys = [.. sums.Keys.Where(key => key.Rwbs != Rwbs.Others).Order(OperationKey.FoldOrder)];
        if (keys.Length <= most)
            return;
        _lastBucket = null;
        sums.FirstFolded = keys[most];
        foreach (OperationKey key in keys[most..])
        {
            _buckets.Remove(key, out OperationBucket? folded);
            sums.Keys.Remove(key);
            OperationKey others = new(device, key.Class, Rwbs.Others);
            if (_buckets.TryGetValue(others, out OperationBucket? rest))
            {
                rest.Merge(folded!);
                if (folded!.IsTouched && !rest.IsTouched)
                {
                    rest.IsTouched = true;
                    _touched.Add(rest);
                }
            }
            else
            {
                _buckets.Add(others, folded!);
                sums.Keys.Add(others);
            }
        }
    }

    // Only where there is too little of it: then every map looks whether it takes too much.
    private void ShareMemory()
    {
        if (budget is null || budget.Version == _seenBudget)
            return;
        _seenBudget = budget.Version;
        foreach (OperationBucket bucket in _buckets.Values)
            bucket.ShareMemory();
    }

    // Reads have one however their rwbs strings differ.
    private Arrivals? ArrivalsFor(OperationKey key)
    {
        if (!key.Class.MovesData())
            return null;
        if (!_arrivals.TryGetValue((key.Device, key.Class), out Arrivals? arrivals))
            _arrivals.Add((key.Device, key.Class), arrivals = new Arrivals());
        return arrivals;
    }

    // What there is once a device.
    private sealed class DeviceSums
    {
        public long[] Actions { get; } = new long[BlockActions.Count];

        public Dictionary<OperationClass, long> Splits { get; } = [];

        public FewFirst<IoRequest, InFlightAccumulator>? InFlight { get; set; }

        public HashSet<OperationKey> Keys { get; } = new(1);

        public OperationKey? FirstFolded { get; set; }

        public void AddSplits(OperationClass @class, long count) => CollectionsMarshal.GetValueRefOrAddDefault(Splits, @class, out _) += count;

        public void Merge(DeviceSums other)
        {
            foreach ((OperationClass @class, long count) in other.Splits)
                AddSplits(@class, count);
            for (int i = 0; i < Actions.Length; i++)
                Actions[i] += other.Actions[i];
            if (InFlight is null)
                InFlight = other.InFlight;
            else if (other.InFlight is not null)
                InFlight.Merge(other.InFlight);
        }
    }
}

/// <summary>What is analyzed by itself: an operation of a device. The class is part of it because passthrough commands carry the letters of others.</summary>
internal readonly record struct OperationKey(DeviceId Device, OperationClass Class, Rwbs Rwbs) : IComparable<OperationKey>
{
    /// <summary>Which operations of a device are told apart if there are too many: those with short rwbs strings, as kernels write them, come first.</summary>
    public static IComparer<OperationKey> FoldOrder { get; } = Comparer<OperationKey>.Create(static (left, right) =>
    {
        int order = Length(left).CompareTo(Length(right));
        return order != 0 ? order : left.CompareTo(right);

        static int Length(OperationKey key) => 64 - System.Numerics.BitOperations.LeadingZeroCount(key.Rwbs.Packed) + 7 >> 3;
    });

    /// <inheritdoc/>
    public int CompareTo(OperationKey other)
    {
        int order = Device.CompareTo(other.Device);
        if (order == 0)
            order = Class.CompareTo(other.Class);
        if (order == 0)
            order = Rwbs.CompareTo(other.Rwbs);
        return order;
    }
}
