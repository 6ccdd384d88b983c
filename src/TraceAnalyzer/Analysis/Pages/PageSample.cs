namespace TraceAnalyzer.Analysis.Pages;

/// <summary>
/// Which pages are followed where there are too many: at level k one of each 2^k neighbors, chosen by a hash of where they lie, as SHARDS samples space (C. A. Waldspurger et al.,
/// <i>Efficient MRC Construction with SHARDS</i>, FAST'15), but stratified: each group has exactly one, so that a request of many pages never falls between them.
/// The pages of a level are among those of the level before. A range of pages is a range of the sample: from the <see cref="Rank"/> of its first page to that of the one behind it,
/// so that all that works on ranges of pages works on a sample as it is.
/// </summary>
internal static class PageSample
{
    /// <summary>Greatest level.</summary>
    public const int MostLevel = 36;

    // A hash gives so many bits of the place of a page in its group.
    private const int DigitBits = 12;

    /// <summary>Number of pages of the sample below a page; the page itself at level 0.</summary>
    public static ulong Rank(ulong page, int level)
    {
        if (level == 0)
            return page;
        ulong group = page >> level;
        return group + (PageOf(group, level) < page ? 1u : 0u);
    }

    /// <summary>The page of the sample with a rank.</summary>
    public static ulong PageOf(ulong rank, int level)
    {
        ulong page = rank;
        for (int left = level; left > 0;)
        {
            // Of each twelve bits those below the level, from the top.
            int digit = (left - 1) / DigitBits * DigitBits;
            int bits = left - digit;
            ulong block = page >> (DigitBits - bits);
            page = (page << bits) | (Hash(block, (ulong)digit) & ((1ul << bits) - 1));
            left = digit;
        }

        return page;
    }

    // The finalizer of MurmurHash3 (A. Appleby): all bits decide.
    private static ulong Hash(ulong block, ulong digit)
    {
        ulong hash = block + ((digit + 1) * 0x9E3779B97F4A7C15);
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }
}
