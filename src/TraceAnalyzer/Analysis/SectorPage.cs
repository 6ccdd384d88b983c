using System.Numerics;
using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// The changes of the access count within 2 MiB of device space. Kept in the form that is smallest for what has been seen: cells of 128 KiB while all
/// requests align to them, which those of offloading mostly do; else a list of the few sectors where the count changes; else, once there are many,
/// cells as fine as their alignment asks for.
/// </summary>
internal sealed class SectorPage
{
    /// <summary>Logarithm of the sectors of a page.</summary>
    public const int Shift = 12;

    /// <summary>Bits of a sector number that say where in its page it is.</summary>
    public const ulong Mask = (1ul << Shift) - 1;

    private const int CoarsestCellShift = 8;

    // A list this long takes half the memory of the finest cells it could be replaced by when aligned to 4 KiB, and is searched in a few vector steps.
    private const int MaxListed = 64;

    // Sums wrap around: counts are exact below 2^32.
    private int[] _changes = new int[1 << (Shift - CoarsestCellShift)];
    private int _cellShift = CoarsestCellShift;

    // Only of a list: the offsets that _changes belong to, in the order they came.
    private ushort[]? _offsets;
    private int _listed;

    /// <summary>Adds to the change at a sector of the page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Change(int offset, int by)
    {
        if (_offsets is null && (offset & ((1 << _cellShift) - 1)) == 0)
            _changes[offset >> _cellShift] += by;
        else
            ChangeOdd(offset, by);
    }

    /// <summary>Adds the changes of another page, which stays as it is.</summary>
    /// <param name="other">The other page, of the same 2 MiB.</param>
    /// <param name="scratch">Overwritten.</param>
    public void Add(SectorPage other, List<SectorChange> scratch)
    {
        if (_offsets is null && other._offsets is null && _cellShift == other._cellShift)
        {
            for (int cell = 0; cell < _changes.Length; cell++)
                _changes[cell] += other._changes[cell];
            return;
        }

        other.CopyChanges(scratch);
        foreach ((int offset, int change) in scratch)
            Change(offset, change);
    }

    /// <summary>Replaces what <paramref name="changes"/> holds by the changes that are not zero, by offset.</summary>
    public void CopyChanges(List<SectorChange> changes)
    {
        changes.Clear();
        if (_offsets is null)
        {
            for (int cell = 0; cell < _changes.Length; cell++)
            {
                if (_changes[cell] != 0)
                    changes.Add(new SectorChange(cell << _cellShift, _changes[cell]));
            }

            return;
        }

        for (int i = 0; i < _listed; i++)
        {
            if (_changes[i] != 0)
                changes.Add(new SectorChange(_offsets[i], _changes[i]));
        }

        changes.Sort(static (left, right) => left.Offset.CompareTo(right.Offset));
    }

    private void ChangeOdd(int offset, int by)
    {
        if (_offsets is null)
        {
            var changes = new List<SectorChange>();
            CopyChanges(changes);
            if (changes.Count >= MaxListed || _cellShift < CoarsestCellShift)
            {
                ToCells(changes, Math.Min(_cellShift, BitOperations.TrailingZeroCount(offset)));
                _changes[offset >> _cellShift] += by;
                return;
            }

            ToList(changes);
        }

        int place = _offsets.AsSpan(0, _listed).IndexOf((ushort)offset);
        if (place >= 0)
        {
            _changes[place] += by;
        }
        else if (_listed < MaxListed)
        {
            Append(offset, by);
        }
        else
        {
            var changes = new List<SectorChange>();
            CopyChanges(changes);
            changes.Add(new SectorChange(offset, by));
            ToCells(changes, changes.Min(change => BitOperations.TrailingZeroCount(change.Offset | (1 << CoarsestCellShift))));
        }
    }

    private void Append(int offset, int by)
    {
        if (_listed == _changes.Length)
        {
            Array.Resize(ref _changes, _listed * 2);
            Array.Resize(ref _offsets, _listed * 2);
        }

        _offsets![_listed] = (ushort)offset;
        _changes[_listed++] = by;
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_offsets))]
    private void ToList(List<SectorChange> changes)
    {
        const int FirstCapacity = 4;

        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(FirstCapacity, changes.Count + 1));
        _offsets = new ushort[capacity];
        _changes = new int[capacity];
        _listed = 0;
        foreach ((int offset, int change) in changes)
            Append(offset, change);
    }

    private void ToCells(List<SectorChange> changes, int cellShift)
    {
        _offsets = null;
        _cellShift = cellShift;
        _changes = new int[1 << (Shift - cellShift)];
        foreach ((int offset, int change) in changes)
            _changes[offset >> cellShift] += change;
    }
}

/// <summary>Where the access count changes.</summary>
/// <param name="Offset">Sector within its page.</param>
/// <param name="Change">By how many accesses.</param>
internal readonly record struct SectorChange(int Offset, int Change);
