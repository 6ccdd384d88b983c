using System.Numerics;
using System.Runtime.CompilerServices;

namespace TraceAnalyzer.Statistics;

/// <summary>
/// Counts by index (0 to <paramref name="limit"/> - 1), of which mostly one stretch is used: only that, and some room beside it, is kept.
/// 32 bits a count; what goes beyond is kept apart, so that no count is too large. There are many windows, and every growth leaves memory
/// behind that was touched for nothing, so whoever knows how indices come says how to grow.
/// </summary>
/// <param name="limit">All indices are below this.</param>
/// <param name="step">Room begins and ends at multiples of this, a power of two.</param>
/// <param name="growth">Room grows to so many times what it was, at least, on the side where it became too small.</param>
internal sealed class CountWindow(int limit, int step, int growth)
{
    private uint[] _cells = [];

    // The index of the first cell.
    private int _base;

    // How often 2^32 was carried over, by index.
    private Dictionary<int, long>? _carries;

    /// <summary>The least index with a count; <see cref="int.MaxValue"/> if there is none.</summary>
    public int First { get; private set; } = int.MaxValue;

    /// <summary>The greatest index with a count; -1 if there is none.</summary>
    public int Last { get; private set; } = -1;

    /// <summary>The count at an index.</summary>
    public long this[int index] => index < First || index > Last ? 0 : _cells[index - _base] + (CarriesAt(index) << 32);

    /// <summary>Adds 1 or more to the count at an index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int index, uint value)
    {
        // Empty: less than any index is less than nothing.
        if ((uint)(index - First) > (uint)(Last - First))
            Reach(index, index);
        ref uint cell = ref _cells[index - _base];
        cell += value;
        if (cell < value)
            Carry(index, 1);
    }

    /// <summary>Adds all counts of another window of the same limit.</summary>
    public void Merge(CountWindow other)
    {
        if (other.Last < 0)
            return;
        Reach(Math.Min(First, other.First), Math.Max(Last, other.Last));
        Span<uint> sums = _cells.AsSpan(other.First - _base, other.Used.Length);
        int i = 0;
        while (i <= sums.Length - Vector<uint>.Count)
        {
            var added = new Vector<uint>(other.Used[i..]);
            Vector<uint> sum = new Vector<uint>(sums[i..]) + added;
            if (Vector.LessThanAny(sum, added))
            {
                MergeCells(other, i, i + Vector<uint>.Count);
            }
            else
            {
                sum.CopyTo(sums[i..]);
            }

            i += Vector<uint>.Count;
        }

        MergeCells(other, i, sums.Length);
        if (other._carries is null)
            return;
        foreach ((int index, long carries) in other._carries)
            Carry(index, carries);
    }

    /// <summary>A window of the same counts.</summary>
    public CountWindow Copy()
    {
        var copy = new CountWindow(limit, step, growth);
        if (Last >= 0)
            (copy._cells, copy._base, copy.First, copy.Last) = (Used.ToArray(), First, First, Last);
        if (_carries is not null)
            copy._carries = new(_carries);
        return copy;
    }

    /// <summary>Adds the counts from index <paramref name="from"/> on to as many sums as there are.</summary>
    public void AddTo(Span<long> sums, int from = 0)
    {
        int first = Math.Max(First, from);
        int end = (int)Math.Min((long)Last + 1, (long)from + sums.Length);
        for (int index = first; index < end; index++)
            sums[index - from] += _cells[index - _base];
        if (_carries is null)
            return;
        foreach ((int index, long carries) in _carries)
        {
            if (index >= first && index < end)
                sums[index - from] += carries << 32;
        }
    }

    /// <summary>Adds up groups of <paramref name="factor"/> neighbors: index / factor is their index from now on.</summary>
    public void Join(int factor)
    {
        if (Last < 0)
            return;
        (int first, int last, int start) = (First, Last, _base);
        Dictionary<int, long>? carries = _carries;
        (First, Last, _base, _carries) = (First / factor, Last / factor, _base / factor, null);
        for (int index = first; index <= last; index++)
        {
            // Emptied before it is added: the sum may be the same cell.
            uint value = _cells[index - start];
            _cells[index - start] = 0;
            ref uint sum = ref _cells[(index / factor) - _base];
            sum += value;
            if (sum < value)
                Carry(index / factor, 1);
        }

        if (carries is null)
            return;
        foreach ((int index, long count) in carries)
            Carry(index / factor, count);
    }

    /// <summary>Forgets all counts, and keeps the memory.</summary>
    public void Clear()
    {
        if (Last >= 0)
            Array.Clear(_cells, First - _base, Last + 1 - First);
        (First, Last, _carries) = (int.MaxValue, -1, null);
    }

    private ReadOnlySpan<uint> Used => _cells.AsSpan(First - _base, Last + 1 - First);

    private void MergeCells(CountWindow other, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            ref uint sum = ref _cells[other.First - _base + i];
            sum += other.Used[i];
            if (sum < other.Used[i])
                Carry(other.First + i, 1);
        }
    }

    private long CarriesAt(int index) => _carries is not null && _carries.TryGetValue(index, out long carries) ? carries : 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Carry(int index, long carries)
    {
        _carries ??= [];
        _carries[index] = CarriesAt(index) + carries;
    }

    // Takes the counts from first to last in, and makes room for them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Reach(int first, int last)
    {
        bool isBelow = first < First && Last >= 0;
        first = Math.Min(first, First);
        last = Math.Max(last, Last);
        if (Last < 0 && last - first < _cells.Length)
            _base = Math.Min(first, limit - _cells.Length);
        else if (first < _base || last >= _base + _cells.Length)
            MakeRoom(first, last, isBelow);
        (First, Last) = (first, last);
    }

    private void MakeRoom(int first, int last, bool isBelow)
    {
        int start = first & -step;
        int end = Math.Min((last + step) & -step, limit);
        int length = Math.Min(Math.Max(end - start, growth * _cells.Length), limit);
        start = isBelow ? Math.Max(0, end - length) : Math.Min(start, limit - length);
        uint[] cells = new uint[length];
        if (Last >= 0)
            Used.CopyTo(cells.AsSpan(First - start));
        (_cells, _base) = (cells, start);
    }
}
