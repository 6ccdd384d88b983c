using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Blktrace;

/// <summary>
/// What the first 64 KiB of each file of a binary trace tell of it: which devices it holds, when it began, and whether another trace holds the same
/// events, be it a copy, a packed one, or the merged dump of a set.
/// </summary>
internal sealed class FirstEvents
{
    // Two recordings of one program may share an event by chance, never so many at the same distances in time.
    private const int MostCompared = 256;
    private const int LeastAtAnotherTime = 8;

    private readonly BlockEvent[] _earliest;
    private readonly ILookup<Fingerprint, long> _times;

    private FirstEvents(List<BlockEvent> events, WallClockAnchor? wallClock)
    {
        WallClock = wallClock;
        Devices = events.Select(e => e.Device).ToHashSet();
        _earliest = [.. events.OrderBy(e => e.TimeNs).ThenBy(e => e.Sequence).Take(MostCompared)];
        _times = events.ToLookup(Fingerprint.Of, e => e.TimeNs);
    }

    /// <summary>The devices.</summary>
    public IReadOnlySet<DeviceId> Devices { get; }

    /// <summary>When tracing began, on both clocks, if the trace tells.</summary>
    public WallClockAnchor? WallClock { get; }

    /// <summary>Time of the first event, in nanoseconds; null if there is none.</summary>
    public long? StartNs => _earliest.Length == 0 ? null : _earliest[0].TimeNs;

    /// <summary>Looks at what the files begin with; reads nothing of them. Of files that are not binary traces there are no events.</summary>
    public static FirstEvents Of(IEnumerable<TraceInput> inputs)
    {
        (List<BlockEvent> events, WallClockAnchor? wallClock) = FirstBytes.EventsOf(inputs, BlktraceReader.Format, new ReadOptions());
        return new FirstEvents(events, wallClock);
    }

    /// <summary>True if the two hold the same events at the same distances in time; <c>blkparse -d</c> moves all by the same time.</summary>
    public bool AreThoseOf(FirstEvents other) => AreIn(other) || other.AreIn(this);

    private bool AreIn(FirstEvents other)
    {
        var found = new Dictionary<long, int>();
        foreach (BlockEvent e in _earliest)
        {
            foreach (long timeNs in other._times[Fingerprint.Of(e)].Distinct())
                found[timeNs - e.TimeNs] = found.GetValueOrDefault(timeNs - e.TimeNs) + 1;
        }

        return found.Any(shift => shift.Value > _earliest.Length / 2 && (shift.Key == 0 || shift.Value >= LeastAtAnotherTime));
    }

    // What of an event no tool changes.
    private readonly record struct Fingerprint(DeviceId Device, ushort Cpu, uint Sequence, BlockAction Action, Rwbs Rwbs, ulong Sector, uint Bytes, int Pid)
    {
        public static Fingerprint Of(BlockEvent e) => new(e.Device, e.Cpu, e.Sequence, e.Action, e.Rwbs, e.Sector, e.LengthBytes, e.Pid);
    }
}
