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
    /// <param name="sets">The sets.</param>
    /// <param name="open">Opens one.</param>
    /// <exception cref="TraceException">One cannot be opened.</exception>
    public static List<List<T>> Of<T>(IReadOnlyList<T> sets, Func<T, TracePart> open)
    {
        if (sets.Count < 2)
            return [.. sets.Select(set => new List<T> { set })];
        var groups = new List<List<(T Set, FirstEvents First)>>();
        foreach (T set in sets)
        {
            FirstEvents first = Look(set, open);
            List<(T Set, FirstEvents First)>? group = groups.Find(group => group.TrueForAll(other => AreOneTrace((set, first), other, open)));
            if (group is null)
                groups.Add(group = []);
            group.Add((set, first));
        }

        return groups.ConvertAll(group => group.ConvertAll(member => member.Set));
    }

    private static FirstEvents Look<T>(T set, Func<T, TracePart> open)
    {
        TracePart part = open(set);
        try
        {
            return FirstEvents.Of(part.Inputs);
        }
        finally
        {
            part.Dispose();
        }
    }

    private static bool AreOneTrace<T>((T Set, FirstEvents First) one, (T Set, FirstEvents First) other, Func<T, TracePart> open)
    {
        if (one.First.Devices.Overlaps(other.First.Devices))
            return false;
        // A device that did nothing: its files are empty, or hold but notes.
        if (one.First.StartNs is not { } oneNs || other.First.StartNs is not { } otherNs)
            return true;
        if (one.First.WallClock is { } oneStart && other.First.WallClock is { } otherStart)
            return Math.Abs(oneStart.UnixNs - otherStart.UnixNs) <= StartsWithinNs;
        return oneNs <= otherNs ? Lasts(open(one.Set), otherNs) : Lasts(open(other.Set), oneNs);
    }

    // Mostly the first chunk says so.
    private static bool Lasts(TracePart part, long untilNs)
    {
        using BlktraceReader reader = BlktraceReader.Open(new TraceParts(part.Name, part.Inputs, 0), new ReadOptions());
        var chunk = new TraceChunk();
        var batch = new EventBatch();
        while (reader.ReadChunk(chunk))
        {
            reader.Decode(chunk, batch);
            foreach (ref readonly BlockEvent e in batch.Events)
            {
                if (e.TimeNs >= untilNs)
                    return true;
            }
        }

        return false;
    }
}
