using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Statistics;

namespace TraceAnalyzer.Analysis.Pages;

/// <summary>Makes results of pages accessed in order (docs/analyses/reuse.md).</summary>
/// <param name="sequence">The accesses.</param>
internal sealed class ReuseSummary(PageSequence sequence)
{
    /// <summary>How far off, relatively, a size is at which a sample's curve is that of all pages.</summary>
    public const double SizeError = 0.02;

    private const int PrecisionBits = 7;
    /// <summary>Most windows of <see cref="WorkingSet"/>.</summary>
    public const int MostWindows = 200;

    // Below, threads would take longer to start than the work.
    private const int StepsWorthThreads = 1 << 14;

    // Sizes of added memory: equal parts of the footprint, and round sizes as they are bought.
    private const int PartsOfFootprint = 32;
    private const long LeastRoundBytes = 1L << 20;

    /// <summary>The accesses.</summary>
    public PageSequence Sequence => sequence;

    private readonly long[] _distances = ReuseDistances.Of(sequence);

    /// <summary>Distinct pages that are followed.</summary>
    private long TouchedPages => sequence.Parts.Distinct().Sum(part => sequence.Pages[part]);

    /// <summary>Bytes of the distinct pages.</summary>
    public long FootprintBytes => TouchedPages * sequence.BytesPerPage;

    /// <summary>Sizes of memory for <see cref="Curves"/>, ascending.</summary>
    public static long[] SizesFor(long footprintBytes) =>
    [
        .. Enumerable.Range(1, PartsOfFootprint).Select(part => PageSequence.PageBytes * (((footprintBytes / PageSequence.PageBytes * part) + PartsOfFootprint - 1) / PartsOfFootprint))
            .Concat(Enumerable.Range(0, 43).Select(power => LeastRoundBytes << power).Where(bytes => bytes < footprintBytes)).Where(bytes => bytes > 0).Distinct().Order(),
    ];

    /// <summary>Accesses of one kind by distance and time; null if there are none.</summary>
    /// <param name="isWrite">Which kind.</param>
    /// <param name="exactBytes">Bytes of all of them, followed or not.</param>
    public ReuseStatistics? Statistics(bool isWrite, long exactBytes)
    {
        var distances = new LogHistogram(PrecisionBits);
        var times = new LogHistogram(PrecisionBits);
        long first = 0;
        long[] lastNs = new long[sequence.Pages.Length];
        for (int step = 0; step < sequence.Parts.Length; step++)
        {
            int part = sequence.Parts[step];
            if (sequence.Writes[step] == isWrite)
            {
                if (_distances[step] == 0)
                {
                    first += sequence.Pages[part];
                }
                else
                {
                    distances.Add(_distances[step] * sequence.BytesPerPage, sequence.Pages[part]);
                    times.Add(sequence.TimesNs[step] - lastNs[part], sequence.Pages[part]);
                }
            }

            lastNs[part] = sequence.TimesNs[step];
        }

        if (exactBytes == 0 || first + distances.Count == 0)
            return null;
        long again = Scaled(distances.Count, first + distances.Count, exactBytes);
        return new ReuseStatistics
        {
            AgainBytes = again,
            FirstBytes = exactBytes - again,
            DistanceP50Bytes = Of(distances, 0.5),
            DistanceP90Bytes = Of(distances, 0.9),
            DistanceP99Bytes = Of(distances, 0.99),
            TimeP50Ns = Of(times, 0.5),
            TimeP90Ns = Of(times, 0.9),
            TimeP99Ns = Of(times, 0.99),
        };

        static double? Of(LogHistogram histogram, double q) => histogram.Count == 0 ? null : histogram.Quantile(q);
    }

    /// <summary>Median and 90th percentile of the bytes written between two writes of a page, the second one not counted; null if no page was written twice.</summary>
    public (double? Median, double? P90) OverwriteBytes()
    {
        var distances = new LogHistogram(PrecisionBits);
        long[] writtenBefore = new long[sequence.Pages.Length];
        Array.Fill(writtenBefore, -1);
        long written = 0;
        for (int step = 0; step < sequence.Parts.Length; step++)
        {
            if (!sequence.Writes[step])
                continue;
            int part = sequence.Parts[step];
            if (writtenBefore[part] >= 0)
                distances.Add((written - writtenBefore[part]) * sequence.BytesPerPage, sequence.Pages[part]);
            writtenBefore[part] = written;
            written += sequence.Pages[part];
        }

        return distances.Count == 0 ? default : (distances.Quantile(0.5), distances.Quantile(0.9));
    }

