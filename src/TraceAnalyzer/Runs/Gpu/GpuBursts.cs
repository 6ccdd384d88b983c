namespace TraceAnalyzer.Runs.Gpu;

/// <summary>Tells the rows of several GPUs apart where no column does: <c>nvidia-smi</c> prints one row for each, in the same order, milliseconds apart, once in a period.</summary>
internal static class GpuBursts
{
    private const int MostGpus = 64;

    // Enough to see the pattern.
    private const int RowsLookedAt = 4096;

    // Rows of one sample are this much nearer to each other than samples are.
    private const int Nearer = 4;

    // Of a hundred samples so many must have a row for each GPU.
    private const int LeastWhole = 90;

    /// <summary>Gives each row its GPU, 0 to n-1 by its place among the rows of its sample, and -1 to rows of samples that are not whole. All 0 if rows come one by one.</summary>
    /// <param name="times">Times of the rows, in the log's order.</param>
    /// <param name="gpus">Receives the GPU of each row.</param>
    /// <returns>The number of GPUs.</returns>
    public static int Split(ReadOnlySpan<DateTime> times, Span<int> gpus)
    {
        (int count, long apart) = Pattern(times[..Math.Min(times.Length, RowsLookedAt)]);
        gpus.Clear();
        if (count == 1)
            return 1;
        for (int first = 0; first < times.Length;)
        {
            int end = EndOfBurst(times, first, apart);
            for (int i = first; i < end; i++)
                gpus[i] = end - first == count ? i - first : -1;
            first = end;
        }

        return count;
    }

    // The most GPUs whose samples are whole: fewer may fit where the rows of a sample come in pairs.
    private static (int Count, long ApartTicks) Pattern(ReadOnlySpan<DateTime> times)
    {
        if (times.Length < 2)
            return (1, 0);
        long[] gaps = new long[times.Length - 1];
        for (int i = 0; i < gaps.Length; i++)
            gaps[i] = Math.Abs(times[i + 1].Ticks - times[i].Ticks);
        Array.Sort(gaps);
        if (gaps[^1] == 0)
            return times.Length <= MostGpus ? (times.Length, 0) : (1, 0);
        for (int count = Math.Min(MostGpus, times.Length / 2); count > 1; count--)
        {
            // Of n rows one has the gap to the next sample behind it: the median of those is the period.
            long period = gaps[gaps.Length - 1 - (gaps.Length / (2 * count))];
            if (period == 0)
                continue;
            (int whole, int all) = (0, 0);
            for (int first = 0; first < times.Length;)
            {
                int end = EndOfBurst(times, first, period / Nearer);
                all++;
                // The look at the beginning of a log may end within a sample.
                whole += end - first == count || end == times.Length ? 1 : 0;
                first = end;
            }

            if (all > 1 && whole * 100L >= (long)all * LeastWhole)
                return (count, period / Nearer);
        }

        return (1, 0);
    }

    private static int EndOfBurst(ReadOnlySpan<DateTime> times, int first, long apartTicks)
    {
        int end = first + 1;
        while (end < times.Length && Math.Abs(times[end].Ticks - times[end - 1].Ticks) <= apartTicks)
            end++;
        return end;
    }
}
