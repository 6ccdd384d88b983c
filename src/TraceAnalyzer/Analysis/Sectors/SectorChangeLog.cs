using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Analysis.Sectors;

/// <summary>
/// Changes of the access count that are scattered over a device, 8 bytes each: the sector and the change in one number, in a few sorted lists
/// and one that is not sorted yet. Lists are merged with those of their length, so each change is moved a few times however many there are.
/// </summary>
/// <param name="owner">Looks through lists when they are put together.</param>
internal sealed class SectorChangeLog(ISectorChangeOwner owner)
{
    // Sectors stay below 2^55: see BlockEvent.MaxSector. What does not fit into the bits of a change takes several entries.
    private const int ChangeBits = 9;
    private const int ChangeBias = 1 << (ChangeBits - 1);
    private const int MostChange = ChangeBias - 1;

    private const int FirstPending = 16;
    private const int LeastCounted = 1 << 12;
    private const int LeastSorted = 1 << 15;
    private const int MostPending = 1 << 20;

    private readonly List<SortedChanges> _sorted = [];
    private ulong[] _pending = [];
    private int _pendingCount;

    /// <summary>Changes kept.</summary>
    public long Count => _pendingCount + _sorted.Sum(list => (long)list.Count);

    /// <summary>Bytes taken.</summary>
    public long Bytes => sizeof(ulong) * (_pending.Length + _sorted.Sum(list => (long)list.Packed.Length));

    /// <summary>Adds a change of 1 or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong sector, int by)
    {
        if (_pendingCount == _pending.Length)
            MakeRoom();
        _pending[_pendingCount++] = Pack(sector, by);
    }

    /// <summary>Adds all changes of another log, which stays as it is.</summary>
    public void Add(SectorChangeLog other)
    {
        // Sorted lists are never changed, so both may hold them.
        foreach (SortedChanges list in (SortedChanges[])[.. other._sorted, Sorted(other._pending.AsSpan(0, other._pendingCount).ToArray())])
            AddSorted(list);
    }

    /// <summary>Adds the units of 2^<paramref name="unitShift"/> sectors that have changes to a set.</summary>
    public void AddUnitsTo(HashSet<ulong> units, int unitShift)
    {
        foreach (SortedChanges list in (SortedChanges[])[.. _sorted, new SortedChanges(_pending, _pendingCount)])
        {
            ulong last = ulong.MaxValue;
            foreach (ulong packed in list.Packed.AsSpan(0, list.Count))
            {
                ulong unit = SectorOf(packed) >> unitShift;
                if (unit != last)
                    units.Add(last = unit);
            }
        }
    }

    /// <summary>Puts all changes into one sorted list.</summary>
    public SortedChanges Seal()
    {
        SortPending();
        AddSorted(new SortedChanges(_pending, _pendingCount));
        (_pending, _pendingCount) = ([], 0);
        while (_sorted.Count > 1)
            MergeLastTwo();
        return _sorted.Count == 0 ? new SortedChanges([], 0) : _sorted[0];
    }

    /// <summary>Keeps what the owner keeps.</summary>
    public void Sift()
    {
        SortPending();
        for (int i = 0; i < _sorted.Count; i++)
        {
            ulong[] packed = _sorted[i].Packed[.._sorted[i].Count];
            _sorted[i] = Shrunk(new SortedChanges(packed, owner.Keep(packed)));
            owner.HasDropped(2L * sizeof(ulong) * packed.Length);
        }
    }

    /// <summary>A change as a number that sorts by sector.</summary>
    public static ulong Pack(ulong sector, int by) => (sector << ChangeBits) | (uint)(by + ChangeBias);

    /// <summary>The sector of a packed change.</summary>
    public static ulong SectorOf(ulong packed) => packed >> ChangeBits;

    /// <summary>The change of a packed change.</summary>
    public static int ChangeOf(ulong packed) => (int)(packed & ((1 << ChangeBits) - 1)) - ChangeBias;

