namespace TraceAnalyzer.Requests;

/// <summary>Bios between queueing (Q) and issue (D), merge (M) or, on devices that never issue, completion (C).</summary>
internal sealed class QueuedBios
{
    // A bio has less than 4 GiB: its length in bytes is an unsigned int (include/linux/blk_types.h, struct bvec_iter).
    private const uint MaxBioSectors = uint.MaxValue / BlockEvent.SectorBytes;

    /// <summary>The bios by device, class and first sector: one of each.</summary>
    public RequestTable Table { get; } = new();

    /// <summary>A bio was queued. One that stands at its place was merged into another's request without an event: the newer one counts.</summary>
    public void Queue(in BlockEvent e, DeviceFlight flight)
    {
        if (Find(e) is >= 0 and var stale)
            Remove(stale, e.TimeNs, flight);
        ref IoRequest bio = ref Table.At(Table.Add(e, out _));
        bio.QueueTimeNs = e.TimeNs;
        bio.QueueDepth = flight.Queued.Enter(e.TimeNs);
    }

    /// <summary>The place in <see cref="Table"/> of the bio that is queued where an event's request begins, or -1.</summary>
    // By the sector as it is: text prints a split without a length.
    public int Find(in BlockEvent e) => Table.Find(e.Device, e.Class, e.Sector);

    /// <summary>Takes the bio out that is queued where an event's request begins.</summary>
    /// <returns>When it was queued; <see cref="IoRequest.NoTime"/> if there is none.</returns>
    public long Take(in BlockEvent e, DeviceFlight flight)
    {
        int place = Find(e);
        if (place < 0)
            return IoRequest.NoTime;
        long queueTimeNs = Table.At(place).QueueTimeNs;
        Remove(place, e.TimeNs, flight);
        return queueTimeNs;
    }

    /// <summary>A bio was split: its second part has waited as long as the first.</summary>
    public void Split(in BlockEvent e, DeviceFlight flight)
    {
        // The kernel records only 32 bits of the sector where the second part begins: trace_block_split takes it as an unsigned int.
        uint firstSectors = unchecked((uint)e.RelatedSector - (uint)e.Sector);
        int place = Find(e);
        if (place < 0 || firstSectors is 0 or > MaxBioSectors)
            return;
        IoRequest second = Table.At(place);
        second.Sector = e.Sector + firstSectors;
        if (Table.Find(second.Device, second.Class, second.Sector) >= 0)
            return;
        Table.Add(second, out _);
        flight.Queued.Enter(e.TimeNs);
    }

    private void Remove(int place, long timeNs, DeviceFlight flight)
    {
        Table.RemoveAt(place);
        flight.Queued.Leave(timeNs);
    }
}
