namespace TraceAnalyzer.Tests.Analysis.Pages;

/// <summary>Caches page by page, as plainly as can be: what ranges and samples of pages are held against.</summary>
internal static class SlowCaches
{
    /// <summary>Each page of each access in order.</summary>
    public static List<(ulong Page, bool IsWrite, long TimeNs)> PagesOf(IEnumerable<(long TimeNs, ulong First, ulong End, bool IsWrite)> accesses)
    {
        var pages = new List<(ulong Page, bool IsWrite, long TimeNs)>();
        foreach ((long timeNs, ulong first, ulong end, bool isWrite) in accesses.OrderBy(access => access.TimeNs).ThenBy(access => access.First).ThenBy(access => access.End).ThenBy(access => access.IsWrite))
        {
            for (ulong page = first; page < end; page++)
                pages.Add((page, isWrite, timeNs));
        }

        return pages;
    }

    /// <summary>The distance of each access by a list in the order of use; 0 for a first one.</summary>
    public static long[] Distances(IReadOnlyList<(ulong Page, bool IsWrite, long TimeNs)> pages)
    {
        var stack = new List<ulong>();
        long[] distances = new long[pages.Count];
        for (int i = 0; i < pages.Count; i++)
        {
            int at = stack.IndexOf(pages[i].Page);
            distances[i] = at + 1;
            if (at >= 0)
                stack.RemoveAt(at);
            stack.Insert(0, pages[i].Page);
        }

        return distances;
    }

    /// <summary>Reads that an LRU cache serves.</summary>
    public static long Lru(IReadOnlyList<(ulong Page, bool IsWrite, long TimeNs)> pages, long capacity)
    {
        var cache = new LinkedList<ulong>();
        long served = 0;
        foreach ((ulong page, bool isWrite, _) in pages)
        {
            served += cache.Remove(page) && !isWrite ? 1 : 0;
            cache.AddFirst(page);
            if (cache.Count > capacity)
                cache.RemoveLast();
        }

        return served;
    }

    /// <summary>Reads that the best fixed set of pages serves: by all sets of that size of the pages there are.</summary>
    public static long Pinned(IReadOnlyList<(ulong Page, bool IsWrite, long TimeNs)> pages, long capacity)
    {
        var saved = new Dictionary<ulong, long>();
        foreach ((ulong page, bool isWrite, _) in pages)
            saved[page] = saved.TryGetValue(page, out long known) ? known + (isWrite ? 0 : 1) : 0;
        return saved.Values.OrderDescending().Take((int)capacity).Sum();
    }

    /// <summary>The most reads that any policy serves: every choice of what to keep is tried.</summary>
    public static long Best(IReadOnlyList<(ulong Page, bool IsWrite, long TimeNs)> pages, int capacity)
    {
        var states = new Dictionary<ulong, long> { [0] = 0 };
        ulong[] all = [.. pages.Select(access => access.Page).Distinct()];
        foreach ((ulong page, bool isWrite, _) in pages)
        {
            ulong bit = 1ul << Array.IndexOf(all, page);
            var next = new Dictionary<ulong, long>();
            foreach ((ulong kept, long served) in states)
            {
                long now = served + ((kept & bit) != 0 && !isWrite ? 1 : 0);
                ulong with = kept | bit;
                for (ulong subset = with; ; subset = (subset - 1) & with)
                {
                    if (System.Numerics.BitOperations.PopCount(subset) <= capacity && now >= next.GetValueOrDefault(subset))
                        next[subset] = now;
                    if (subset == 0)
                        break;
                }
            }

            states = next;
        }

        return states.Values.Max();
    }
}
