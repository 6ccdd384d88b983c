using TraceAnalyzer.Runs.Devices;

namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>Finds how a device is made of others: where a table says it, whether the trace's remaps (A) agree and where members begin; else from the remaps alone.</summary>
internal static class RemapInference
{
    // Chunks of arrays are powers of two: 4 KiB to 16 MiB.
    private const int LeastChunkShift = 3;
    private const int MostChunkShift = 15;

    /// <summary>The table with what the remaps tell besides; null with the reason if it does not fit them or lacks something.</summary>
    /// <param name="table">The table.</param>
    /// <param name="samples">Remaps of the device.</param>
    /// <param name="numberOf">The number of a member; null if nothing tells it.</param>
    /// <param name="why">Why it is of no use.</param>
    public static DeviceTable? Complete(DeviceTable table, IReadOnlyList<RemapSample> samples, Func<string, DeviceId?> numberOf, out string? why)
    {
        why = table.Fault;
        if (why is not null)
            return null;
        if (table.LacksStarts)
        {
            if (samples.Count == 0)
            {
                why = $"{table.Device}: where on its members the data begins is not known; remaps (A) of the trace tell it";
                return null;
            }

            table = Started(table, samples, numberOf);
        }

        long wrong = table.Segments.Count == 0 ? samples.Count : samples.Count(sample => !Agrees(table, sample, numberOf));
        if (wrong == 0)
            return table;
        why = FormattableString.Invariant($"{(table.Device.Length == 0 ? "the device" : table.Device)}: {wrong} of {samples.Count} remaps of the trace disagree with the table of the folder");
        return null;
    }

    /// <summary>True if remaps of a device fit a table that does not name it. Ends at the first that does not: a list may hold thousands of tables.</summary>
    public static bool Fits(DeviceTable table, IReadOnlyList<RemapSample> samples, Func<string, DeviceId?> numberOf)
    {
        if (table.Fault is not null || samples.Count == 0)
            return false;
        DeviceTable started = table.LacksStarts ? Started(table, samples, numberOf) : table;
        return started.Segments.Count > 0 && samples.All(sample => Agrees(started, sample, numberOf));
    }

    private static DeviceTable Started(DeviceTable table, IReadOnlyList<RemapSample> samples, Func<string, DeviceId?> numberOf)
    {
        // One of each member tells where it begins; those that differ are counted after.
        var firstOf = new Dictionary<DeviceId, RemapSample>();
        foreach (RemapSample sample in samples)
            firstOf.TryAdd(sample.Target, sample);
        return table with { LacksStarts = false, Segments = [.. table.Segments.Select(segment => WithStarts(segment, firstOf, numberOf)).OfType<StripedSegment>()] };
    }

    /// <summary>A table from remaps alone: one part in one place, or chunks that go round over several members; null if they show neither.</summary>
    public static DeviceTable? FromRemaps(DeviceId device, IReadOnlyList<RemapSample> samples)
    {
        if (samples.Count == 0)
            return null;
        DeviceId[] members = [.. samples.Select(sample => sample.Target).Distinct().Order()];
        long end = samples.Max(sample => sample.Sector + sample.Sectors);
        if (members is [var only])
        {
            long start = samples[0].TargetSector - samples[0].Sector;

            // A device can be larger than what of it is used.
            return start >= 0 && samples.All(sample => sample.TargetSector - sample.Sector == start)
                ? new DeviceTable(device.ToString(), [StripedSegment.Linear(0, 1L << 52, new SegmentMember(only.ToString(), start))])
                : null;
        }

        StripedSegment[] fitting = [.. Enumerable.Range(LeastChunkShift, MostChunkShift - LeastChunkShift + 1).Select(shift => Striped(samples, members, 1L << shift, end)).OfType<StripedSegment>()];
        return fitting is [var one] ? new DeviceTable(device.ToString(), [one]) : null;
    }

    private static StripedSegment? WithStarts(StripedSegment segment, Dictionary<DeviceId, RemapSample> firstOf, Func<string, DeviceId?> numberOf)
    {
        IReadOnlyList<SegmentMember>[] columns = [.. segment.Columns.Select(column => (IReadOnlyList<SegmentMember>)[.. column.Select(member => member with { FirstSector = StartOf(member) })])];
        long[] known = [.. columns.SelectMany(column => column).Select(member => member.FirstSector).Where(start => start >= 0).Distinct()];

        // Members that no request went to begin where the others do, if these agree.
        return columns.SelectMany(column => column).All(member => member.FirstSector >= 0) ? segment with { Columns = columns }
            : known is [var alike] ? segment with { Columns = [.. columns.Select(column => (IReadOnlyList<SegmentMember>)[.. column.Select(member => member with { FirstSector = alike })])] }
            : null;

        long StartOf(SegmentMember member) => numberOf(member.Device) is { } number && firstOf.TryGetValue(number, out RemapSample sample)
            ? sample.TargetSector - segment.OffsetOf(sample.Sector - segment.FirstSector) : -1;
    }

    // A remapped bio lies within one chunk.
    private static bool Agrees(DeviceTable table, RemapSample sample, Func<string, DeviceId?> numberOf)
    {
        if (table.SegmentAt(sample.Sector) is not { } segment)
            return false;
        long at = sample.Sector - segment.FirstSector;
        return at + sample.Sectors <= segment.Sectors && (at % segment.ChunkSectors) + sample.Sectors <= segment.ChunkSectors
            && segment.Columns[segment.ColumnOf(at)].Any(member => member.FirstSector + segment.OffsetOf(at) == sample.TargetSector && numberOf(member.Device) == sample.Target);
    }

    private static StripedSegment? Striped(IReadOnlyList<RemapSample> samples, DeviceId[] members, long chunkSectors, long end)
    {
        int[] columnOf = [.. members.Select(_ => -1)];
        long[] startOf = [.. members.Select(_ => -1L)];
        var shape = new StripedSegment(0, end, chunkSectors, [.. members.Select(_ => (IReadOnlyList<SegmentMember>)[default(SegmentMember)])]);
        foreach (RemapSample sample in samples)
        {
            int member = Array.BinarySearch(members, sample.Target);
            int column = shape.ColumnOf(sample.Sector);
            long start = sample.TargetSector - shape.OffsetOf(sample.Sector);
            if ((sample.Sector % chunkSectors) + sample.Sectors > chunkSectors || start < 0)
                return null;
            if (columnOf[member] < 0)
                (columnOf[member], startOf[member]) = (column, start);
            else if (columnOf[member] != column || startOf[member] != start)
                return null;
        }

        if (columnOf.Distinct().Count() != members.Length)
            return null;
        long stripe = chunkSectors * members.Length;
        return shape with
        {
            Sectors = (end + stripe - 1) / stripe * stripe,
            Columns = [.. Enumerable.Range(0, members.Length).Select(column => Array.IndexOf(columnOf, column)).Select(member => (IReadOnlyList<SegmentMember>)[new SegmentMember(members[member].ToString(), startOf[member])])],
        };
    }
}
