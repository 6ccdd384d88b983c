namespace TraceAnalyzer.Analysis.Pages;

/// <summary>
/// The reuse distance of every access: the distinct pages accessed from the access of a page before up to this one, itself included: the least LRU cache that still has it (R. L. Mattson et al.,
/// <i>Evaluation techniques for storage hierarchies</i>, IBM Systems Journal 9, 1970). One pass with a Fenwick tree over the steps (P. M. Fenwick, 1994), in which each part stands at its last step.
/// All pages of a part have the same distance: those of it that came after the page the last time, what came between, and those before it this time.
/// </summary>
internal static class ReuseDistances
{
    /// <summary>Distance of each step in pages; 0 for the first access of a part.</summary>
    public static long[] Of(PageSequence sequence)
    {
        int[] parts = sequence.Parts;
        long[] distances = new long[parts.Length];
        long[] tree = new long[parts.Length + 1];
        int[] last = new int[sequence.Pages.Length];
        long all = 0;
        for (int step = 0; step < parts.Length; step++)
        {
            int part = parts[step];
            long pages = sequence.Pages[part];
            if (last[part] > 0)
            {
                // Parts whose last step is not before that of this one, which is among them.
                distances[step] = all - SumBelow(tree, last[part]);
                Add(tree, last[part], -pages);
            }
            else
            {
                all += pages;
            }

            last[part] = step + 1;
            Add(tree, step + 1, pages);
        }

        return distances;
    }

    private static void Add(long[] tree, int at, long value)
    {
        for (; at < tree.Length; at += at & -at)
            tree[at] += value;
    }

    private static long SumBelow(long[] tree, int at)
    {
        long sum = 0;
        for (at--; at > 0; at -= at & -at)
            sum += tree[at];
        return sum;
    }
}
