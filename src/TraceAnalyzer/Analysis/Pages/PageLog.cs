using TraceAnalyzer.Analysis.Accumulators;

namespace TraceAnalyzer.Analysis.Pages;

/// <summary>
/// The requests of one operation as ranges of 4 KiB pages with their times, from which <see cref="PageSequence"/> restores their order: merged in any order, it is the same set.
/// Beyond <see cref="MostAccesses"/> requests only those are kept that touch a page of <see cref="PageSample"/>, at the least level that keeps few enough. Whoever kept a part of them
/// was at no higher level, so that the level does not depend on who saw what.
/// </summary>
internal sealed class PageLog(int mostAccesses = PageLog.MostAccesses) : IAccumulator<CountedIo, PageLog>
{
    /// <summary>Most requests that are kept, 3 MiB of them.</summary>
    public const int MostAccesses = 1 << 17;

    /// <summary>Logarithm of the sectors of a page.</summary>
    public const int SectorShift = 3;

    private readonly List<PageAccess> _accesses = [];

    /// <summary>Bytes of the pages that requests touch, of all of them, whatever is kept.</summary>
    public long PageBytes { get; private set; }

    /// <summary>Of which level of the sample the kept requests touch a page.</summary>
    public int Level { get; private set; }

    /// <summary>What is kept, in no order.</summary>
    public IReadOnlyList<PageAccess> Accesses => _accesses;

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<CountedIo> items)
    {
        long pageBytes = PageBytes;
        foreach (ref readonly CountedIo item in items)
        {
            ulong first = item.Sector >> SectorShift;
            ulong last = (item.Sector + item.LengthSectors - 1) >> SectorShift;
            if (item.LengthSectors == 0 || last < first)
                continue;
            pageBytes += (long)(last + 1 - first) * PageSequence.PageBytes;
            Keep(new PageAccess(item.TimeNs, first, last + 1));
        }

        PageBytes = pageBytes;
    }

    /// <inheritdoc/>
    public void Merge(PageLog other)
    {
        PageBytes += other.PageBytes;
        while (Level < other.Level)
            GoToNextLevel();
        foreach (PageAccess access in other._accesses)
            Keep(access);
    }

    private void Keep(in PageAccess access)
    {
        if (Level > 0 && !access.IsIn(Level))
            return;
        _accesses.Add(access);
        while (_accesses.Count > mostAccesses && Level < PageSample.MostLevel)
            GoToNextLevel();
    }

    private void GoToNextLevel()
    {
        Level++;
        _accesses.RemoveAll(access => !access.IsIn(Level));
    }
}

/// <summary>A request.</summary>
/// <param name="TimeNs">When it was counted.</param>
/// <param name="First">First page that it touches.</param>
/// <param name="End">The page behind the last one.</param>
internal readonly record struct PageAccess(long TimeNs, ulong First, ulong End)
{
    /// <summary>True if it touches a page of a level of the sample.</summary>
    public bool IsIn(int level)
    {
        // Almost all requests lie within one group of pages at the levels of large traces; the one page of it that is followed tells.
        ulong group = First >> level;
        if (group != (End - 1) >> level)
            return PageSample.Rank(First, level) < PageSample.Rank(End, level);
        ulong page = PageSample.PageOf(group, level);
        return First <= page && page < End;
    }
}
