namespace TraceAnalyzer.Runs.Devices;

/// <summary>
/// A part of a device that goes round over columns in chunks: RAID-0. One column is a linear part; the members of a column hold the same data: RAID-1, or RAID-10 with
/// several columns.
/// </summary>
/// <param name="FirstSector">Its first sector, in sectors of 512 bytes.</param>
/// <param name="Sectors">Its length; at least 1.</param>
/// <param name="ChunkSectors">Sectors of a chunk; at least 1.</param>
/// <param name="Columns">The columns, in order, each with its copies; none is empty.</param>
public sealed record StripedSegment(long FirstSector, long Sectors, long ChunkSectors, IReadOnlyList<IReadOnlyList<SegmentMember>> Columns)
{
    /// <summary>Most columns, and most copies of one.</summary>
    public const int MostMembers = 1024;

    /// <summary>Least sectors of a chunk of several columns, 4 KiB: the kernel makes no smaller ones.</summary>
    public const int LeastChunkSectors = 8;

    /// <summary>A part that lies in one piece.</summary>
    public static StripedSegment Linear(long firstSector, long sectors, SegmentMember member) => new(firstSector, sectors, Math.Max(1, sectors), [[member]]);

    /// <summary>Adds where those sectors of a range lie that are in this part: a piece per chunk and copy, in order.</summary>
    /// <param name="firstSector">First sector of the device.</param>
    /// <param name="sectors">Their number.</param>
    /// <param name="pieces">Where they are added.</param>
    public void Map(long firstSector, long sectors, List<MappedPiece> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        long at = Math.Max(firstSector, FirstSector) - FirstSector;
        long end = Math.Min(firstSector + sectors, FirstSector + Sectors) - FirstSector;
        while (at < end)
        {
            long chunk = at / ChunkSectors;
            long until = Math.Min(end, (chunk + 1) * ChunkSectors);
            IReadOnlyList<SegmentMember> copies = Columns[(int)(chunk % Columns.Count)];
            for (int copy = 0; copy < copies.Count; copy++)
                pieces.Add(new MappedPiece(FirstSector + at, copies[copy].Device, copies[copy].FirstSector + OffsetOf(at), until - at, copy > 0));
            at = until;
        }
    }

    /// <summary>Where a whole range lies on one copy after the other of a column, without cutting it into chunks: what of it is of the column is one run of sectors there.</summary>
    /// <param name="column">The column.</param>
    /// <param name="at">First sector of the range, counted from the first of this part.</param>
    /// <param name="end">Its end.</param>
    internal (long First, long Sectors) RunIn(int column, long at, long end)
    {
        long first = Before(column, at);
        return (first, Before(column, end) - first);
    }

    /// <summary>Where in this part a sector of a column lies.</summary>
    /// <param name="column">The column.</param>
    /// <param name="offset">The sector, counted from the first of the member.</param>
    internal long SectorAt(int column, long offset) => (offset / ChunkSectors * StripeSectors) + (column * ChunkSectors) + (offset % ChunkSectors);

    /// <summary>Sectors after which the first column is next.</summary>
    internal long StripeSectors => ChunkSectors * Columns.Count;

    // Sectors of a column that lie before one of this part.
    private long Before(int column, long sector) => (sector / StripeSectors * ChunkSectors) + Math.Clamp((sector % StripeSectors) - (column * ChunkSectors), 0, ChunkSectors);

    /// <summary>Where on its member a sector lies, counted from the member's first.</summary>
    /// <param name="sector">A sector, counted from the first of this part.</param>
    public long OffsetOf(long sector) => (sector / ChunkSectors / Columns.Count * ChunkSectors) + (sector % ChunkSectors);

    /// <summary>The column of a sector.</summary>
    /// <param name="sector">A sector, counted from the first of this part.</param>
    public int ColumnOf(long sector) => (int)(sector / ChunkSectors % Columns.Count);
}

/// <summary>A member of a segment.</summary>
/// <param name="Device">Its name (<c>nvme0n1</c>), number (<c>259:0</c>), or of btrfs <c>devid 1</c>.</param>
/// <param name="FirstSector">The sector of it at which the segment begins.</param>
public readonly record struct SegmentMember(string Device, long FirstSector);

/// <summary>Where some sectors of a device lie.</summary>
/// <param name="UpperSector">The first of them on the device that is made of others.</param>
/// <param name="Device">The member.</param>
/// <param name="Sector">The first on the member.</param>
/// <param name="Sectors">Their number.</param>
/// <param name="IsCopy">True if another member before this holds the same data.</param>
public readonly record struct MappedPiece(long UpperSector, string Device, long Sector, long Sectors, bool IsCopy);
