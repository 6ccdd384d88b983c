using System.Numerics;
using System.Runtime.InteropServices;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Which bytes of files were touched at least once: a bit for each sector of a file, or of files that are larger together than <see cref="ExactBytes"/> for each
/// 2, 4, 8 ... sectors, so that the map takes at most 32 MiB. What is touched counts with all of its unit.
/// </summary>
internal sealed class CoverageMap
{
    /// <summary>Bytes of all files up to which the map is exact.</summary>
    public const long ExactBytes = MaxUnits * BlockEvent.SectorBytes;

    private const long MaxUnits = 1L << 28;
    private const int PageShift = 15;
    private const int WordShift = 6;

    private readonly int _unitShift;
    private readonly Dictionary<(int File, long Page), ulong[]> _pages = [];
    private (int File, long Page) _lastKey = (-1, -1);
    private ulong[] _last = [];

    /// <summary>An empty map of files of so many bytes together.</summary>
    public CoverageMap(long totalBytes)
    {
        _unitShift = BitOperations.Log2(BlockEvent.SectorBytes);
        while (totalBytes >> _unitShift > MaxUnits)
            _unitShift++;
    }

    /// <summary>Notes that bytes of a file were touched.</summary>
    public void Add(int file, long fromBytes, long toBytes)
    {
        if (fromBytes < 0 || toBytes <= fromBytes)
            return;
        long last = (toBytes - 1) >> _unitShift;
        for (long unit = fromBytes >> _unitShift; unit <= last;)
        {
            ulong[] page = PageOf(file, unit >> PageShift);
            int bit = (int)(unit & 63);
            int bits = (int)Math.Min(64 - bit, last - unit + 1);
            page[(unit & ((1 << PageShift) - 1)) >> WordShift] |= (ulong.MaxValue >> (64 - bits)) << bit;
            unit += bits;
        }
    }

    /// <summary>Adds what another one saw.</summary>
    public void Merge(CoverageMap other)
    {
        foreach (((int file, long number), ulong[] theirs) in other._pages)
        {
            ulong[] ours = PageOf(file, number);
            for (int i = 0; i < ours.Length; i++)
                ours[i] |= theirs[i];
        }
    }

    /// <summary>Bytes of a range of a file that were touched.</summary>
    public long Touched(int file, long fromBytes, long toBytes)
    {
        long touched = 0;
        for (long at = fromBytes; at < toBytes;)
        {
            long unit = at >> _unitShift;
            if (!_pages.TryGetValue((file, unit >> PageShift), out ulong[]? page))
            {
                at = Math.Min(toBytes, ((unit >> PageShift) + 1) << (PageShift + _unitShift));
                continue;
            }

            long end = Math.Min(toBytes, (unit + 1) << _unitShift);
            if ((page[(unit & ((1 << PageShift) - 1)) >> WordShift] >> (int)(unit & 63) & 1) != 0)
                touched += end - at;
            at = end;
        }

        return touched;
    }

    private ulong[] PageOf(int file, long number)
    {
        if (_lastKey == (file, number))
            return _last;
        ref ulong[]? page = ref CollectionsMarshal.GetValueRefOrAddDefault(_pages, (file, number), out _);
        page ??= new ulong[1 << (PageShift - WordShift)];
        _lastKey = (file, number);
        return _last = page;
    }
}