    /// <summary>What caches of these sizes serve.</summary>
    /// <param name="sizesBytes">The sizes, ascending.</param>
    /// <param name="readBytes">Bytes of all reads, followed or not.</param>
    /// <param name="workers">Threads to use; the result does not depend on it.</param>
    public MemoryPoint[] Curves(long[] sizesBytes, long readBytes, int workers)
    {
        if (readBytes == 0)
            return [];
        long read = ReadPages;
        long[] capacities = [.. sizesBytes.Select(CapacityOf)];
        long[] lru = LruServed(capacities);
        long[] pinned = PinnedServed(capacities);
        int[] nextReads = OptimalCache.NextReads(sequence);
        long[] optimal = new long[capacities.Length];
        Parallel.For(
            0,
            capacities.Length,
            new ParallelOptions { MaxDegreeOfParallelism = sequence.Parts.Length < StepsWorthThreads ? 1 : Math.Max(1, workers) },
            () => new OptimalCache(sequence, nextReads),
            (i, _, cache) =>
            {
                optimal[i] = cache.ServedPages(capacities[i]);
                return cache;
            },
            static _ => { });
        return [.. sizesBytes.Select((bytes, i) => new MemoryPoint(bytes, Scaled(lru[i], read, readBytes), Scaled(optimal[i], read, readBytes), Scaled(pinned[i], read, readBytes)))];
    }

    /// <summary>
    /// Half the greatest difference between the curves of two halves of a sample, as shares of the reads. Where a curve falls steeply a size that is a little off makes all the difference,
    /// so that a point of one half is held against the other's curve from sizes <see cref="SizeError"/> smaller to as much larger.
    /// </summary>
    public static double ErrorOf((PageSequence Kept, PageSequence LeftOut) halves, long[] sizesBytes)
    {
        ReuseSummary[] both = [new(halves.Kept), new(halves.LeftOut)];
        double[][] least = [.. both.Select(half => half.SharesServed(sizesBytes, 1 - SizeError))];
        double[][] exact = [.. both.Select(half => half.SharesServed(sizesBytes, 1))];
        double[][] most = [.. both.Select(half => half.SharesServed(sizesBytes, 1 + SizeError))];
        double error = 0;
        for (int i = 0; i < exact[0].Length; i++)
            error = Math.Max(error, Math.Max(Math.Max(least[1][i] - exact[0][i], exact[0][i] - most[1][i]), Math.Max(least[0][i] - exact[1][i], exact[1][i] - most[0][i])) / 2);
        return error;
    }

    private double[] SharesServed(long[] sizesBytes, double times)
    {
        double read = Math.Max(1, ReadPages);
        long[] capacities = [.. sizesBytes.Select(bytes => CapacityOf((long)(bytes * times)))];
        return [.. LruServed(capacities).Concat(PinnedServed(capacities)).Select(served => served / read)];
    }

    /// <summary>Distinct pages in windows of a report's bins.</summary>
    /// <param name="time">The bins.</param>
    /// <param name="mostWindows">Most windows.</param>
    public WorkingSet WorkingSet(TimeBinning time, int mostWindows = MostWindows)
    {
        int joined = Math.Max(1, (time.Count + mostWindows - 1) / mostWindows);
        var windows = new TimeBinning(time.OriginNs, time.WidthNs * joined, (time.Count + joined - 1) / joined);
        long[] unique = new long[windows.Count];
        long[] fresh = new long[windows.Count];
        int[] lastWindow = new int[sequence.Pages.Length];
        Array.Fill(lastWindow, -1);
        for (int step = 0; step < sequence.Parts.Length; step++)
        {
            int part = sequence.Parts[step];
            int window = (int)Math.Clamp((sequence.TimesNs[step] - windows.OriginNs) / windows.WidthNs, 0, windows.Count - 1);
            if (lastWindow[part] == window)
                continue;
            unique[window] += sequence.Pages[part] * sequence.BytesPerPage;
            if (lastWindow[part] < 0)
                fresh[window] += sequence.Pages[part] * sequence.BytesPerPage;
            lastWindow[part] = window;
        }

        return new WorkingSet(windows, unique, fresh);
    }

    /// <summary>Distinct pages read in spans of time, which ascend and do not overlap.</summary>
    /// <param name="spans">Number, start and end of each.</param>
    public TokenWorkingSet[] Tokens(IReadOnlyList<(int Index, long StartNs, long EndNs)> spans)
    {
        var sets = new TokenWorkingSet[spans.Count];
        for (int i = 0; i < sets.Length; i++)
            sets[i] = new TokenWorkingSet(spans[i].Index, 0, 0);
        int[] lastToken = new int[sequence.Pages.Length];
        Array.Fill(lastToken, -2);
        int at = 0;
        for (int step = 0; step < sequence.Parts.Length; step++)
        {
            while (at < spans.Count && spans[at].EndNs <= sequence.TimesNs[step])
                at++;
            if (at == spans.Count)
                break;
            int part = sequence.Parts[step];
            if (sequence.Writes[step] || sequence.TimesNs[step] < spans[at].StartNs || lastToken[part] == at)
                continue;
            long bytes = sequence.Pages[part] * sequence.BytesPerPage;
            sets[at] = sets[at] with { UniqueBytes = sets[at].UniqueBytes + bytes, RepeatedBytes = sets[at].RepeatedBytes + (lastToken[part] == at - 1 ? bytes : 0) };
            lastToken[part] = at;
        }

        return sets;
    }

