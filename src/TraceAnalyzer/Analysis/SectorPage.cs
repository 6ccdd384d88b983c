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

    /// <summary>The changes that are not zero, by offset.</summary>
    public IEnumerable<(int Offset, int Change)> Changes()
    {
        if (_offsets is not null)
        {
            return Enumerable.Range(0, _listed).Select(i => ((int)_offsets[i], _changes[i])).Where(change => change.Item2 != 0).OrderBy(change => change.Item1);
        }

        return _changes.Select((change, cell) => (cell << _cellShift, change)).Where(change => change.change != 0);
    }

    private void ChangeOdd(int offset, int by)
    {
        if (_offsets is null)
        {
            (int Offset, int Change)[] changes = [.. Changes()];
            if (changes.Length >= MaxListed || _cellShift < CoarsestCellShift)
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
            (int Offset, int Change)[] changes = [.. Changes(), (offset, by)];
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
    private void ToList((int Offset, int Change)[] changes)
    {
        const int FirstCapacity = 4;

        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(FirstCapacity, changes.Length + 1));
        _offsets = new ushort[capacity];
        _changes = new int[capacity];
        _listed = 0;
        foreach ((int offset, int change) in changes)
            Append(offset, change);
    }

    private void ToCells((int Offset, int Change)[] changes, int cellShift)
    {
        _offsets = null;
        _cellShift = cellShift;
        _changes = new int[1 << (Shift - cellShift)];
        foreach ((int offset, int change) in changes)
            _changes[offset >> cellShift] += change;
    }
}
