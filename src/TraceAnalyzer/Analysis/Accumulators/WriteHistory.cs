using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Reads by the bytes whose writes were issued in the 100 whole milliseconds before theirs, on each device, whatever the filter. Needs the events in order. Of devices that
/// write nothing it keeps nothing; reads without writes just before them are those that are in no bin.
/// </summary>
internal sealed class WriteHistory
{
    /// <summary>Milliseconds that count.</summary>
    public const int WindowMs = 100;

    /// <summary>Milliseconds with writes that are remembered of a device, at least half of them.</summary>
    public const int MostKept = 1 << 17;

    /// <summary>Upper ends of the bins, in bytes; the last bin has none.</summary>
    public static readonly long[] UpToBytes = [1L << 20, 4L << 20, 16L << 20, 64L << 20, 256L << 20, 1L << 30];

    // As of latencies: 0.4 %.
    private const int PrecisionBits = 7;

    private const long MillisecondNs = 1_000_000;

    private readonly Dictionary<DeviceId, Device> _devices = [];
    private DeviceId _lastDevice;
    private Device? _last;

    /// <summary>Takes the next events and the requests that ended with them.</summary>
    public void Add(ReadOnlySpan<BlockEvent> events, ReadOnlySpan<IoRequest> ended)
    {
        foreach (ref readonly BlockEvent e in events)
        {
            if (e.Class == OperationClass.Write && e.Action == BlockAction.Issue && e.LengthBytes > 0)
                Find(e.Device).Write(e.TimeNs / MillisecondNs, e.LengthBytes);
        }

        if (_devices.Count == 0)
            return;
        foreach (ref readonly IoRequest request in ended)
        {
            if (request.Class == OperationClass.Read && request.TryGetD2C(out long d2cNs) && (_last is not null && _lastDevice == request.Device ? _last : _devices.GetValueOrDefault(request.Device)) is { } device)
                device.Read(request.IssueTimeNs / MillisecondNs, d2cNs);
        }
    }

    /// <summary>Latencies of the reads in each bin, and how many are in none because they are too old; null if the device wrote nothing.</summary>
    public (LogHistogram[] Bins, long Unknown)? Of(DeviceId device) => _devices.TryGetValue(device, out Device? history) ? (history.Bins, history.Unknown) : null;

    private Device Find(DeviceId device)
    {
        if (_last is not null && _lastDevice == device)
            return _last;
        if (!_devices.TryGetValue(device, out Device? history))
            _devices.Add(device, history = new Device());
        (_lastDevice, _last) = (device, history);
        return history;
    }

    private sealed class Device
    {
        private readonly List<(long Ms, long WrittenBytes)> _written = [];
        private long _dropped = long.MinValue;
        private long _droppedBytes;

        public LogHistogram[] Bins { get; } = [.. Enumerable.Range(0, UpToBytes.Length + 1).Select(_ => new LogHistogram(PrecisionBits))];

        public long Unknown { get; private set; }

        public void Write(long ms, uint bytes)
        {
            if (_written.Count > 0 && _written[^1] is var last && last.Ms >= ms)
            {
                // A clock that ran back counts with the latest.
                _written[^1] = (last.Ms, last.WrittenBytes + bytes);
                return;
            }

            if (_written.Count == MostKept)
            {
                (_dropped, _droppedBytes) = _written[(MostKept / 2) - 1];
                _written.RemoveRange(0, MostKept / 2);
            }

            _written.Add((ms, (_written.Count > 0 ? _written[^1].WrittenBytes : 0) + bytes));
        }

        public void Read(long ms, long d2cNs)
        {
            if (ms - WindowMs <= _dropped)
            {
                Unknown++;
                return;
            }

            if (_written[^1].Ms < ms - WindowMs)
                return;
            long bytes = WrittenBefore(ms) - WrittenBefore(ms - WindowMs);
            if (bytes == 0)
                return;
            int bin = 0;
            while (bin < UpToBytes.Length && bytes > UpToBytes[bin])
                bin++;
            Bins[bin].Add(d2cNs);
        }

        // All that was written before a millisecond.
        private long WrittenBefore(long ms)
        {
            int low = 0;
            int high = _written.Count;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (_written[middle].Ms < ms)
                    low = middle + 1;
                else
                    high = middle;
            }

            return low == 0 ? _droppedBytes : _written[low - 1].WrittenBytes;
        }
    }
}
