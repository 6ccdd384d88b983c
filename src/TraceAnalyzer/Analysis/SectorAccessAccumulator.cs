using System.Numerics;
using System.Runtime.CompilerServices;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// Counts exactly how often each 512-byte sector was accessed, at the cost of two additions a request: a difference map
/// has +1 at a request's first sector and -1 behind its last, and the running sum over the sectors is the access count.
/// The map is kept in pages of 2 MiB of device space whose cells are as coarse as the alignment of the requests
/// allows, so its memory grows with the space that is touched and not with the trace.
/// </summary>
internal sealed class SectorAccessAccumulator : IAccumulator<CountedIo, SectorAccessAccumulator>
{
    private const int PageShift = 12;
    private const ulong PageMask = (1ul << PageShift) - 1;

    // 128 KiB, what direct I/O and read-ahead of offloading mostly align to; pages with odder requests get finer cells.
    private const int CoarsestCellShift = 8;

    private const int OpenRuns = 4;

    private readonly Dictionary<ulong, Page> _pages = [];
    private readonly RecentEntries<Page> _recent = new();

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        // Where a request starts at the end of an earlier one, the -1 of the one and the +1 of the other cancel out. So requests are strung
        // together to runs, several at a time (K and V of a layer are read in turn), and sequential access costs little more than this search.
        Span<ulong> starts = stackalloc ulong[OpenRuns];
        Span<ulong> ends = stackalloc ulong[OpenRuns];
        starts.Clear();
        ends.Clear();
        int oldest = 0;
        foreach (ref readonly CountedIo item in items)
        {
            int run = ends.IndexOf(item.Sector);
            if (run < 0)
            {
                run = oldest;
                oldest = (oldest + 1) % OpenRuns;
                AddRun(starts[run], ends[run]);
                starts[run] = item.Sector;
            }

            ends[run] = item.Sector + item.LengthSectors;
        }

        for (int run = 0; run < OpenRuns; run++)
            AddRun(starts[run], ends[run]);
    }

    /// <inheritdoc/>
    public void Merge(SectorAccessAccumulator other)
    {
        foreach ((ulong number, Page theirs) in other._pages)
        {
            Page ours = PageOf(number);
            ours.Refine(theirs.CellShift);
            theirs.Refine(ours.CellShift);
            for (int i = 0; i < theirs.Cells.Length; i++)
                ours.Cells[i] += theirs.Cells[i];
        }
    }

    /// <summary>The maximal runs of neighbouring sectors that were accessed equally often, ascending; untouched space is left out.</summary>
    public List<SectorRun> Runs()
    {
        var runs = new List<SectorRun>();
        ulong start = 0;
        uint accesses = 0;
        foreach (ulong number in _pages.Keys.Order())
        {
            Page page = _pages[number];
            for (int i = 0; i < page.Cells.Length; i++)
            {
                int change = page.Cells[i];
                if (change == 0)
                    continue;
                ulong at = (number << PageShift) + ((ulong)i << page.CellShift);
                if (accesses > 0)
                    runs.Add(new SectorRun(start, at, accesses));
                accesses = unchecked(accesses + (uint)change);
                start = at;
            }
        }

        return runs;
    }

    private void AddRun(ulong start, ulong end)
    {
        if (start == end)
            return;
        Change(start, 1);
        Change(end, -1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Change(ulong sector, int by)
    {
        ulong number = sector >> PageShift;
        Page page = _recent.Find(number) ?? PageOf(number);
        int offset = (int)(sector & PageMask);
        if ((offset & ((1 << page.CellShift) - 1)) != 0)
            page.Refine(BitOperations.TrailingZeroCount(offset));
        page.Cells[offset >> page.CellShift] += by;
    }

    private Page PageOf(ulong number)
    {
        ref Page? page = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_pages, number, out _);
        page ??= new Page();
        _recent.Remember(number, page);
        return page;
    }

    private sealed class Page
    {
        public int CellShift { get; private set; } = CoarsestCellShift;

        // Sums wrap around: counts are exact below 2^32.
        public int[] Cells { get; private set; } = new int[1 << (PageShift - CoarsestCellShift)];

        public void Refine(int cellShift)
        {
            if (cellShift >= CellShift)
                return;
            int[] finer = new int[1 << (PageShift - cellShift)];
            for (int i = 0; i < Cells.Length; i++)
                finer[i << (CellShift - cellShift)] = Cells[i];
            Cells = finer;
            CellShift = cellShift;
        }
    }
}

/// <summary>Neighbouring sectors that were accessed equally often.</summary>
/// <param name="Start">First sector.</param>
/// <param name="End">First sector behind the run.</param>
/// <param name="Accesses">How often each was accessed.</param>
internal readonly record struct SectorRun(ulong Start, ulong End, uint Accesses)
{
    /// <summary>Sectors of the run.</summary>
    public long Sectors => (long)(End - Start);
}
