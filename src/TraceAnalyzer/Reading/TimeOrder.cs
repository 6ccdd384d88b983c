using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TraceAnalyzer.Reading;

/// <summary>
/// Puts places in the order of their times, by a merge sort over the runs that ascend already: the files of a per-CPU set are such runs. Reused.
/// A place and its time make one number, the time in the high bits: one comparison each, and what is alike in time keeps its order.
/// </summary>
internal sealed class TimeOrder
{
    private const int FirstCapacity = 8192;

    private readonly List<int> _runs = [];
    private ulong[] _keys = [];
    private ulong[] _merged = [];
    private long _earliestNs;
    private int _placeBits;
    private ulong _lastKey;
    private ulong _outOfRange;

    /// <summary>Places added.</summary>
    public int Count { get; private set; }

    /// <summary>Starts anew.</summary>
    /// <param name="places">All places are below this.</param>
    /// <param name="earliestNs">No time is before this.</param>
    public void Start(int places, long earliestNs)
    {
        _placeBits = BitOperations.Log2((uint)places) + 1;
        _earliestNs = earliestNs;
        _outOfRange = 0;
        _lastKey = 0;
        Count = 0;
        _runs.Clear();
        _runs.Add(0);
    }

    /// <summary>Makes room for so many more places.</summary>
    public void Reserve(int count)
    {
        if (_keys.Length - Count < count)
            Array.Resize(ref _keys, Math.Max(Count + count, Math.Max(_keys.Length * 2, FirstCapacity)));
    }

    /// <summary>Adds a place for which there is room, above all added before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long timeNs, int place)
    {
        ulong sinceNs = (ulong)(timeNs - _earliestNs);
        _outOfRange |= (sinceNs >> (64 - _placeBits)) | (uint)(place >> _placeBits);
        ulong key = (sinceNs << _placeBits) | (uint)place;
        if (key < _lastKey)
            _runs.Add(Count);
        _lastKey = key;
        _keys[Count++] = key;
    }

    /// <summary>Sorts. False, and nothing is in order, if a time is before the earliest or hours behind it, or a place too large.</summary>
    public bool TrySort()
    {
        if (_outOfRange != 0)
            return false;
        if (_merged.Length < _keys.Length)
            _merged = new ulong[_keys.Length];
        while (_runs.Count > 1)
            MergeRunsInPairs();
        return true;
    }

    /// <summary>The place that is number <paramref name="index"/> in order of time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PlaceAt(int index) => (int)(_keys[index] & ((1ul << _placeBits) - 1));

    private void MergeRunsInPairs()
    {
        int kept = 0;
        for (int i = 0; i < _runs.Count; i += 2)
        {
            int start = _runs[i];
            int middle = i + 1 < _runs.Count ? _runs[i + 1] : Count;
            int end = i + 2 < _runs.Count ? _runs[i + 2] : Count;
            MergePair(_keys.AsSpan(start, middle - start), _keys.AsSpan(middle, end - middle), _merged.AsSpan(start, end - start));
            _runs[kept++] = start;
        }

        _runs.RemoveRange(kept, _runs.Count - kept);
        (_keys, _merged) = (_merged, _keys);
    }

    // No two keys are equal.
    private static void MergePair(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, Span<ulong> merged)
    {
        if (!right.IsEmpty)
        {
            // Runs mostly overlap in a part of their times only: what lies before is copied.
            int before = -1 - left.BinarySearch(right[0]);
            left[..before].CopyTo(merged);
            left = left[before..];
            merged = merged[before..];
            MergeOverlap(ref left, ref right, ref merged);
        }

        left.CopyTo(merged);
        right.CopyTo(merged[left.Length..]);
    }

    // Merges until there is nothing left of one of the two. Which of two CPUs comes next is anybody's guess, so there is no branch to guess wrong,
    // and each step waits for the one before; so it is done from both ends at once.
    private static void MergeOverlap(ref ReadOnlySpan<ulong> left, ref ReadOnlySpan<ulong> right, ref Span<ulong> merged)
    {
        ref ulong lefts = ref MemoryMarshal.GetReference(left);
        ref ulong rights = ref MemoryMarshal.GetReference(right);
        ref ulong all = ref MemoryMarshal.GetReference(merged);
        nint l = 0;
        nint r = 0;
        nint leftEnd = left.Length;
        nint rightEnd = right.Length;
        while (leftEnd - l >= 2 && rightEnd - r >= 2)
        {
            ulong leftKey = Unsafe.Add(ref lefts, l);
            ulong rightKey = Unsafe.Add(ref rights, r);
            nint isRight = rightKey < leftKey ? 1 : 0;
            Unsafe.Add(ref all, l + r) = Select(leftKey, rightKey, isRight);
            r += isRight;
            l += 1 - isRight;

            leftKey = Unsafe.Add(ref lefts, leftEnd - 1);
            rightKey = Unsafe.Add(ref rights, rightEnd - 1);
            isRight = rightKey > leftKey ? 1 : 0;
            Unsafe.Add(ref all, leftEnd + rightEnd - 1) = Select(leftKey, rightKey, isRight);
            rightEnd -= isRight;
            leftEnd -= 1 - isRight;
        }

        while (l < leftEnd && r < rightEnd)
        {
            bool isRight = Unsafe.Add(ref rights, r) < Unsafe.Add(ref lefts, l);
            Unsafe.Add(ref all, l + r) = isRight ? Unsafe.Add(ref rights, r++) : Unsafe.Add(ref lefts, l++);
        }

        merged = merged[(int)(l + r)..(int)(leftEnd + rightEnd)];
        left = left[(int)l..(int)leftEnd];
        right = right[(int)r..(int)rightEnd];
    }

    // The compiler makes branches of Math.Min and ?:.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Select(ulong left, ulong right, nint isRight) => left ^ ((left ^ right) & (ulong)-isRight);
}
