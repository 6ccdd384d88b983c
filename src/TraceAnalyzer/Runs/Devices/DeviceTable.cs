namespace TraceAnalyzer.Runs.Devices;

/// <summary>How a device is made of others: a table of device-mapper, an array of md, or the chunks of btrfs, whose logical addresses are not a device's.</summary>
/// <param name="Device">Its name, such as <c>md0</c>; empty for the only one of a list without names, and for btrfs.</param>
/// <param name="Segments">Its parts, by their first sector, without overlaps; empty if it cannot be mapped.</param>
public sealed record DeviceTable(string Device, IReadOnlyList<StripedSegment> Segments)
{
    /// <summary>Why it cannot be mapped, in words; null if it can.</summary>
    public string? Fault { get; init; }

    /// <summary>True if members begin at a sector that the table does not tell: each is counted from the start of its data.</summary>
    public bool LacksStarts { get; init; }

    /// <summary>True for the chunks of btrfs.</summary>
    public bool IsFileSystem { get; init; }

    /// <summary>Adds where a range of sectors lies on the members, in order; what no segment holds is left out.</summary>
    /// <param name="firstSector">First sector.</param>
    /// <param name="sectors">Their number.</param>
    /// <param name="pieces">Where they are added.</param>
    public void Map(long firstSector, long sectors, List<MappedPiece> pieces)
    {
        int index = FirstReaching(firstSector);
        for (; index < Segments.Count && Segments[index].FirstSector < firstSector + sectors; index++)
            Segments[index].Map(firstSector, sectors, pieces);
    }

    /// <summary>The part that holds a sector; null if none does.</summary>
    /// <param name="sector">The sector.</param>
    internal StripedSegment? SegmentAt(long sector)
    {
        int index = FirstReaching(sector);
        return index < Segments.Count && Segments[index].FirstSector <= sector ? Segments[index] : null;
    }

    /// <summary>The parts that a range of sectors touches, in order.</summary>
    /// <param name="firstSector">First sector.</param>
    /// <param name="sectors">Their number.</param>
    internal IEnumerable<StripedSegment> SegmentsIn(long firstSector, long sectors)
    {
        for (int index = FirstReaching(firstSector); index < Segments.Count && Segments[index].FirstSector < firstSector + sectors; index++)
            yield return Segments[index];
    }

    // Binary search for the first segment that ends after a sector.
    private int FirstReaching(long sector)
    {
        int low = 0;
        for (int high = Segments.Count; low < high;)
        {
            int middle = (low + high) / 2;
            if (Segments[middle].FirstSector + Segments[middle].Sectors > sector)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}

/// <summary>What a file says about devices that are made of others.</summary>
/// <param name="Tables">The devices.</param>
/// <param name="SkippedLines">Lines that are nothing known.</param>
/// <param name="Remarks">What was passed over, in sentences.</param>
public sealed record DeviceTables(IReadOnlyList<DeviceTable> Tables, int SkippedLines, IReadOnlyList<string> Remarks);
