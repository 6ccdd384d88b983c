using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Analysis.Sectors;

/// <summary>
/// The changes of the access count within 2 MiB of device space, in cells as coarse as the requests' alignment allows. Only where the count changes
/// at many places; few changes are kept in a <see cref="SectorChangeLog"/>.
/// </summary>
internal sealed class SectorPage(int cellShift)
{
    /// <summary>Logarithm of the sectors of a page.</summary>
    public const int Shift = 12;

    /// <summary>Bits of a sector number that say where in its page it is.</summary>
    public const ulong Mask = (1ul << Shift) - 1;

    /// <summary>Cells have 2 to this power sectors at most: 128 KiB, which requests of offloading mostly align to.</summary>
    public const int CoarsestCellShift = 8;

    private const int LeastChanges = 8;

    // Sums wrap around: counts are exact below 2^32.
    private readonly int[] _changes = new int[1 << (Shift - cellShift)];

    /// <summary>Cells have 2 to this power sectors.</summary>
    public int CellShift => cellShift;

    /// <summary>Bytes that a page takes, with its place in a table.</summary>
    public long Bytes => 120 + (sizeof(int) * (long)_changes.Length);

    /// <summary>True if cells take no more memory than a list of <paramref name="changes"/> changes, give or take: at most 22 bytes a change.</summary>
    public static bool Pays(int changes, int cellShift) => changes >= Math.Max(LeastChanges, (1 << (Shift - cellShift)) / 4);

    /// <summary>Adds to the change at a sector of the page; false if the cells are too coarse for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryChange(int offset, int by)
    {
        if ((offset & ((1 << cellShift) - 1)) != 0)
            return false;
        _changes[offset >> cellShift] += by;
        return true;
    }

    /// <summary>The same changes in finer cells.</summary>
    public SectorPage Refined(int finerShift)
    {
        var finer = new SectorPage(finerShift);
        finer.Add(this);
        return finer;
    }

    /// <summary>Adds the changes of a page whose cells are not finer.</summary>
    public void Add(SectorPage coarser)
    {
        int shift = coarser.CellShift - cellShift;
        for (int cell = 0; cell < coarser._changes.Length; cell++)
            _changes[cell << shift] += coarser._changes[cell];
    }

    /// <summary>Adds the changes that are not zero to a list, by offset.</summary>
    public void CopyChanges(List<SectorChange> changes)
    {
        for (int cell = 0; cell < _changes.Length; cell++)
        {
            if (_changes[cell] != 0)
                changes.Add(new SectorChange(cell << cellShift, _changes[cell]));
        }
    }

    /// <summary>How many changes are not zero.</summary>
    public int CountChanges() => _changes.Length - _changes.AsSpan().Count(0);
}

/// <summary>Where the access count changes.</summary>
/// <param name="Offset">Sector within its page.</param>
/// <param name="Change">By how many accesses.</param>
internal readonly record struct SectorChange(int Offset, int Change);
