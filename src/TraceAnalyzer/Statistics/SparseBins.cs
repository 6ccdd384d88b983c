using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TraceAnalyzer.Statistics;

/// <summary>Two sums in each bin of a <see cref="TimeScale"/>, of which only those near a bin that was used take memory: a long time between two requests costs nothing.</summary>
internal sealed class SparseBins
{
    private const int BlockShift = 3;
    private const int BlockMask = (1 << BlockShift) - 1;

    // First and second sum of each bin of a block in turn.
    private Dictionary<int, long[]> _blocks = [];
    private int _lastNumber = -1;
    private long[]? _last;

    /// <summary>Adds to the sums of a bin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int bin, long first, long second)
    {
        long[] block = _lastNumber == bin >> BlockShift ? _last! : BlockOf(bin >> BlockShift);
        int at = (bin & BlockMask) * 2;
        block[at] += first;
        block[at + 1] += second;
    }

    /// <summary>Adds the sums of others.</summary>
    public void Add(SparseBins other)
    {
        foreach ((int bin, long first, long second) in other.All)
            Add(bin, first, second);
    }

    /// <summary>The bins that have a sum, in no particular order.</summary>
    public IEnumerable<(int Bin, long First, long Second)> All
    {
        get
        {
            foreach ((int number, long[] block) in _blocks)
            {
                for (int i = 0; i <= BlockMask; i++)
                {
                    if ((block[i * 2] | block[(i * 2) + 1]) != 0)
                        yield return ((number << BlockShift) + i, block[i * 2], block[(i * 2) + 1]);
                }
            }
        }
    }

    /// <summary>Adds up groups of <paramref name="factor"/> neighbors.</summary>
    public void Join(int factor)
    {
        SparseBins joined = new();
        foreach ((int bin, long first, long second) in All)
            joined.Add(bin / factor, first, second);
        (_blocks, _lastNumber, _last) = (joined._blocks, -1, null);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long[] BlockOf(int number)
    {
        ref long[]? block = ref CollectionsMarshal.GetValueRefOrAddDefault(_blocks, number, out _);
        block ??= new long[2 << BlockShift];
        (_lastNumber, _last) = (number, block);
        return block;
    }
}
