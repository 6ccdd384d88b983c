using System.Numerics;

namespace TraceAnalyzer.Analysis.Pages;

/// <summary>
/// Pages that a cache serves which knows the future (L. A. Belady, <i>A study of replacement algorithms</i>, IBM Systems Journal 5, 1966): full, it gives up what is read again last, and it does
/// not take what is never read again, or written before. No policy serves more reads with the same memory. Pages of a part are given up one by one, so that cutting space into parts changes nothing.
/// </summary>
/// <param name="sequence">The accesses.</param>
/// <param name="nextReads">See <see cref="NextReads"/>.</param>
internal sealed class OptimalCache(PageSequence sequence, int[] nextReads)
{
    // Cached pages by the step that reads them next; a part is read next in one step only. Every one is read or given up in the end, so that all is empty again.
    private readonly long[] _cached = new long[nextReads.Length];
    private readonly StepSet _steps = new(nextReads.Length);

    /// <summary>For each step the next one of its part, if that reads; else -1.</summary>
    public static int[] NextReads(PageSequence sequence)
    {
        int[] next = new int[sequence.Parts.Length];
        int[] following = new int[sequence.Pages.Length];
        Array.Fill(following, -1);
        for (int step = next.Length - 1; step >= 0; step--)
        {
            int part = sequence.Parts[step];
            next[step] = following[part] >= 0 && !sequence.Writes[following[part]] ? following[part] : -1;
            following[part] = step;
        }

        return next;
    }

    /// <summary>Pages read from a cache of <paramref name="capacityPages"/>.</summary>
    public long ServedPages(long capacityPages)
    {
        long[] cached = _cached;
        long held = 0;
        long served = 0;
        for (int step = 0; step < nextReads.Length; step++)
        {
            if (cached[step] > 0)
            {
                served += cached[step];
                held -= cached[step];
                cached[step] = 0;
                _steps.Remove(step);
            }

            if (nextReads[step] is not (>= 0 and var next))
                continue;
            cached[next] = sequence.Pages[sequence.Parts[step]];
            held += cached[next];
            _steps.Add(next);
            while (held > capacityPages)
            {
                int latest = _steps.Last;
                long given = Math.Min(cached[latest], held - capacityPages);
                cached[latest] -= given;
                held -= given;
                if (cached[latest] == 0)
                    _steps.Remove(latest);
            }
        }

        return served;
    }

    // A set of steps of which the last is found at once: bits, and above each 64 of them a bit that says whether there are any.
    private sealed class StepSet
    {
        private readonly ulong[][] _levels;

        public StepSet(int count)
        {
            var levels = new List<ulong[]>();
            do
            {
                count = (count + 63) / 64;
                levels.Add(new ulong[count]);
            }
            while (count > 1);
            _levels = [.. levels];
        }

        /// <summary>The last step of a set that is not empty.</summary>
        public int Last
        {
            get
            {
                int at = 0;
                for (int level = _levels.Length - 1; level >= 0; level--)
                    at = (at << 6) + BitOperations.Log2(_levels[level][at]);
                return at;
            }
        }

        public void Add(int step)
        {
            for (int level = 0; level < _levels.Length; level++, step >>= 6)
                _levels[level][step >> 6] |= 1ul << (step & 63);
        }

        public void Remove(int step)
        {
            foreach (ulong[] level in _levels)
            {
                ref ulong word = ref level[step >> 6];
                word &= ~(1ul << (step & 63));
                if (word != 0)
                    return;
                step >>= 6;
            }
        }
    }
}
