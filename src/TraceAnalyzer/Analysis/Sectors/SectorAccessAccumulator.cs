using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Sectors;

/// <summary>
/// Counts exactly how often each 512-byte sector was accessed, at the cost of two additions a request: a difference map
/// has +1 at a request's first sector and -1 behind its last, and the running sum over the sectors is the access count.
/// Where the count changes often the map is kept in pages (<see cref="SectorPage"/>), elsewhere as a list (<see cref="SectorChangeLog"/>), so its memory
/// grows with the space that is touched and not with the trace.
/// The sum begins anew with each unit of 256 MiB. If memory is short (<see cref="MapBudget"/>) only a part of the units is kept: those that a hash of their
/// number chooses, half of them at level 1, a quarter at level 2 and so on, so that whoever goes to a level, when, keeps the same.
/// </summary>
internal sealed class SectorAccessAccumulator(MapBudget? budget = null) : IAccumulator<CountedIo, SectorAccessAccumulator>, ISectorChangeOwner
{
    /// <summary>Logarithm of the sectors of a unit.</summary>
    public const int UnitShift = 19;

    private const int OpenRuns = 4;
    private const int PackedPageShift = 9 + SectorPage.Shift;

    // A sample of fewer units says little.
    private const int LeastUnits = 8;

    private readonly SectorAccessState _state = new();
    private SectorChangeLog? _log;
    private long _countedBytes;
    private int _seenVersion;

    private SectorChangeLog Log => _log ??= new SectorChangeLog(this);

    /// <summary>Sectors accessed, exactly, whatever part is kept.</summary>
    public long AccessedSectors { get; private set; }

    /// <summary>Bytes that the map took when it last looked; 0 before it did.</summary>
    public long CountedBytes
    {
        get => Volatile.Read(ref _countedBytes);
        private set => Volatile.Write(ref _countedBytes, value);
    }

    /// <summary>One of 2 to this power units is kept.</summary>
    public int Level { get; private set; }

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
        GoTo(other.Level);
        AccessedSectors += other.AccessedSectors;
        foreach ((ulong number, SectorPage theirs) in other._state.Pages)
        {
            if (!IsKept(number >> (UnitShift - SectorPage.Shift), Level))
                continue;
            ref SectorPage? ours = ref CollectionsMarshal.GetValueRefOrAddDefault(_state.Pages, number, out _);
            if (ours is null || ours.CellShift > theirs.CellShift)
                ours = Sum(theirs, ours);
            else
                ours.Add(theirs);
        }

