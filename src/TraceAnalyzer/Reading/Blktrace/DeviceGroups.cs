using TraceAnalyzer.Reading.Inputs;

namespace TraceAnalyzer.Reading.Blktrace;

/// <summary>
/// Finds the per-CPU sets that one blktrace wrote for several devices (<c>blktrace -d /dev/md0 -d /dev/nvme0n1</c> writes md0.blktrace.N and nvme0n1.blktrace.N):
/// they hold different devices and were recorded at the same time. Sets that share a device are different runs, or one run twice.
/// </summary>
internal static class DeviceGroups
{
    // blktrace starts its devices one after the other.
    private const long StartsWithinNs = 10_000_000_000;

    /// <summary>The sets, those of one trace together, in their order.</summary>
    /// <param name="sets">The sets, each of one device.</param>
    /// <exception cref="TraceException">One cannot be opened.</exception>
    public static List<List<FoundTrace>> Of(IReadOnlyList<FoundTrace> sets)
    {
        if (sets.Count < 2)
            return [.. sets.Select(set => new List<FoundTrace> { set })];
        var groups = new List<List<Member>>();
        foreach (FoundTrace set in sets)
        {
            var member = new Member(set);
            List<Member>? group = groups.Find(group => group.TrueForAll(other => AreOneTrace(member, other)));
            if (group is null)
                groups.Add(group = []);
            group.Add(member);
        }

        return groups.ConvertAll(group => group.ConvertAll(member => member.Set));
    }

    private static bool AreOneTrace(Member one, Member other)
    {
        if (one.First.Devices.Overlaps(other.First.Devices))
            return false;
        // A device that did nothing: its files are empty, or hold but notes.
        if (one.First.StartNs is not { } oneNs || other.First.StartNs is not { } otherNs)
            return true;
        if (one.First.WallClock is { } oneStart && other.First.WallClock is { } otherStart)
            return Math.Abs(oneStart.UnixNs - otherStart.UnixNs) <= StartsWithinNs;
        return oneNs <= otherNs ? one.Lasts(otherNs) : other.Lasts(oneNs);
    }

    private sealed class Member
    {
        private long _reachedNs = long.MinValue;
        private bool _ended;

        public Member(FoundTrace set)
        {
            Set = set;
            using TracePart part = set.OpenPart!();
            First = FirstEvents.Of(part.Inputs);
        }

        public FoundTrace Set { get; }

        public FirstEvents First { get; }

        // Mostly the first chunk says so. What was read to its end is not read again.
        public bool Lasts(long untilNs)
        {
            if (_reachedNs >= untilNs || _ended)
                return _reachedNs >= untilNs;
            TracePart part = Set.OpenPart!();
            using BlktraceReader reader = BlktraceReader.Open(new TraceParts(part.Name, part.Inputs, 0), new ReadOptions());
            var chunk = new TraceChunk();
            var batch = new EventBatch();
            while (reader.ReadChunk(chunk))
            {
                reader.Decode(chunk, batch);
                foreach (ref readonly BlockEvent e in batch.Events)
                    _reachedNs = Math.Max(_reachedNs, e.TimeNs);
                if (_reachedNs >= untilNs)
                    return true;
            }

            _ended = true;
            return false;
        }
    }
}
