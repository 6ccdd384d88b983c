using TraceAnalyzer.Reports.OfTrace;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Counts the requests that begin where an earlier request of their device and class ended, whatever came between: several sequential streams
/// at once are still sequential; and those that begin where the request just before them ended. Needs the events in order.
/// Exact up to <see cref="RememberedEnds"/> different ends of a class; beyond, at least so many are remembered, the ones met last.
/// </summary>
internal sealed class SequenceCounter(AnalysisOptions options)
{
    /// <summary>Ends that are remembered of a class, at least.</summary>
    public const int RememberedEnds = 1 << 16;

    private readonly BlockAction _counted = options.CountedAction;
    private readonly bool _filters = !options.Filter.IsNone;
    private readonly Dictionary<(DeviceId Device, OperationClass Class), Streams> _streams = [];
    private DeviceId _lastDevice;
    private OperationClass _lastClass;
    private Streams? _last;

    /// <summary>Takes the next events but those at the places <paramref name="withheld"/>, which ascend.</summary>
    public void Add(ReadOnlySpan<BlockEvent> events, List<int> withheld, IReadOnlySet<int>? pidsOfName, long firstEventNs)
    {
        int nextWithheld = 0;
        for (int i = 0; i < events.Length; i++)
        {
            ref readonly BlockEvent e = ref events[i];
            if (_counted == BlockAction.Issue && nextWithheld < withheld.Count && withheld[nextWithheld] == i)
            {
                nextWithheld++;
                continue;
            }

            if (e.Action != _counted || e.LengthSectors == 0 || e.Class > OperationClass.Write)
                continue;
            if (_filters && !options.Filter.Passes(e.Device, e.Class, e.Rwbs, e.Pid, e.TimeNs - firstEventNs, e.Sector, e.LengthSectors, pidsOfName))
                continue;
            StreamsOf(e.Device, e.Class).Add(e.Sector, e.EndSector);
        }
    }

    /// <summary>What was counted of a class; null if there are no requests.</summary>
    public SequenceResult? Of(DeviceId device, OperationClass @class) =>
        _streams.TryGetValue((device, @class), out Streams? streams) ? streams.ToResult() : null;

    private Streams StreamsOf(DeviceId device, OperationClass @class)
    {
        if (_last is not null && _lastClass == @class && _lastDevice == device)
            return _last;
        if (!_streams.TryGetValue((device, @class), out Streams? streams))
            _streams.Add((device, @class), streams = new Streams());
        (_lastDevice, _lastClass, _last) = (device, @class, streams);
        return streams;
    }

    // Where requests ended, in two halves: when the newer one is full the older one is forgotten. An end that is met again is new again.
    private sealed class Streams
    {
        private HashSet<ulong> _newer = new(1);
        private HashSet<ulong> _older = [];
        private long _requests;
        private long _continuing;
        private long _following;
        private ulong _lastEnd;
        private bool _forgot;

        public void Add(ulong sector, ulong end)
        {
            _requests++;
            if (sector == _lastEnd && _requests > 1)
                _following++;
            if (_newer.Contains(sector) || _older.Contains(sector))
                _continuing++;
            _lastEnd = end;
            if (!_newer.Add(end) || _newer.Count < RememberedEnds)
                return;
            _forgot |= !_older.IsSubsetOf(_newer);
            (_newer, _older) = (_older, _newer);
            _newer.Clear();
        }

        public SequenceResult ToResult() => new()
        {
            Requests = _requests,
            Continuing = _continuing,
            ContinuingShare = (double)_continuing / _requests,
            Following = _following,
            FollowingShare = (double)_following / _requests,
            IsLowerBound = _forgot,
        };
    }
}
