using System.Runtime.CompilerServices;
using TraceAnalyzer.Requests;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// What one worker accumulates: everything but what needs the order of the events. Any worker may get any part of the
/// trace; in the end all are merged.
/// </summary>
internal sealed class TraceAccumulators(AnalysisOptions options)
{
    private static readonly Rwbs s_command = Rwbs.Of("N");

    private readonly Dictionary<OperationKey, Bucket> _buckets = [];
    private readonly Dictionary<(DeviceId Device, OperationClass Class), Arrivals> _arrivals = [];
    private readonly Dictionary<DeviceId, long[]> _actions = [];
    private OperationKey _lastKey;
    private Bucket? _lastBucket;
    private readonly bool _filters = !options.Filter.IsNone;

    /// <summary>Events by action of each device.</summary>
    public IReadOnlyDictionary<DeviceId, long[]> Actions => _actions;

    /// <summary>Requests in flight of each device.</summary>
    public Dictionary<DeviceId, InFlightAccumulator> InFlight { get; } = [];

    /// <summary>Each operation of each device that was counted.</summary>
    public IEnumerable<(OperationKey Key, OperationAccumulators Accumulators)> Operations =>
        _buckets.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value.Accumulators));

    /// <summary>Times between the reads, or writes, of a device; null if it has none.</summary>
    public ArrivalAccumulator? ArrivalsOf(DeviceId device, OperationClass @class) => _arrivals.GetValueOrDefault((device, @class))?.Accumulator;

    /// <summary>Of the study, which counts them: issues of requests that had been issued before; null if there are none.</summary>
    public TraceAccumulators? Reissues { get; private set; }

    /// <summary>Adds what came of a batch: its events, but for issues that do not count, issues of earlier batches that do, and requests that ended.</summary>
    public void Add(ReadOnlySpan<BlockEvent> events, RequestBatch ended, AnalysisClock clock, IReadOnlySet<int>? pidsOfName, long firstEventNs)
    {
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
                ActionsOf(events[withheld].Device)[(int)BlockAction.Issue]++;
                next = withheld + 1;
            }

            AddToBuckets(events[next..], clock, pidsOfName, firstEventNs);
            Flush();
        }

        if (options.CountedAction == BlockAction.Issue)
        {
            AddLate(ended.Counting, clock, pidsOfName, firstEventNs);
            if (options.Study && ended.Reissues.Count > 0)
                (Reissues ??= new TraceAccumulators(options)).AddLate(ended.Reissues, clock, pidsOfName, firstEventNs);
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
        int i = 0;
        while (i < events.Length)
        {
            // A run of events of one device; most traces are one such run.
            DeviceId device = events[i].Device;
            long[] actions = ActionsOf(device);
            long countedEvents = 0;
            do
            {
                ref readonly BlockEvent e = ref events[i];
                if (e.Action != counted)
                {
                    actions[(int)e.Action]++;
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
        foreach ((OperationKey key, Bucket bucket) in _buckets)
            bucket.Flush(key.Class, areLate: true);
    }

    private void Flush()
    {
        foreach ((OperationKey key, Bucket bucket) in _buckets)
            bucket.Flush(key.Class);
        foreach (Arrivals arrivals in _arrivals.Values)
            arrivals.Flush();
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
            InFlightOf(first.Device, clock).Add(run);
            if (passes)
            {
                OperationAccumulators accumulators = BucketOf(new OperationKey(first.Device, first.Class, first.Rwbs), clock).Accumulators;
                accumulators.Latency.Add(run);
                if (first.Class.MovesData())
                    accumulators.Run?.Add(run);
            }
        }
    }

    /// <summary>Adds an event whose time cannot be right: to all but series over time. A filter of times does not let it pass.</summary>
    public void AddFarOff(in BlockEvent e, AnalysisClock clock, IReadOnlySet<int>? pidsOfName)
    {
        ActionsOf(e.Device)[(int)e.Action]++;
        if (e.Action == options.CountedAction && options.Filter is { FromNs: null, ToNs: null })
            BucketFor(e, clock, pidsOfName, sinceStartNs: 0)?.AddFarOff(e);
    }

    /// <summary>Adds what another worker accumulated, which must not be used any more.</summary>
    public void Merge(TraceAccumulators other)
    {
        foreach ((OperationKey key, Bucket theirs) in other._buckets)
        {
            if (_buckets.TryGetValue(key, out Bucket? ours))
                ours.Accumulators.Merge(theirs.Accumulators);
            else
                _buckets.Add(key, theirs);
        }

        foreach (((DeviceId, OperationClass) key, Arrivals theirs) in other._arrivals)
        {
            if (_arrivals.TryGetValue(key, out Arrivals? ours))
                ours.Accumulator.Merge(theirs.Accumulator);
            else
                _arrivals.Add(key, theirs);
        }

        foreach ((DeviceId device, InFlightAccumulator theirs) in other.InFlight)
        {
            if (InFlight.TryGetValue(device, out InFlightAccumulator? ours))
                ours.Merge(theirs);
            else
                InFlight.Add(device, theirs);
        }

        foreach ((DeviceId device, long[] theirs) in other._actions)
        {
            long[] ours = ActionsOf(device);
            for (int i = 0; i < theirs.Length; i++)
                ours[i] += theirs[i];
        }

        if (other.Reissues is null)
            return;
        if (Reissues is null)
            Reissues = other.Reissues;
        else
            Reissues.Merge(other.Reissues);
    }

    // True if the event surely counts, and for the same operation as the last. Most do, and Count need not look at them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsLikeLast(in BlockEvent e) =>
        _lastBucket is not null && !_filters && e.Rwbs == _lastKey.Rwbs && e.Class == _lastKey.Class && e.Device == _lastKey.Device && e.LengthBytes != 0;

    private void Count(in BlockEvent e, AnalysisClock clock, IReadOnlySet<int>? pidsOfName, long firstEventNs) =>
        BucketFor(e, clock, pidsOfName, e.TimeNs - firstEventNs)?.Add(e);

    // Null if the event does not count.
    private Bucket? BucketFor(in BlockEvent e, AnalysisClock clock, IReadOnlySet<int>? pidsOfName, long sinceStartNs)
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

    private InFlightAccumulator InFlightOf(DeviceId device, AnalysisClock clock)
    {
        if (!InFlight.TryGetValue(device, out InFlightAccumulator? accumulator))
        {
            accumulator = new InFlightAccumulator(Statistics.TimeScale.Doubling(clock.OriginNs, DepthClock.MaxColumns));
            InFlight.Add(device, accumulator);
        }

        return accumulator;
    }

    private long[] ActionsOf(DeviceId device)
    {
        if (!_actions.TryGetValue(device, out long[]? actions))
            _actions.Add(device, actions = new long[BlockActions.Count]);
        return actions;
    }

    private Bucket BucketOf(OperationKey key, AnalysisClock clock)
    {
        if (!_buckets.TryGetValue(key, out Bucket? bucket))
            _buckets.Add(key, bucket = new Bucket(clock, options, ArrivalsFor(key)));
        _lastKey = key;
        _lastBucket = bucket;
        return bucket;
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

    // Collects the times of the counted requests of one class, operation by operation.
    private sealed class Arrivals
    {
        private long[] _timesNs = new long[256];
        private int _count;
        private int _operations;

        public ArrivalAccumulator Accumulator { get; } = new();

        public void Add(ReadOnlySpan<CountedIo> items)
        {
            if (_timesNs.Length < _count + items.Length)
                Array.Resize(ref _timesNs, (_count + items.Length) * 2);
            Span<long> added = _timesNs.AsSpan(_count, items.Length);
            for (int i = 0; i < added.Length; i++)
                added[i] = items[i].TimeNs;
            _count += items.Length;
            _operations++;
        }

        public void Flush()
        {
            Span<long> timesNs = _timesNs.AsSpan(0, _count);
            if (_operations > 1)
                timesNs.Sort();
            Accumulator.Add(timesNs);
            _count = 0;
            _operations = 0;
        }
    }

    // Collects the counted requests of one operation, so that each analysis runs over many of them in one tight loop.
    private sealed class Bucket(AnalysisClock clock, AnalysisOptions options, Arrivals? arrivals)
    {
        private CountedIo[] _items = new CountedIo[256];
        private int _count;

        public OperationAccumulators Accumulators { get; } = new(clock, options.Run, options.Heatmaps);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(in BlockEvent e)
        {
            int count = _count;
            if (count == _items.Length)
                Grow();
            _items[count] = new CountedIo(e.TimeNs, e.Sector, e.LengthBytes, e.LengthSectors, e.Pid, e.Cpu, e.Stack);
            _count = count + 1;
        }

        public void AddFarOff(in BlockEvent e) =>
            Accumulators.AddFarOff(new CountedIo(e.TimeNs, e.Sector, e.LengthBytes, e.LengthSectors, e.Pid, e.Cpu, e.Stack));

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Grow() => Array.Resize(ref _items, _items.Length * 2);

        public void Flush(OperationClass @class, bool areLate = false)
        {
            if (_count == 0)
                return;
            ReadOnlySpan<CountedIo> items = _items.AsSpan(0, _count);
            Accumulators.Add(items, @class.MovesData());
            if (!areLate)
                arrivals?.Add(items);
            _count = 0;
        }
    }
}

/// <summary>What is analysed by itself: an operation of a device. The class is part of it because passthrough commands carry the letters of others.</summary>
internal readonly record struct OperationKey(DeviceId Device, OperationClass Class, Rwbs Rwbs) : IComparable<OperationKey>
{
    /// <inheritdoc/>
    public int CompareTo(OperationKey other)
    {
        int order = Device.CompareTo(other.Device);
        if (order == 0)
            order = Class.CompareTo(other.Class);
        return order != 0 ? order : Rwbs.CompareTo(other.Rwbs);
    }
}
