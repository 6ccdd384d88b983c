using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Requests;

/// <summary>Bios between queueing (Q) and issue (D), merge (M) or, on devices that never issue, completion (C).</summary>
internal sealed class QueuedBios
{
    // A bio has less than 4 GiB: its length in bytes is an unsigned int (include/linux/blk_types.h, struct bvec_iter).
    private const uint MaxBioSectors = uint.MaxValue / BlockEvent.SectorBytes;

    /// <summary>The bios by device, class and first sector: one of each.</summary>
    public RequestTable Table { get; } = new();

    /// <summary>A bio was queued. One that stands at its place was merged into another's request without an event: the newer one counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Queue(in BlockEvent e, DeviceFlight flight)
    {
        int place = Table.Add(e, out int before);
        ref IoRequest bio = ref Table.At(place);

        // To have been added alone tells that there is none, but of a flush, which is not added by its sector.
        if ((before >= 0 || bio.Sector != e.Sector) && Find(e) is >= 0 and var stale)
            Remove(stale, e.TimeNs, flight);
        bio.QueueTimeNs = e.TimeNs;
        bio.QueueDepth = flight.EnterQueue(e.TimeNs);
    }

    /// <summary>The place in <see cref="Table"/> of the bio that is queued where an event's request begins, or -1.</summary>
    // By the sector as it is: text prints a split without a length.
    public int Find(in BlockEvent e) => Table.Find(e.Device, e.Class, e.Sector);

    /// <summary>Takes the bio out that is queued where an event's request begins.</summary>
    /// <returns>When it was queued; <see cref="IoRequest.NoTime"/> if there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
        flight.EnterQueue(e.TimeNs);
    }

    private void Remove(int place, long timeNs, DeviceFlight flight)
    {
        Table.RemoveAt(place);
        flight.LeaveQueue(timeNs);
    }
}