    private void MakeRoom()
    {
        if (_pending.Length >= LeastCounted)
            owner.HasGrown();
        if (_pending.Length == 0)
            _pending = new ulong[FirstPending];
        if (_pendingCount < _pending.Length)
            return;
        SortPending();
        if (_pendingCount <= _pending.Length / 2)
            return;
        long most = Math.Clamp(_sorted.Sum(list => (long)list.Count) / 16, LeastSorted, MostPending);
        if (_pending.Length < most)
        {
            Array.Resize(ref _pending, _pending.Length * 2);
            return;
        }

        AddSorted(new SortedChanges(_pending.AsSpan(0, _pendingCount).ToArray(), _pendingCount));
        _pendingCount = 0;
    }

    private void SortPending()
    {
        SortedChanges sorted = Sorted(_pending, _pendingCount);
        _pendingCount = owner.Keep(_pending.AsSpan(0, sorted.Count));
    }

    private void AddSorted(SortedChanges list)
    {
        if (list.Count == 0)
            return;
        _sorted.Add(list);
        while (_sorted.Count > 1 && _sorted[^2].Count < 2L * _sorted[^1].Count)
            MergeLastTwo();
    }

    private void MergeLastTwo()
    {
        SortedChanges merged = Merge(_sorted[^2], _sorted[^1]);
        _sorted.RemoveRange(_sorted.Count - 2, 2);
        owner.HasDropped(sizeof(ulong) * (long)merged.Packed.Length);
        merged = Shrunk(merged with { Count = owner.Keep(merged.Packed.AsSpan(0, merged.Count)) });
        if (merged.Count > 0)
            _sorted.Add(merged);
    }

    private static SortedChanges Sorted(ulong[] packed) => Sorted(packed, packed.Length);

    private static SortedChanges Sorted(ulong[] packed, int count)
    {
        packed.AsSpan(0, count).Sort();
        return new SortedChanges(packed, Joined(packed.AsSpan(0, count)));
    }

    private static SortedChanges Merge(SortedChanges left, SortedChanges right)
    {
        ulong[] merged = new ulong[left.Count + right.Count];
        int l = 0;
        int r = 0;
        int count = 0;
        while (l < left.Count && r < right.Count)
            merged[count++] = left.Packed[l] <= right.Packed[r] ? left.Packed[l++] : right.Packed[r++];
        left.Packed.AsSpan(l, left.Count - l).CopyTo(merged.AsSpan(count));
        count += left.Count - l;
        right.Packed.AsSpan(r, right.Count - r).CopyTo(merged.AsSpan(count));
        return new SortedChanges(merged, Joined(merged));
    }

    // Makes one change of those at the same sector, none if they cancel out, in place. They never take more entries than before.
    private static int Joined(Span<ulong> packed)
    {
        int count = 0;
        for (int i = 0; i < packed.Length;)
        {
            ulong sector = SectorOf(packed[i]);
            long sum = ChangeOf(packed[i]);
            if (i + 1 == packed.Length || SectorOf(packed[i + 1]) != sector)
            {
                packed[count++] = packed[i++];
                continue;
            }

            while (++i < packed.Length && SectorOf(packed[i]) == sector)
                sum += ChangeOf(packed[i]);
            while (sum != 0)
            {
                int part = (int)Math.Clamp(sum, -MostChange, MostChange);
                packed[count++] = Pack(sector, part);
                sum -= part;
            }
        }

        return count;
    }

    private static SortedChanges Shrunk(SortedChanges list) =>
        list.Count >= list.Packed.Length - (list.Packed.Length / 8) ? list : new SortedChanges(list.Packed[..list.Count], list.Count);
}

/// <summary>Packed changes in the order of their sectors.</summary>
/// <param name="Packed">The changes, and room behind them.</param>
/// <param name="Count">How many.</param>
internal readonly record struct SortedChanges(ulong[] Packed, int Count);

/// <summary>Whom a <see cref="SectorChangeLog"/> belongs to.</summary>
internal interface ISectorChangeOwner
{
    /// <summary>Takes what it likes out of sorted changes, and moves the rest to the front.</summary>
    /// <returns>How many are left.</returns>
    int Keep(Span<ulong> sorted);

    /// <summary>The log is about to take more memory.</summary>
    void HasGrown();

    /// <summary>The log does not need so many bytes any more.</summary>
    void HasDropped(long bytes);
}