        _state.Forget();
        if (other._log is not null)
            Log.Add(other._log);
        if (Level > other.Level)
            Log.Sift();
        CountBytes();
    }

    /// <summary>Frees memory if there is too little of it; the map's owner calls this between two pieces of the trace.</summary>
    public void ShareMemory()
    {
        if (budget is null || _seenVersion == budget.Version)
            return;
        _seenVersion = budget.Version;
        while (Bytes > budget.CapBytes && TryGoToNextLevel())
        {
        }
    }

    /// <summary>Makes the sample, if there must be one, the one that this trace gets whoever counted which part of it. All must be merged.</summary>
    public void Settle()
    {
        if (budget is null || budget.FinalCapBytes == long.MaxValue)
            return;
        while (sizeof(ulong) * CountChanges() > budget.FinalCapBytes && TryGoToNextLevel())
        {
        }
    }

    /// <summary>Bytes that the map takes.</summary>
    public long Bytes => (_log?.Bytes ?? 0) + _state.PageBytes;

    /// <summary>The maximal runs of neighboring sectors that were accessed equally often, ascending, but none goes beyond its unit; untouched space is left out.</summary>
    public IEnumerable<SectorRun> Runs() => new SectorAccessView([this]).Runs();

    /// <summary>True if a unit is part of the sample of a level.</summary>
    public static bool IsKept(ulong unit, int level)
    {
        // The finalizer of MurmurHash3 (A. Appleby): all bits of the number decide.
        ulong hash = unit + 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        hash ^= hash >> 33;
        return level == 0 || hash >> (64 - level) == 0;
    }

    /// <summary>The pages' numbers in order.</summary>
    internal ulong[] PageNumbers()
    {
        ulong[] numbers = [.. _state.Pages.Keys];
        Array.Sort(numbers);
        return numbers;
    }

    /// <summary>A page by its number.</summary>
    internal SectorPage PageAt(ulong number) => _state.Pages[number];

    /// <summary>The changes that are in no page.</summary>
    internal SortedChanges Listed() => _log?.Seal() ?? new SortedChanges([], 0);

    int ISectorChangeOwner.Keep(Span<ulong> sorted)
    {
        int count = 0;
        for (int i = 0; i < sorted.Length;)
        {
            // All of one page.
            ulong number = sorted[i] >> PackedPageShift;
            int start = i;
            ulong bits = 1 << SectorPage.CoarsestCellShift;
            do
            {
                bits |= SectorChangeLog.SectorOf(sorted[i]);
            }
            while (++i < sorted.Length && sorted[i] >> PackedPageShift == number);
            if (Level > 0 && !IsKept(number >> (UnitShift - SectorPage.Shift), Level))
                continue;
            Span<ulong> changes = sorted[start..i];
            if (PageFor(number, changes.Length, System.Numerics.BitOperations.TrailingZeroCount(bits)) is { } page)
            {
                foreach (ulong change in changes)
                    page.TryChange((int)(SectorChangeLog.SectorOf(change) & SectorPage.Mask), SectorChangeLog.ChangeOf(change));
            }
            else
            {
                changes.CopyTo(sorted[count..]);
                count += changes.Length;
            }
        }

        return count;
    }

    void ISectorChangeOwner.HasGrown() => CountBytes();

    void ISectorChangeOwner.HasDropped(long bytes) => budget?.Dropped(bytes);

    // The page that a number of changes go to whose places have so many zeros at their end; null if it is better to list them.
    private SectorPage? PageFor(ulong number, int changes, int alignment)
    {
        if (_state.Pages.TryGetValue(number, out SectorPage? page) && page.CellShift <= alignment)
            return page;
        int cellShift = Math.Min(page?.CellShift ?? SectorPage.CoarsestCellShift, alignment);
        if (!SectorPage.Pays(changes, cellShift))
            return null;
        SectorPage finer = page?.Refined(cellShift) ?? new SectorPage(cellShift);
        _state.Pages[number] = finer;
        _state.Forget();
        _state.PageBytes += finer.Bytes - (page?.Bytes ?? 0);
        return finer;
    }

    private SectorPage Sum(SectorPage theirs, SectorPage? ours)
    {
        SectorPage sum = theirs.Refined(theirs.CellShift);
        if (ours is not null)
            sum.Add(ours);
        _state.PageBytes += sum.Bytes - (ours?.Bytes ?? 0);
        return sum;
    }

    private long CountChanges()
    {
        long count = _log?.Seal().Count ?? 0;
        foreach (SectorPage page in _state.Pages.Values)
            count += page.CountChanges();
        return count;
    }

    // The budget need not know of every page at once.
    private void CountBytes()
    {
        if (budget is null || Bytes == 0)
            return;
        if (CountedBytes == 0)
            budget.Register(this);
        long bytes = Bytes;
        long change = bytes - CountedBytes;
        CountedBytes = bytes;
        budget.Change(change);
        ShareMemory();
    }

    private bool TryGoToNextLevel()
    {
        if (CountUnitsOf(Level + 1) < LeastUnits)
            return false;
        GoTo(Level + 1);
        return true;
    }

    private long CountUnitsOf(int level)
    {
        var units = new HashSet<ulong>();
        foreach (ulong number in _state.Pages.Keys)
            units.Add(number >> (UnitShift - SectorPage.Shift));
        _log?.AddUnitsTo(units, UnitShift);
        return units.Count(unit => IsKept(unit, level));
    }

    private void GoTo(int level)
    {
        if (level <= Level)
            return;
        Level = level;
        foreach (ulong number in _state.Pages.Keys)
        {
            if (!IsKept(number >> (UnitShift - SectorPage.Shift), level) && _state.Pages.Remove(number, out SectorPage? page))
                _state.PageBytes -= page.Bytes;
        }

        _state.Forget();
        _log?.Sift();
        if (CountedBytes == 0)
            return;
        long bytes = Bytes;
        budget!.Change(bytes - CountedBytes);
        CountedBytes = bytes;
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
        AccessedSectors += (long)(end - start);
        while ((start ^ (end - 1)) >> UnitShift != 0)
        {
            ulong boundary = ((start >> UnitShift) + 1) << UnitShift;
            AddWithinUnit(start, boundary);
            start = boundary;
        }

        AddWithinUnit(start, end);
    }

    private void AddWithinUnit(ulong start, ulong end)
    {
        if (Level > 0 && !IsKept(start >> UnitShift, Level))
            return;
        Change(start, 1);

        // Behind a unit the count begins anew.
        if ((end & ((1ul << UnitShift) - 1)) != 0)
            Change(end, -1);
    }

    private void Change(ulong sector, int by)
    {
        SectorPage? page = _state.Find(sector >> SectorPage.Shift);
        if (page is null || !page.TryChange((int)(sector & SectorPage.Mask), by))
            Log.Add(sector, by);
    }

    // Pages, and where the last ones are.
    private sealed class SectorAccessState
    {
        private RecentEntries<SectorPage>? _recent;
        private Dictionary<ulong, SectorPage>? _pages;

        public Dictionary<ulong, SectorPage> Pages => _pages ??= [];

        public long PageBytes { get; set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public SectorPage? Find(ulong number) => _recent?.Find(number) ?? FindElsewhere(number);

        public void Forget() => _recent?.Clear();

        private SectorPage? FindElsewhere(ulong number)
        {
            if (_pages is null || !_pages.TryGetValue(number, out SectorPage? page))
                return null;
            (_recent ??= new()).Remember(number, page);
            return page;
        }
    }
}

/// <summary>Neighboring sectors that were accessed equally often.</summary>
/// <param name="Start">First sector.</param>
/// <param name="End">First sector behind the run.</param>
/// <param name="Accesses">How often each was accessed.</param>
internal readonly record struct SectorRun(ulong Start, ulong End, uint Accesses)
{
    /// <summary>Sectors of the run.</summary>
    public long Sectors => (long)(End - Start);
}