    /// <summary>Reads of each group of pages that was read.</summary>
    /// <param name="groups">Layer and expert of each, by the number that pages have.</param>
    public ReuseGroup[] Groups(IReadOnlyList<(int? Layer, int? Expert)> groups)
    {
        var reuses = new List<(int Group, long Distance, long TimeNs, long Pages)>();
        long[] footprint = new long[groups.Count];
        long[] first = new long[groups.Count];
        long[] lastNs = new long[sequence.Pages.Length];
        bool[] wasRead = new bool[sequence.Pages.Length];
        for (int step = 0; step < sequence.Parts.Length; step++)
        {
            int part = sequence.Parts[step];
            int group = sequence.Groups[part];
            if (group >= 0 && !sequence.Writes[step])
            {
                if (_distances[step] > 0)
                    reuses.Add((group, _distances[step], sequence.TimesNs[step] - lastNs[part], sequence.Pages[part]));
                else
                    first[group] += sequence.Pages[part];
                if (!wasRead[part])
                    footprint[group] += sequence.Pages[part];
                wasRead[part] = true;
            }

            lastNs[part] = sequence.TimesNs[step];
        }

        ILookup<int, (int Group, long Distance, long TimeNs, long Pages)> byGroup = reuses.ToLookup(reuse => reuse.Group);
        return
        [
            .. groups.Index().Where(group => footprint[group.Index] > 0).Select(group =>
            {
                (int Group, long Distance, long TimeNs, long Pages)[] own = [.. byGroup[group.Index]];
                long again = own.Sum(reuse => reuse.Pages);
                return new ReuseGroup
                {
                    Layer = group.Item.Layer,
                    Expert = group.Item.Expert,
                    FootprintBytes = footprint[group.Index] * sequence.BytesPerPage,
                    ReadBytes = (first[group.Index] + again) * sequence.BytesPerPage,
                    AgainBytes = again * sequence.BytesPerPage,
                    DistanceP50Bytes = Median(own.Select(reuse => (reuse.Distance, reuse.Pages))) * sequence.BytesPerPage,
                    TimeP50Ns = Median(own.Select(reuse => (reuse.TimeNs, reuse.Pages))),
                };
            }),
        ];
    }

    private static double? Median(IEnumerable<(long Value, long Weight)> weighted)
    {
        (long Value, long Weight)[] sorted = [.. weighted.OrderBy(pair => pair.Value)];
        long all = sorted.Sum(pair => pair.Weight);
        long below = 0;
        foreach ((long value, long weight) in sorted)
        {
            below += weight;
            if (2 * below >= all)
                return value;
        }

        return null;
    }

    private long ReadPages
    {
        get
        {
            long pages = 0;
            for (int step = 0; step < sequence.Parts.Length; step++)
                pages += sequence.Writes[step] ? 0 : sequence.Pages[sequence.Parts[step]];
            return pages;
        }
    }

    private long CapacityOf(long bytes) => (bytes + (sequence.BytesPerPage / 2)) / sequence.BytesPerPage;

    private long[] LruServed(long[] capacities)
    {
        // Served by the least that is large enough, and all larger ones.
        long[] served = new long[capacities.Length + 1];
        for (int step = 0; step < sequence.Parts.Length; step++)
        {
            if (_distances[step] == 0 || sequence.Writes[step])
                continue;
            int least = Array.BinarySearch(capacities, _distances[step]);
            served[least >= 0 ? FirstOf(capacities, least) : ~least] += sequence.Pages[sequence.Parts[step]];
        }

        for (int i = 1; i < capacities.Length; i++)
            served[i] += served[i - 1];
        return served[..^1];
    }

    // Sizes closer than a page of the sample are one.
    private static int FirstOf(long[] capacities, int at)
    {
        while (at > 0 && capacities[at - 1] == capacities[at])
            at--;
        return at;
    }

    // What is read again most often is worth most for each page: a part saves all its reads but a first access.
    private long[] PinnedServed(long[] capacities)
    {
        long[] reads = new long[sequence.Pages.Length];
        for (int step = 0; step < sequence.Parts.Length; step++)
        {
            if (_distances[step] > 0 && !sequence.Writes[step])
                reads[sequence.Parts[step]]++;
        }

        int[] parts = [.. Enumerable.Range(0, reads.Length).Where(part => reads[part] > 0).OrderByDescending(part => reads[part])];
        long[] served = new long[capacities.Length];
        int next = 0;
        long held = 0;
        long sum = 0;
        for (int i = 0; i < capacities.Length; i++)
        {
            while (next < parts.Length && held + sequence.Pages[parts[next]] <= capacities[i])
            {
                held += sequence.Pages[parts[next]];
                sum += sequence.Pages[parts[next]] * reads[parts[next]];
                next++;
            }

            served[i] = sum + (next < parts.Length ? (capacities[i] - held) * reads[parts[next]] : 0);
        }

        return served;
    }

    private long Scaled(long pages, long ofPages, long bytes) =>
        sequence.Level == 0 ? pages * PageSequence.PageBytes : ofPages == 0 ? 0 : (long)((Int128)bytes * pages / ofPages);
}
