namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Counts the requests that begin where an earlier request of their device and class ended, whatever came between: several sequential streams
/// at once are still sequential. Needs the events in order.
/// </summary>
internal sealed class SequenceCounter(AnalysisOptions options)
{
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

    /// <summary>Share of the requests of a class that continue an earlier one; null if there are none.</summary>
    public double? ShareOf(DeviceId device, OperationClass @class) =>
        _streams.TryGetValue((device, @class), out Streams? streams) ? (double)streams.Continuing / streams.Requests : null;

    private Streams StreamsOf(DeviceId device, OperationClass @class)
    {
        if (_last is not null && _lastClass == @class && _lastDevice == device)
            return _last;
        if (!_streams.TryGetValue((device, @class), out Streams? streams))
            _streams.Add((device, @class), streams = new Streams());
        (_lastDevice, _lastClass, _last) = (device, @class, streams);
        return streams;
    }

    // Ends of the last requests; each takes the place its sector gives it, so an older one may be forgotten.
    private sealed class Streams
    {
        private const int PlaceBits = 12;

        // Most of thousands of devices did little: until there are so many the ends are in a list, searched from its end, as if each had its place.
        private const int MostListed = 64;
        private readonly List<ulong> _listed = new(1);
        private ulong[]? _ends;

        public long Requests { get; private set; }

        public long Continuing { get; private set; }

        public void Add(ulong sector, ulong end)
        {
            Requests++;
            if (sector != 0 && LastAt(PlaceOf(sector)) == sector)
                Continuing++;
            if (_ends is null)
            {
                _listed.Add(end);
                if (_listed.Count < MostListed)
                    return;
                _ends = new ulong[1 << PlaceBits];
                foreach (ulong listed in _listed)
                    _ends[PlaceOf(listed)] = listed;
            }

            _ends[PlaceOf(end)] = end;
        }

        private ulong LastAt(int place) => _ends is not null ? _ends[place] : _listed.FindLast(end => PlaceOf(end) == place);

        // Fibonacci hashing (D. E. Knuth, TAOCP 3, 6.4): neighbouring sectors get places far apart.
        private static int PlaceOf(ulong sector) => (int)((sector * 0x9E3779B97F4A7C15ul) >> (64 - PlaceBits));
    }
}
