using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis;

/// <summary>
/// Counts exactly how often each 512-byte sector was accessed, at the cost of two additions a request: a difference map
/// has +1 at a request's first sector and -1 behind its last, and the running sum over the sectors is the access count.
/// The map is kept in pages (<see cref="SectorPage"/>), so its memory grows with the space that is touched and not with the trace.
/// </summary>
internal sealed class SectorAccessAccumulator : IAccumulator<CountedIo, SectorAccessAccumulator>
{
    private const int OpenRuns = 4;

    private readonly Dictionary<ulong, SectorPage> _pages = [];
    private readonly RecentEntries<SectorPage> _recent = new();

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
        int latest = 0;
        foreach (ref readonly CountedIo item in items)
        {
            ulong sector = item.Sector;
            if (ends[latest] != sector)
            {
                latest = OpenRunEndingAt(sector, ends);
                if (latest < 0)
                {
                    latest = oldest;
                    oldest = (oldest + 1) % OpenRuns;
                    AddRun(starts[latest], ends[latest]);
                    starts[latest] = sector;
                }
            }

            ends[latest] = sector + item.LengthSectors;
        }

        for (int run = 0; run < OpenRuns; run++)
            AddRun(starts[run], ends[run]);
    }

    /// <inheritdoc/>
    public void Merge(SectorAccessAccumulator other)
    {
        var scratch = new List<SectorChange>();
        foreach ((ulong number, SectorPage theirs) in other._pages)
            PageOf(number).Add(theirs, scratch);
    }

    /// <summary>The maximal runs of neighbouring sectors that were accessed equally often, ascending; untouched space is left out.</summary>
    public List<SectorRun> Runs()
    {
        var runs = new List<SectorRun>();
        var changes = new List<SectorChange>();
        ulong start = 0;
        uint accesses = 0;
        foreach (ulong number in _pages.Keys.Order())
        {
            _pages[number].CopyChanges(changes);
            foreach ((int offset, int change) in changes)
            {
                ulong at = (number << SectorPage.Shift) + (ulong)offset;
                if (accesses > 0)
                    runs.Add(new SectorRun(start, at, accesses));
                accesses = unchecked(accesses + (uint)change);
                start = at;
            }
        }

        return runs;
    }

    // A search of four by hand: a call for so few would take longer than the search.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int OpenRunEndingAt(ulong sector, ReadOnlySpan<ulong> ends)
    {
        for (int run = 0; run < OpenRuns; run++)
        {
            if (ends[run] == sector)
                return run;
        }

        return -1;
    }

    private void AddRun(ulong start, ulong end)
    {
        if (start == end)
            return;
        Change(start, 1);
        Change(end, -1);
    }

    private void Change(ulong sector, int by)
    {
        ulong number = sector >> SectorPage.Shift;
        SectorPage page = _recent.Find(number) ?? PageOf(number);
        page.Change((int)(sector & SectorPage.Mask), by);
    }

    private SectorPage PageOf(ulong number)
    {
        ref SectorPage? page = ref CollectionsMarshal.GetValueRefOrAddDefault(_pages, number, out _);
        page ??= new SectorPage();
        _recent.Remember(number, page);
        return page;
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
